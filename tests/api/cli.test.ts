// The official command line, as people use it.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getAlbumInfo, getAllAlbums, getAssetStatistics, getMyUser, Permission } from '@immich/sdk';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { hasDatabase, newKey, newUser, send, sql, type Caller } from './support/client.ts';
import { photos, picture, sha1 } from './support/files.ts';

const program = path.resolve(import.meta.dirname, 'node_modules/@immich/cli/bin/immich');

/** What it prints. It says 0 also when it gives up (an old Node), so look at the text. */
async function immich(key: string, ...words: string[]): Promise<string> {
  const env = { ...process.env, IMMICH_INSTANCE_URL: `${inject('url')}/api`, IMMICH_API_KEY: key };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...words], { env, maxBuffer: 1 << 24 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve(stdout + stderr),
    );
  });
}

async function keyOf(user: Caller): Promise<string> {
  return (await newKey(user, Permission.All)).headers['x-api-key'];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tintype-cli.'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('server-info', async () => {
  const out = await immich(await keyOf(await newUser()), 'server-info');
  expect(out).toContain('Version: 3.1.0');
  expect(out).toMatch(/Images: 0/);
});

test('a photo takes its sidecar along', async () => {
  const user = await newUser();
  const pair = await mkdtemp(path.join(folder, 'pair-'));
  await writeFile(path.join(pair, 'a.png'), picture());
  await writeFile(path.join(pair, 'a.png.xmp'), '<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>');
  const out = await immich(await keyOf(user), 'upload', pair);
  expect(out).toContain('Successfully uploaded 1 new asset');
  expect(await getAssetStatistics({}, user)).toEqual({ images: 1, videos: 0, total: 1 });
  if (!hasDatabase()) return;
  const stored = await sql`SELECT count(*) FROM asset_file f JOIN asset a ON a.id = f."assetId"
                           WHERE f.type = 'sidecar' AND a."ownerId" = ${user.id}`;
  expect(stored).toBe('1');
});

test('albums are named after folders, or as asked for', async () => {
  const user = await newUser();
  const key = await keyOf(user);
  const tree = await mkdtemp(path.join(folder, 'albums-'));
  for (const name of ['Alps', 'Sea']) {
    await mkdir(path.join(tree, name));
    await writeFile(path.join(tree, name, 'a.png'), picture());
    await writeFile(path.join(tree, name, 'b.png'), picture());
  }
  await immich(key, 'upload', '--recursive', '--album', tree);
  const counts = async () =>
    Object.fromEntries((await getAllAlbums({}, user)).map(({ albumName, assetCount }) => [albumName, assetCount]));
  expect(await counts()).toEqual({ Alps: 2, Sea: 2 });
  // Known files go into the album all the same, and an album that is there is filled, not made again.
  await immich(key, 'upload', '--recursive', '--album-name', 'Sea', path.join(tree, 'Alps'));
  expect(await counts()).toEqual({ Alps: 2, Sea: 4 });
  await immich(key, 'upload', '--recursive', '--album-name', 'All', tree);
  expect(await counts()).toEqual({ Alps: 2, Sea: 4, All: 4 });
  const [all] = await getAllAlbums({ name: 'All' }, user);
  expect(await getAlbumInfo({ id: all!.id }, user)).toMatchObject({ shared: false, assetCount: 4 });
});

describe.skipIf(!photos)(photos ? 'the real photos' : 'the real photos: no folder ../shared/testdata', { timeout: 120_000 }, () => {
  let user: Caller, key: string, media: string;
  let files: { name: string; sum: string }[];

  beforeAll(async () => {
    user = await newUser();
    key = await keyOf(user);
    media = path.join(folder, 'photos');
    await cp(photos!, media, { recursive: true });
    const { json: types } = await send('GET', '/api/server/media-types');
    const known = new Set<string>([...types.image, ...types.video]);
    const found = await readdir(media, { recursive: true, withFileTypes: true });
    files = await Promise.all(
      found
        .filter((entry) => entry.isFile() && known.has(path.extname(entry.name).toLowerCase()))
        .map(async ({ parentPath, name }) => ({
          name,
          sum: sha1(await readFile(path.join(parentPath, name))).toString('base64'),
        })),
    );
  });

  test('each distinct file is accepted once', async () => {
    const distinct = new Set(files.map(({ sum }) => sum));
    expect(distinct.size).toBeGreaterThan(10);
    const out = await immich(key, 'upload', '--recursive', media);
    expect(out).toContain(`Found ${files.length} new files`);
    expect(out).not.toMatch(/fail/i);
    expect(await getAssetStatistics({}, user)).toMatchObject({ total: distinct.size });
    expect((await getMyUser(user)).quotaUsageInBytes).toBeGreaterThan(0);
  });

  test('a second run finds only duplicates', async () => {
    const before = await getAssetStatistics({}, user);
    const out = await immich(key, 'upload', '--recursive', media);
    expect(out).toContain(`Found 0 new files and ${files.length} duplicates`);
    expect(await getAssetStatistics({}, user)).toEqual(before);
  });
});
