import {
  createSession,
  deleteAllSessions,
  deleteSession,
  getAuthStatus,
  getMyUser,
  getSessions,
  lockSession,
  Permission,
  updateSession,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { bearer, hasDatabase, newKey, newUser, refusal, send, signIn, sql } from './support/client.ts';

const NOBODYS = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';
const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const own = async (caller: { headers: Record<string, string> }) =>
  (await getSessions(caller)).find((session) => session.current)!.id;

test('the devices of a user are listed, the last used first', async () => {
  const phone = await newUser();
  const agent = 'immich-android/3.1.0';
  const app = await signIn(phone, { 'user-agent': agent, devicemodel: 'Pixel 9', devicetype: 'Android' });
  const seen = await getSessions({ headers: { ...app.headers, 'user-agent': agent } });
  expect(seen).toHaveLength(2);
  expect(seen[0]).toEqual({
    id: expect.any(String),
    createdAt: expect.stringMatching(WHEN),
    updatedAt: expect.stringMatching(WHEN),
    current: true,
    appVersion: '3.1.0',
    deviceType: 'Pixel 9',
    deviceOS: 'Android',
    isPendingSyncReset: false,
  });
  expect(seen[1]).toMatchObject({ current: false, appVersion: null });
});

test('with an API key no session is the current one', async () => {
  const user = await newUser();
  const seen = await getSessions(await newKey(user, Permission.SessionRead));
  expect(seen.map((session) => session.current)).toEqual([false]);
});

test('a session makes another that ends with it', async () => {
  const user = await newUser();
  const made = await createSession({ sessionCreateDto: { duration: 600, deviceOS: 'tvOS', deviceType: 'TV' } }, user);
  expect(made).toMatchObject({ current: false, appVersion: null, deviceOS: 'tvOS', deviceType: 'TV' });
  const lasts = Date.parse(made.expiresAt!) - Date.parse(made.createdAt);
  expect(Math.abs(lasts - 600_000)).toBeLessThan(5_000);
  expect((await getMyUser({ headers: bearer(made.token) })).id).toBe(user.id);

  await deleteSession({ id: await own(user) }, user);
  expect(await refusal(getMyUser({ headers: bearer(made.token) }))).toEqual([401, 'Invalid user token']);
});

test('an API key makes no session', async () => {
  const key = await newKey(await newUser(), Permission.SessionCreate);
  expect(await refusal(createSession({ sessionCreateDto: {} }, key))).toEqual([
    400,
    'This endpoint can only be used with a session token',
  ]);
});

test('a session must last at least a second', async () => {
  const { headers } = await newUser();
  const { status, json } = await send('POST', '/api/sessions', { json: { duration: 0 }, headers });
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({ path: ['duration'], message: 'Too small: expected number to be >=1' }),
  ]);
});

test.runIf(hasDatabase())('an expired session is not listed', async () => {
  const user = await newUser();
  const { id } = await createSession({ sessionCreateDto: {} }, user);
  await sql`UPDATE session SET "expiresAt" = now() - interval '1 second' WHERE id = ${id}`;
  expect(await getSessions(user)).toHaveLength(1);
});

test('all others end at once', async () => {
  const [user, bystander] = [await newUser(), await newUser()];
  const other = await signIn(user);
  const { status, text } = await send('DELETE', '/api/sessions', { headers: user.headers });
  expect([status, text]).toEqual([204, '']);
  expect(await getSessions(user)).toHaveLength(1);
  expect(await refusal(getMyUser(other))).toEqual([401, 'Invalid user token']);
  expect((await getMyUser(bystander)).id).toBe(bystander.id);
});

test('an API key has no session to keep', async () => {
  const user = await newUser();
  await deleteAllSessions(await newKey(user, Permission.SessionDelete));
  expect(await refusal(getMyUser(user))).toEqual([401, 'Invalid user token']);
});

test('a client is told to synchronise anew', async () => {
  const user = await newUser();
  const id = await own(user);
  expect(await updateSession({ id, sessionUpdateDto: { isPendingSyncReset: true } }, user)).toMatchObject({
    id,
    current: false,
    isPendingSyncReset: true,
  });
  expect(await refusal(updateSession({ id, sessionUpdateDto: {} }, user))).toEqual([400, 'No fields to update']);
  const again = await send('PATCH', `/api/sessions/${id}`, { json: { isPendingSyncReset: false }, headers: user.headers });
  expect([again.status, again.json.isPendingSyncReset]).toEqual([200, false]);
});

test.runIf(hasDatabase())('the locked folder is closed', async () => {
  const user = await newUser();
  const id = await own(user);
  await sql`UPDATE session SET "pinExpiresAt" = now() + interval '10 minutes' WHERE id = ${id}`;
  await lockSession({ id }, user);
  expect(await sql`SELECT "pinExpiresAt" IS NULL FROM session WHERE id = ${id}`).toBe('t');
});

test('the sessions of others are out of reach', async () => {
  const [user, other] = [await newUser(), await newUser()];
  for (const id of [await own(other), NOBODYS]) {
    const reset = updateSession({ id, sessionUpdateDto: { isPendingSyncReset: true } }, user);
    expect(await refusal(reset)).toEqual([400, 'Not found or no session.update access']);
    expect(await refusal(lockSession({ id }, user))).toEqual([400, 'Not found or no session.lock access']);
    // Upstream's name of that permission.
    expect(await refusal(deleteSession({ id }, user))).toEqual([400, 'Not found or no authDevice.delete access']);
  }
  expect((await getMyUser(other)).id).toBe(other.id);
});

test.runIf(hasDatabase())('a session is touched once an hour, and when the app is another version', async () => {
  const user = await newUser();
  const id = await own(user);
  const age = () => sql`SELECT round(extract(epoch FROM now() - "updatedAt")) FROM session WHERE id = ${id}`.then(Number);
  const use = (agent: string) => getMyUser({ headers: { ...user.headers, 'user-agent': agent } });
  // Without the trigger that keeps the column.
  const grow = (by: string) => sql`SET session_replication_role = replica;
    UPDATE session SET "updatedAt" = now() - ${by}::interval WHERE id = ${id}`;

  await use('immich-ios/3.1.0');
  await grow('50 minutes');
  await use('immich-ios/3.1.0');
  expect(await age()).toBeGreaterThanOrEqual(3000);
  await grow('61 minutes');
  await use('immich-ios/3.1.0');
  expect(await age()).toBeLessThan(60);
  await grow('50 minutes');
  await use('immich-ios/3.2.0');
  expect(await age()).toBeLessThan(60);
  expect(await getSessions({ headers: { ...user.headers, 'user-agent': 'immich-ios/3.2.0' } })).toMatchObject([{ appVersion: '3.2.0' }]);
});

test.runIf(hasDatabase())('the locked folder stays open while it is used', async () => {
  const user = await newUser();
  const id = await own(user);
  const left = () => sql`SELECT round(extract(epoch FROM "pinExpiresAt" - now())) FROM session WHERE id = ${id}`.then(Number);
  const open = (time: string) => sql`UPDATE session SET "pinExpiresAt" = now() + ${time}::interval WHERE id = ${id}`;

  await open('10 minutes');
  await getMyUser(user);
  expect(await left()).toBeGreaterThan(570);
  await open('1 minute');
  expect(await getAuthStatus(user)).toMatchObject({ isElevated: true });
  expect(await left()).toBeGreaterThan(270);
  expect(await left()).toBeLessThanOrEqual(300);
  await open('-1 second');
  expect(await getAuthStatus(user)).toMatchObject({ isElevated: false });
  expect(await left()).toBeLessThan(0);
});
