// Whose photos who may see and change: every kind of caller against every state of an asset, through the operations that
// ask for the permission. The tables below were written from the contract's page on access; a locked asset is its owner's
// alone (docs/differences.md).

import { createSession, Permission } from '@immich/sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, bearer, hasDatabase, newKey, newLink, newUser, send, signIn, sql, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

const STATES = ['active', 'trashed', 'archived', 'hidden', 'locked'] as const;
type State = (typeof STATES)[number];

// y: allowed, in the order of STATES
const SEE: Record<string, string> = {
  'the owner': 'yyyy-',
  'the owner in the locked folder': 'yyyyy',
  'the owner with a key': 'yyyy-',
  'a partner': 'y--y-',
  'a viewer of the album': 'y-yy-',
  'an editor of the album': 'y-yy-',
  'a link to the album': 'y-yy-',
  'a link to the asset': 'y-yy-',
  'a link to another album': '-----',
  'a member of a deleted album': '-----',
  'whom the owner is a partner of': '-----',
  'a stranger': '-----',
  'the administrator': '-----',
};
const CHANGE: Record<string, string> = {
  ...Object.fromEntries(Object.keys(SEE).map((actor) => [actor, '-----'])),
  'the owner': 'yyyy-',
  'the owner in the locked folder': 'yyyyy',
  'the owner with a key': 'yyyy-',
};
const isLink = (actor: string) => actor.startsWith('a link');

const assets = {} as Record<State, string>;
const headers: Record<string, Record<string, string>> = {};
let owner: Caller;
let album: string;

async function newAlbum(members: [Caller, string][], ids: string[]): Promise<string> {
  const id = await sql`INSERT INTO album DEFAULT VALUES RETURNING id`;
  for (const [{ id: user }, role] of members)
    await sql`INSERT INTO album_user ("albumId", "userId", role) VALUES (${id}, ${user}, ${role}::album_user_role_enum)`;
  for (const asset of ids) await sql`INSERT INTO album_asset ("albumId", "assetId") VALUES (${id}, ${asset})`;
  return id;
}

async function elevated(user: Caller): Promise<Record<string, string>> {
  const session = await createSession({ sessionCreateDto: {} }, await signIn(user));
  await sql`UPDATE session SET "pinExpiresAt" = now() + interval '14 minutes' WHERE id = ${session.id}`;
  return bearer(session.token);
}

beforeAll(async () => {
  if (!hasDatabase()) return;
  owner = await newUser();
  const [partner, viewer, editor, late, shown, stranger] = await Promise.all(Array.from({ length: 6 }, () => newUser()));
  for (const state of STATES) assets[state] = await upload(owner);
  await sql`UPDATE asset SET "deletedAt" = now(), status = 'trashed' WHERE id = ${assets.trashed}`;
  await sql`UPDATE asset SET visibility = 'archive' WHERE id = ${assets.archived}`;
  await sql`UPDATE asset SET visibility = 'hidden' WHERE id = ${assets.hidden}`;
  await sql`UPDATE asset SET visibility = 'locked' WHERE id = ${assets.locked}`;

  const ids = Object.values(assets);
  album = await newAlbum([[owner, 'owner'], [viewer!, 'viewer'], [editor!, 'editor']], ids);
  const deleted = await newAlbum([[owner, 'owner'], [late!, 'editor']], ids);
  await sql`UPDATE album SET "deletedAt" = now() WHERE id = ${deleted}`;
  await sql`INSERT INTO partner ("sharedById", "sharedWithId") VALUES (${owner.id}, ${partner!.id}), (${shown!.id}, ${owner.id})`;

  Object.assign(headers, {
    'the owner': owner.headers,
    'the owner in the locked folder': await elevated(owner),
    'the owner with a key': (await newKey(owner, Permission.All)).headers,
    'a partner': partner!.headers,
    'a viewer of the album': viewer!.headers,
    'an editor of the album': editor!.headers,
    'a link to the album': await newLink(owner, { album }),
    'a link to the asset': await newLink(owner, { assets: ids }),
    'a link to another album': await newLink(owner, { album: await newAlbum([[owner, 'owner']], []) }),
    'a link to the album, without download': await newLink(owner, { album, download: false }),
    'a member of a deleted album': late!.headers,
    'whom the owner is a partner of': shown!.headers,
    'a stranger': stranger!.headers,
    'the administrator': admin().headers,
  });
  // Elevation opens the own locked folder only.
  for (const actor of ['a viewer of the album', 'a partner', 'a stranger'])
    await sql`UPDATE session SET "pinExpiresAt" = now() + interval '14 minutes' WHERE token = sha256(${headers[actor]!.authorization!.slice(7)})`;
}, 60_000);

/** For each state: y when `allowed` says so of the answer. */
async function pattern(actor: string, method: string, path: (id: string) => string, allowed: (status: number, message?: string) => boolean, json?: (id: string) => unknown) {
  let seen = '';
  for (const state of STATES) {
    const answer = await send(method, path(assets[state]), { headers: headers[actor], json: json?.(assets[state]) });
    seen += allowed(answer.status, answer.json?.message) ? 'y' : '-';
  }
  return seen;
}

const oneOf = (yes: number, no: number, text: string) => (status: number, message?: string) => {
  if (status === yes) return true;
  expect([status, message]).toEqual([no, text]);
  return false;
};

describe.runIf(hasDatabase())('an asset', () => {
  test.each(Object.entries(SEE))('is read by %s: %s', async (actor, expected) => {
    const read = oneOf(200, 400, 'Not found or no asset.read access');
    expect(await pattern(actor, 'GET', (id) => `/api/assets/${id}`, read)).toBe(expected);
  });

  test.each(Object.entries(SEE))('is looked at by %s: %s', async (actor, expected) => {
    // The thumbnail may not be made yet, and of a locked one or a trashed one perhaps never: that is another answer.
    const view = (status: number, message?: string) => {
      if (status === 404 && message === 'Asset media not found') return true;
      return oneOf(200, 400, 'Not found or no asset.view access')(status, message);
    };
    expect(await pattern(actor, 'GET', (id) => `/api/assets/${id}/thumbnail`, view)).toBe(expected);
  });

  test.each(Object.entries(SEE))('is downloaded by %s: %s', async (actor, expected) => {
    const download = oneOf(200, 404, 'Not Found');
    expect(await pattern(actor, 'GET', (id) => `/api/assets/${id}/original`, download)).toBe(expected);
  });

  const archive = (actor: string) =>
    pattern(actor, 'POST', () => '/api/download/archive', oneOf(200, 400, 'Not found or no asset.download access'), (id) => ({ assetIds: [id] }));

  test.each(Object.entries(SEE))('is put into an archive for %s: %s', async (actor, expected) => {
    expect(await archive(actor)).toBe(expected);
  });

  test('is not downloaded where the link forbids it', async () => {
    const actor = 'a link to the album, without download';
    expect(await archive(actor)).toBe('-----');
    const download = oneOf(200, 404, 'Not Found');
    expect(await pattern(actor, 'GET', (id) => `/api/assets/${id}/original`, download)).toBe('-----');
    const read = oneOf(200, 400, 'Not found or no asset.read access');
    expect(await pattern(actor, 'GET', (id) => `/api/assets/${id}`, read)).toBe('y-yy-');
  });

  const people = Object.entries(CHANGE).filter(([actor]) => !isLink(actor));

  test.each(people)('is changed by %s: %s', async (actor, expected) => {
    const change = oneOf(200, 400, 'Not found or no asset.update access');
    expect(await pattern(actor, 'PUT', (id) => `/api/assets/${id}`, change, () => ({}))).toBe(expected);
  });

  test.each(people.filter(([, expected]) => expected === '-----'))('is not deleted by %s', async (actor) => {
    for (const id of Object.values(assets)) {
      const { status, json } = await send('DELETE', '/api/assets', { headers: headers[actor], json: { ids: [id], force: true } });
      expect([status, json.message]).toEqual([400, 'Not found or no asset.delete access']);
    }
    expect(await sql`SELECT count(*) FROM asset WHERE "ownerId" = ${owner.id}`).toBe(String(STATES.length));
  });
});

describe.runIf(hasDatabase())('a timeline', () => {
  const buckets = async (actor: string, query: string) => {
    const { status, json } = await send('GET', `/api/timeline/buckets?${query}`, { headers: headers[actor] });
    return status === 200 ? json.reduce((sum: number, { count }: { count: number }) => sum + count, 0) : [status, json.message];
  };

  test('of a user is open to them and to partners', async () => {
    const refused = [400, 'Not found or no timeline.read access'];
    const query = `userId=${owner.id}&visibility=timeline`;
    expect(await buckets('the owner', query)).toBe(1);
    expect(await buckets('a partner', query)).toBe(1);
    for (const actor of ['a viewer of the album', 'a stranger', 'the administrator', 'whom the owner is a partner of'])
      expect(await buckets(actor, query)).toEqual(refused);
  });

  test('of an album is open to its members and its link', async () => {
    const refused = [400, 'Not found or no album.read access'];
    for (const actor of ['the owner', 'a viewer of the album', 'an editor of the album', 'a link to the album'])
      expect(await buckets(actor, `albumId=${album}`)).toBe(2); // the active and the archived one
    for (const actor of ['a partner', 'a stranger', 'the administrator', 'a link to the asset', 'a link to another album'])
      expect(await buckets(actor, `albumId=${album}`)).toEqual(refused);
  });

  test('of the archive is the owner\'s', async () => {
    const query = `userId=${owner.id}&visibility=archive`;
    expect(await buckets('the owner', query)).toBe(1);
    expect(await buckets('a partner', query)).toEqual([400, 'Not found or no archive.read access']);
  });

  test('of the locked folder wants it open, and is nobody else\'s', async () => {
    const query = `userId=${owner.id}&visibility=locked`;
    expect(await buckets('the owner', query)).toEqual([401, 'Elevated permission is required']);
    expect(await buckets('the owner with a key', query)).toEqual([401, 'Elevated permission is required']);
    expect(await buckets('the owner in the locked folder', query)).toBe(1);
    expect(await buckets('a partner', query)).toEqual([400, 'You may not access another user\'s locked timeline']);
  });
});
