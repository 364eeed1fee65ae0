// Many originals at once: what goes into which archive, and archives that are made while they are sent.

import { deleteAssets, downloadArchive, getDownloadInfo } from '@immich/sdk';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { hasDatabase, newLink, newUser, refusal, send, sql, type Caller } from './support/client.ts';
import { picture, sha1, upload } from './support/files.ts';

interface Entry {
  name: string;
  sha1: string;
  mode: string;
  stored: boolean;
}

// Python's reader, which checks every sum; the archive came from a writer of ours.
const READER = `
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([{"name": e.filename, "sha1": hashlib.sha1(archive.read(e)).hexdigest(), "mode": oct(e.external_attr >> 16),
        "stored": e.compress_type == zipfile.ZIP_STORED} for e in archive.infolist()]))`;

async function unzip(archive: Blob): Promise<Entry[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tintype-zip.'));
  try {
    const file = path.join(folder, 'archive.zip');
    await writeFile(file, Buffer.from(await archive.arrayBuffer()));
    const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', READER, file]);
    return JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const archiveOf = async (caller: Caller, assetIds: string[]) =>
  unzip(await downloadArchive({ downloadArchiveDto: { assetIds } }, caller));
const namesOf = async (caller: Caller, assetIds: string[]) => (await archiveOf(caller, assetIds)).map(({ name }) => name);

/** A picture with so much behind its end that the server cannot have sent it before it is asked to stop. */
const large = (bytes: number) => Buffer.concat([picture(), randomBytes(bytes)]);

const ask = (caller: { headers: Record<string, string> }, json: unknown) => send('POST', '/api/download/archive', { headers: caller.headers, json });

/** The answer, its body still to come. */
function begin(caller: Caller, assetIds: string[]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(`${inject('url')}/api/download/archive`, {
      method: 'POST',
      agent: false,
      headers: { ...caller.headers, 'content-type': 'application/json' },
    });
    sent.on('response', resolve).on('error', reject).end(JSON.stringify({ assetIds }));
  });
}

describe('an archive', () => {
  test('holds the originals in the order of the request', async () => {
    const user = await newUser();
    const content = [picture(), picture(), picture()];
    const names = ['one.png', 'größer 2.png', 'three.png'];
    const ids = await Promise.all(names.map((name, i) => upload(user, { name, content: content[i] })));
    const order = [2, 0, 1];
    expect(await archiveOf(user, order.map((i) => ids[i]!))).toEqual(
      order.map((i) => ({ name: names[i], sha1: sha1(content[i]!).toString('hex'), mode: '0o100644', stored: true })),
    );
  });

  test('is a stream of bytes that nobody knows the length of', async () => {
    const user = await newUser();
    const answer = await begin(user, [await upload(user)]);
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' });
    expect(Object.keys(answer.headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(content-(disposition|length|encoding)|cache-control|etag)$/)]));
  });

  test('numbers names that come again', async () => {
    const user = await newUser();
    const ids = await Promise.all(['a.png', 'a.png', 'a+1.png', 'b:c.png'].map((name) => upload(user, { name })));
    expect(await namesOf(user, [...ids, ids[0]!])).toEqual(['a.png', 'a+1.png', 'a+1+1.png', 'bc.png', 'a+2.png']);
  });

  test('is of as many files as are asked for', async () => {
    const user = await newUser();
    const id = await upload(user, { name: 'x.png' });
    const names = await namesOf(user, Array<string>(2500).fill(id));
    expect([names.length, names[1], names.at(-1)]).toEqual([2500, 'x+1.png', 'x+2499.png']);
  });
});

describe('before its first byte an archive is refused with', () => {
  const NO_ACCESS = { message: 'Not found or no asset.download access' };

  test('400 when one asset of many is not for the caller', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const { status, headers, json } = await ask(user, { assetIds: [await upload(user), await upload(other)] });
    expect([status, headers.get('content-type'), json]).toEqual([400, 'application/json; charset=utf-8', NO_ACCESS]);
  });

  test('400 for a body that is not one, 401 without a credential', async () => {
    const user = await newUser();
    expect(await ask(user, { assetIds: ['x'] })).toMatchObject({ status: 400, json: { message: 'Validation failed' } });
    expect(await ask({ headers: {} }, { assetIds: [] })).toMatchObject({ status: 401, json: { message: 'Authentication required' } });
  });

  test('500 when there is nothing in it', async () => {
    const user = await newUser();
    expect(await ask(user, { assetIds: [] })).toMatchObject({ status: 500, json: { message: 'Failed to download archive' } });
  });
});

describe.runIf(hasDatabase())('an edited picture', () => {
  test('is in the archive when it is asked for, and always for a link', async () => {
    const user = await newUser();
    const [original, edited] = [picture(), picture()];
    const id = await upload(user, { name: 'a.png', content: original });
    const file = `${await sql`SELECT "originalPath" FROM asset WHERE id = ${id}`}.edited`;
    await writeFile(file, edited);
    await sql`INSERT INTO asset_file ("assetId", type, path, "isEdited") VALUES (${id}, 'fullsize', ${file}, true)`;
    const sum = async (headers: Record<string, string>, edited?: boolean) =>
      (await unzip(await downloadArchive({ downloadArchiveDto: { assetIds: [id], edited } }, { headers })))[0]!.sha1;
    expect(await sum(user.headers)).toBe(sha1(original).toString('hex'));
    expect(await sum(user.headers, true)).toBe(sha1(edited).toString('hex'));
    expect(await sum(await newLink(user, { assets: [id] }), false)).toBe(sha1(edited).toString('hex'));
  });
});

describe.runIf(hasDatabase())('a file that is missing', () => {
  test('is left out; without any other there is no archive', async () => {
    const user = await newUser();
    const ids = [await upload(user, { name: 'gone.png' }), await upload(user, { name: 'there.png' })];
    await rm(await sql`SELECT "originalPath" FROM asset WHERE id = ${ids[0]!}`);
    expect(await namesOf(user, ids)).toEqual(['there.png']);
    expect(await ask(user, { assetIds: [ids[0]] })).toMatchObject({ status: 500, json: { message: 'Failed to download archive' } });
  });

  test('that becomes shorter on the way breaks the archive off', async () => {
    const user = await newUser();
    const id = await upload(user, { content: large(32 << 20) });
    const answer = await begin(user, [id]);
    await writeFile(await sql`SELECT "originalPath" FROM asset WHERE id = ${id}`, 'short');
    await expect(answer.toArray()).rejects.toThrow('aborted');
  });
});

describe('a large archive', () => {
  /** Of 16 GB, from one file of 8 MB. */
  const COPIES = Array(2000);

  test('is not made to its end when the client goes', async () => {
    const user = await newUser();
    const id = await upload(user, { content: large(8 << 20) });
    const small = await upload(user, { name: 'small.png' });
    // More than there are threads for streams: what goes on without its reader would keep the last one waiting.
    for (let i = 0; i < 12; i++) {
      const answer = await begin(user, COPIES.fill(id));
      for await (const part of answer) {
        expect(part.length).toBeGreaterThan(0);
        break; // destroys the connection
      }
    }
    expect(await namesOf(user, [small])).toEqual(['small.png']);
  });

  test('needs no memory of its size', async (context) => {
    const pid = await serverPid();
    if (!pid) return context.skip();
    const user = await newUser();
    const ids = Array<string>(64).fill(await upload(user, { content: large(8 << 20) }));
    const status = async (field: string) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(await readFile(`/proc/${pid}/status`, 'utf8'))![1]);
    await writeFile(`/proc/${pid}/clear_refs`, '5'); // the highest mark begins anew
    const before = await status('VmRSS');
    let bytes = 0;
    for await (const part of await begin(user, ids)) bytes += part.length;
    expect(bytes).toBeGreaterThan(64 * (8 << 20));
    expect((await status('VmHWM')) - before).toBeLessThan(4 * 1024); // KiB
  });
});

/** The server's own process; undefined when it is not on this machine. */
async function serverPid(): Promise<number | undefined> {
  const port = `IMMICH_PORT=${new URL(inject('url')).port}`;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (name.trim() === 'tintype-server' && environment.split('\0').includes(port)) return Number(pid);
  }
}

describe('what can be downloaded', () => {
  test('is told for assets and for a user, with its size', async () => {
    const user = await newUser();
    const content = [picture(), picture()];
    const ids = await Promise.all(content.map((bytes) => upload(user, { content: bytes })));
    await deleteAssets({ assetBulkDeleteDto: { ids: [await upload(user)] } }, user); // the trash is not among it
    const size = content[0]!.length + content[1]!.length;
    const all = [{ size, assetIds: expect.arrayContaining(ids) }];
    expect(await getDownloadInfo({ downloadInfoDto: { assetIds: ids } }, user)).toEqual({ totalSize: size, archives: all });
    expect(await getDownloadInfo({ downloadInfoDto: { userId: user.id } }, user)).toEqual({ totalSize: size, archives: all });
    const { archives } = await getDownloadInfo({ downloadInfoDto: { assetIds: ids, archiveSize: 1 } }, user);
    expect(archives.map(({ assetIds }) => assetIds.length)).toEqual([1, 1]);
  });

  test('is not told of others', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const info = (downloadInfoDto: object) => refusal(getDownloadInfo({ downloadInfoDto }, user));
    expect(await info({ userId: other.id })).toEqual([400, 'Not found or no timeline.download access']);
    expect(await info({ assetIds: [await upload(other)] })).toEqual([400, 'Not found or no asset.download access']);
    expect(await info({})).toEqual([400, 'assetIds, albumId, or userId is required']);
  });
});
