import {
  createApiKey,
  deleteApiKey,
  getApiKey,
  getApiKeys,
  getMyApiKey,
  getMyUser,
  getServerVersion,
  getSessions,
  logout,
  Permission,
  updateApiKey,
  type ApiKeyCreateDto,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { hasDatabase, newKey, newUser, refusal, send, sql, type Caller } from './support/client.ts';

const NOBODYS = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';
const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const create = (caller: { headers: Record<string, string> }, apiKeyCreateDto: ApiKeyCreateDto) =>
  createApiKey({ apiKeyCreateDto }, caller);

describe('a key', () => {
  test('is shown once', async () => {
    const user = await newUser();
    const { secret, apiKey } = await create(user, { name: 'cli', permissions: [Permission.AssetRead] });
    expect(secret).toMatch(/^[A-Za-z0-9]{32,43}$/);
    expect(apiKey).toEqual({
      id: expect.any(String),
      name: 'cli',
      createdAt: expect.stringMatching(WHEN),
      updatedAt: expect.stringMatching(WHEN),
      permissions: ['asset.read'],
    });
    expect(await getApiKey({ id: apiKey.id }, user)).toEqual(apiKey);
    expect(await getMyApiKey({ headers: { 'x-api-key': secret } })).toEqual(apiKey);
    if (hasDatabase()) expect(await sql`SELECT key = sha256(${secret}) FROM api_key WHERE id = ${apiKey.id}`).toBe('t');
  });

  test('without a name is called API Key', async () => {
    const user = await newUser();
    for (const name of [undefined, ''])
      expect((await create(user, { name, permissions: [Permission.All] })).apiKey.name).toBe('API Key');
  });

  test('needs permissions that exist', async () => {
    const { headers } = await newUser();
    const none = await send('POST', '/api/api-keys', { json: { permissions: [] }, headers });
    expect([none.status, none.json.errors]).toEqual([
      400,
      [expect.objectContaining({ path: ['permissions'], message: 'Too small: expected array to have >=1 items' })],
    ]);
    const unknown = await send('POST', '/api/api-keys', { json: { permissions: ['all', 'asset.fly'] }, headers });
    expect([unknown.status, unknown.json.errors]).toEqual([
      400,
      [expect.objectContaining({ path: ['permissions', 1], message: expect.stringMatching(/^Invalid option: expected one of "all"\|/) })],
    ]);
  });

  test('is listed, the newest first', async () => {
    const user = await newUser();
    for (const name of ['one', 'two', 'three']) await create(user, { name, permissions: [Permission.All] });
    expect((await getApiKeys(user)).map((key) => key.name)).toEqual(['three', 'two', 'one']);
  });

  test('is renamed and limited', async () => {
    const user = await newUser();
    const { secret, apiKey } = await create(user, { name: 'old', permissions: [Permission.All] });
    const { id } = apiKey;
    const changed = await updateApiKey(
      { id, apiKeyUpdateDto: { name: 'new', permissions: [Permission.AssetRead] } },
      user,
    );
    expect(changed).toMatchObject({ id, name: 'new', permissions: ['asset.read'] });
    expect(await refusal(getSessions({ headers: { 'x-api-key': secret } }))).toEqual([
      403,
      'Missing required permission: session.read',
    ]);
    const again = await send('PATCH', `/api/api-keys/${id}`, { json: { name: 'newer' }, headers: user.headers });
    expect(again.json).toMatchObject({ name: 'newer', permissions: ['asset.read'] });
    expect(await refusal(updateApiKey({ id, apiKeyUpdateDto: {} }, user))).toEqual([400, 'No fields to update']);
  });

  test('is worth nothing when deleted', async () => {
    const user = await newUser();
    const { secret, apiKey } = await create(user, { permissions: [Permission.All] });
    await deleteApiKey({ id: apiKey.id }, user);
    expect(await refusal(getMyApiKey({ headers: { 'x-api-key': secret } }))).toEqual([401, 'Invalid API key']);
    expect(await refusal(getApiKey({ id: apiKey.id }, user))).toEqual([400, 'API Key not found']);
  });

  test('of somebody else is not found', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const { apiKey } = await create(other, { name: 'theirs', permissions: [Permission.All] });
    for (const id of [apiKey.id, NOBODYS]) {
      expect(await refusal(getApiKey({ id }, user))).toEqual([400, 'API Key not found']);
      expect(await refusal(updateApiKey({ id, apiKeyUpdateDto: { name: 'mine' } }, user))).toEqual([400, 'API Key not found']);
      expect(await refusal(deleteApiKey({ id }, user))).toEqual([400, 'API Key not found']);
    }
    expect(await getApiKeys(other)).toMatchObject([{ name: 'theirs' }]);
  });

  test('is asked for by me with a key only', async () => {
    expect(await refusal(getMyApiKey(await newUser()))).toEqual([403, 'Not authenticated with an API Key']);
  });
});

describe('permissions', () => {
  test('open what they name', async () => {
    const user = await newUser();
    const key = await newKey(user, Permission.UserRead);
    expect((await getMyUser(key)).id).toBe(user.id);
    expect(await refusal(getSessions(key))).toEqual([403, 'Missing required permission: session.read']);
  });

  test('a route without one wants them all', async () => {
    const user = await newUser();
    expect(await refusal(logout(await newKey(user, Permission.UserRead)))).toEqual([403, 'Missing required permission: all']);
    expect(await logout(await newKey(user, Permission.All))).toMatchObject({ successful: true });
  });

  test('are not looked at where nobody is asked who they are', async () => {
    expect(await getServerVersion({ headers: { 'x-api-key': 'wrong' } })).toMatchObject({ major: 3 });
  });

  test('a key grants no more than it has', async () => {
    const user = await newUser();
    const limited = await newKey(user, Permission.ApiKeyCreate, Permission.ApiKeyUpdate, Permission.AssetRead);
    const refused = [400, 'Cannot grant permissions you do not have'];
    expect(await refusal(create(limited, { permissions: [Permission.All] }))).toEqual(refused);
    expect(await refusal(create(limited, { permissions: [Permission.AssetRead, Permission.AssetDelete] }))).toEqual(refused);
    const { apiKey } = await create(limited, { permissions: [Permission.AssetRead] });
    const more = { id: apiKey.id, apiKeyUpdateDto: { permissions: [Permission.UserRead] } };
    expect(await refusal(updateApiKey(more, limited))).toEqual(refused);
    expect(await refusal(grantByName(limited, user))).toEqual(refused);
  });

  // The mightier key exists already: to give it another name must not be a way to it.
  const grantByName = async (limited: { headers: { 'x-api-key': string } }, user: Caller) => {
    const { apiKey } = await create(user, { permissions: [Permission.All] });
    return updateApiKey({ id: apiKey.id, apiKeyUpdateDto: { name: 'x', permissions: [Permission.All] } }, limited);
  };
});
