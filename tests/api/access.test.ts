// Who gets past the guard of each operation that is built: every credential against every route of the description.

import { Permission } from '@immich/sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, hasDatabase, newKey, newUser, send, sql, type Caller } from './support/client.ts';
import { linkedOperations } from './support/program.ts';

// What the description has no words for: a key of any kind will do; nobody may ask as well.
const ANY_KEY = ['validateAccessToken', 'getMyApiKey'];
const OPTIONAL = ['getHealth'];
// Takes no id: what it answers is the link.
const LINK_ITSELF = ['getMySharedLink'];

const operations = linkedOperations();
const guarded = operations.filter((one) => !one.public && !OPTIONAL.includes(one.name));
const row = (one: (typeof operations)[number]) => [one.name, one.method, one.path, one] as const;

const place = (path: string) =>
  path.replace('{name}', 'ocr').replace(/\{\w+\}/g, '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f');

/** Status and message: the guard's answer, or what came behind it. */
async function ask(method: string, path: string, headers: Record<string, string> = {}): Promise<[number, string?]> {
  const { status, json } = await send(method, place(path), { headers });
  return [status, json?.message];
}

test('there are operations to look at', () => {
  expect(guarded.length).toBeGreaterThan(50);
  expect(operations.map((one) => one.name)).toEqual(expect.arrayContaining([...ANY_KEY, ...OPTIONAL]));
});

describe.each(guarded.map(row))('%s %s %s', (name, method, path, { admin: adminOnly, permission }) => {
  let user: Caller;
  beforeAll(async () => void (user = await newUser()));

  test('asks who it is', async () => {
    expect(await ask(method, path)).toEqual([401, 'Authentication required']);
    expect(await ask(method, path, { authorization: 'Bearer wrong' })).toEqual([401, 'Invalid user token']);
    expect(await ask(method, path, { 'x-api-key': 'wrong' })).toEqual([401, 'Invalid API key']);
    expect(await ask(method, path, { 'x-immich-share-key': 'wrong' })).toEqual([401, 'Invalid share key']);
  });

  if (adminOnly)
    test('is the administrator\'s alone', async () => {
      expect(await ask(method, path, user.headers)).toEqual([403, 'Forbidden']);
      expect(await ask(method, path, (await newKey(user, Permission.All)).headers)).toEqual([403, 'Forbidden']);
    });

  if (!ANY_KEY.includes(name))
    test('wants a key that is made for it', async () => {
      const other = permission === 'asset.read' ? Permission.AlbumRead : Permission.AssetRead;
      const key = await newKey(adminOnly ? admin() : user, other);
      expect(await ask(method, path, key.headers)).toEqual([403, `Missing required permission: ${permission}`]);
    });
});

describe.runIf(hasDatabase())('with a shared link', () => {
  let headers: Record<string, string>;
  const opened = guarded.filter((one) => one.link && !LINK_ITSELF.includes(one.name));
  beforeAll(async () => {
    const { id } = await newUser();
    const key = await sql`INSERT INTO shared_link (key, type, "userId") VALUES (sha256(${id}), 'INDIVIDUAL', ${id})
      RETURNING translate(encode(key, 'base64'), '+/=', '-_')`;
    headers = { 'x-immich-share-key': key };
  });

  test.each(guarded.filter((one) => !one.link).map(row))('%s %s %s is closed', async (_name, method, path) => {
    expect(await ask(method, path, headers)).toEqual([403, 'Forbidden']);
  });

  test.each(opened.map(row))('%s %s %s looks what the link opens', async (_name, method, path) => {
    const [status, message] = await ask(method, path, headers);
    expect([400, 404]).toContain(status); // the id is nobody's, or something is missing
    expect(message).toMatch(/^(Not Found|Not found or no [\w.]+ access|Validation failed|Multipart: Boundary not found)$/);
  });

  test('the link tells of itself', async () => {
    expect(await ask('GET', '/api/shared-links/me', headers)).toEqual([200, undefined]);
  });
});

test.each(operations.filter((one) => one.public).map(row))('%s %s %s asks nobody', async (_name, method, path) => {
  const wrong = { authorization: 'Bearer wrong', 'x-api-key': 'wrong', 'x-immich-share-key': 'wrong' };
  const [status] = await ask(method, path, wrong);
  expect([200, 400]).toContain(status); // 400: sign-up and login without a body
});
