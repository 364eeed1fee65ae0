import {
  changePassword,
  createUserAdmin,
  getAuthStatus,
  getMyUser,
  getServerConfig,
  login,
  logout,
  Permission,
  signUpAdmin,
  validateAccessToken,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { admin, bearer, hasDatabase, newKey, newUser, refusal, send, signIn, sql } from './support/client.ts';
import { listen } from './support/socket.ts';

const WRONG = [401, 'Incorrect email or password'];

const wrongPassword = (email: string, headers = {}) =>
  send('POST', '/api/auth/login', { json: { email, password: 'a guess' }, headers });

describe('sign-up', () => {
  const signUpDto = { email: 'Second@Example.com', password: 'a long password', name: 'Second' };

  test('is over once there is an administrator', async () => {
    expect((await getServerConfig()).isInitialized).toBe(true);
    expect(await refusal(signUpAdmin({ signUpDto }))).toEqual([400, 'The server already has an admin']);
  });

  test.runIf(hasDatabase())('makes one administrator of a server without any, whoever is first', async () => {
    const { id } = admin();
    await sql`UPDATE "user" SET "isAdmin" = false, "storageLabel" = NULL WHERE id = ${id}`;
    try {
      expect((await getServerConfig()).isInitialized).toBe(false);
      const both = await Promise.allSettled(
        ['One@Example.com', 'Two@Example.com'].map((email) => signUpAdmin({ signUpDto: { ...signUpDto, email } })),
      );
      const [made, ...more] = both.filter((one) => one.status === 'fulfilled').map((one) => one.value);
      expect(more).toEqual([]);
      expect(made).toMatchObject({
        email: expect.stringMatching(/^(one|two)@example\.com$/),
        isAdmin: true,
        storageLabel: 'admin',
        shouldChangePassword: true,
        status: 'active',
        quotaSizeInBytes: null,
        license: null,
      });
      expect((await getServerConfig()).isInitialized).toBe(true);
      expect(await sql`SELECT password FROM "user" WHERE id = ${made!.id}`).toMatch(/^\$2b\$10\$/);
    } finally {
      await sql`DELETE FROM "user" WHERE "isAdmin"`;
      await sql`UPDATE "user" SET "isAdmin" = true, "storageLabel" = 'admin' WHERE id = ${id}`;
    }
  });

  test('tells everything that is wrong with it at once', async () => {
    const { status, json } = await send('POST', '/api/auth/admin-sign-up', { json: { email: 'no address', name: 3 } });
    expect(status).toBe(400);
    expect(json.message).toBe('Validation failed');
    expect(json.errors).toEqual([
      expect.objectContaining({ path: ['email'], message: 'Invalid input: expected email, received string' }),
      expect.objectContaining({ path: ['password'], message: 'Invalid input: expected string, received undefined' }),
      expect.objectContaining({ path: ['name'], message: 'Invalid input: expected string, received number' }),
    ]);
  });
});

describe('login', () => {
  test('answers what the apps keep', async () => {
    const user = await newUser({ name: 'Ann' });
    const answer = await login({ loginCredentialDto: { email: user.email.toUpperCase(), password: user.password } });
    expect(answer).toEqual({
      accessToken: expect.stringMatching(/^[A-Za-z0-9]{32,43}$/),
      userId: user.id,
      userEmail: user.email,
      name: 'Ann',
      isAdmin: false,
      profileImagePath: '',
      shouldChangePassword: true,
      isOnboarded: false,
    });
  });

  test('sets three cookies, attributes in the usual order', async () => {
    const { email, password } = await newUser();
    const { status, json, cookies } = await send('POST', '/api/auth/login', { json: { email, password } });
    expect(status).toBe(201);
    const until = '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT';
    const kept = `Max-Age=34560000; Path=/; Expires=${until};`;
    expect(cookies).toEqual([
      expect.stringMatching(`^immich_access_token=${json.accessToken}; ${kept} HttpOnly; SameSite=Lax$`),
      expect.stringMatching(`^immich_auth_type=password; ${kept} HttpOnly; SameSite=Lax$`),
      expect.stringMatching(`^immich_is_authenticated=true; ${kept} SameSite=Lax$`),
    ]);
    const expires = Date.parse(/Expires=([^;]+)/.exec(cookies[0]!)![1]!);
    expect(Math.abs(expires - Date.now() - 34_560_000_000)).toBeLessThan(60_000);
  });

  test('marks the cookies as secure behind an https proxy', async () => {
    const { email, password } = await newUser();
    const headers = { 'x-forwarded-proto': 'https' };
    const { cookies } = await send('POST', '/api/auth/login', { json: { email, password }, headers });
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) expect(cookie).toContain('; Secure; SameSite=Lax');
  });

  test.runIf(hasDatabase())('keeps only the digest of the token', async () => {
    const { token, id } = await newUser();
    expect(await sql`SELECT token = sha256(${token}) FROM session WHERE "userId" = ${id}`).toBe('t');
  });

  test.each([
    ['an unknown address', { email: 'nobody@example.com', password: 'the password' }],
    ['a wrong password', { email: 'admin@example.com', password: 'wrong' }],
  ])('says the same about %s', async (_what, loginCredentialDto) => {
    expect(await refusal(login({ loginCredentialDto }))).toEqual(WRONG);
  });

  test.runIf(hasDatabase())('is refused to who has no password, and to the deleted', async () => {
    const user = await newUser();
    await sql`UPDATE "user" SET password = '' WHERE id = ${user.id}`;
    expect(await refusal(login({ loginCredentialDto: { email: user.email, password: '' } }))).toEqual(WRONG);
    const gone = await newUser();
    await sql`UPDATE "user" SET "deletedAt" = now() WHERE id = ${gone.id}`;
    expect(await refusal(signIn(gone))).toEqual(WRONG);
    expect(await refusal(getMyUser(gone))).toEqual([401, 'Invalid user token']);
  });

  test('takes a form as well', async () => {
    const { email, password } = await newUser();
    const body = new URLSearchParams({ email, password }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await send('POST', '/api/auth/login', { body, headers })).toMatchObject({ status: 201 });
  });

  test('slows down who guesses, there and for that account only', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    for (let i = 0; i < 10; i++) expect((await wrongPassword(user.email, headers)).status).toBe(401);
    const slowed = await wrongPassword(user.email, headers);
    expect([slowed.status, slowed.json]).toEqual([429, { message: 'Too many attempts, try again later' }]);
    const wait = Number(slowed.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(5);
    // The right password waits, too: whether it is right must not be told.
    expect(await refusal(signIn(user, headers))).toEqual([429, 'Too many attempts, try again later']);
    expect((await signIn(other, headers)).id).toBe(other.id);
    expect((await signIn(user, { 'x-forwarded-for': '192.0.2.2' })).id).toBe(user.id);
  });

  test('a success in between forgets the failures', async () => {
    const user = await newUser();
    const headers = { 'x-forwarded-for': '192.0.2.3' };
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 9; i++) expect((await wrongPassword(user.email, headers)).status).toBe(401);
      expect((await signIn(user, headers)).id).toBe(user.id);
    }
  });
});

describe('credentials', () => {
  const me = (path: string, headers: Record<string, string> = {}) => send('GET', `/api/users/me${path}`, { headers });

  test('a session token is taken from every place in which clients put it', async () => {
    const { token, id } = await newUser();
    const places: [string, Record<string, string>][] = [
      ['', { authorization: `Bearer ${token}` }],
      ['', { authorization: `bearer ${token}` }],
      ['', { 'x-immich-user-token': token }],
      ['', { 'x-immich-session-token': token }],
      ['', { cookie: `a=b; immich_access_token=${token}; immich_is_authenticated=true` }],
      [`?sessionKey=${token}`, {}],
    ];
    for (const [query, headers] of places) expect((await me(query, headers)).json).toMatchObject({ id });
  });

  test('an API key is taken from its header and the query', async () => {
    const user = await newUser();
    const key = (await newKey(user, Permission.All)).headers['x-api-key'];
    expect((await me('', { 'x-api-key': key })).json).toMatchObject({ id: user.id });
    expect((await me(`?apiKey=${key}`)).json).toMatchObject({ id: user.id });
  });

  test.each([
    ['nothing', '', {}, 'Authentication required'],
    ['an empty token', '', { authorization: 'Bearer ' }, 'Authentication required'],
    ['a wrong token', '', { authorization: 'Bearer wrong' }, 'Invalid user token'],
    ['a wrong cookie', '', { cookie: 'immich_access_token=wrong' }, 'Invalid user token'],
    ['a wrong API key', '', { 'x-api-key': 'wrong' }, 'Invalid API key'],
    ['a wrong share key', '?key=wrong', {}, 'Invalid share key'],
    ['a wrong slug', '?slug=wrong', {}, 'Invalid share slug'],
  ])('%s is refused', async (_what, query, headers, message) => {
    const { status, json } = await me(query, headers as Record<string, string>);
    expect([status, json]).toEqual([401, { message }]);
  });

  test('the first one that is found decides, even when the next were good', async () => {
    const { token, headers } = await newUser();
    expect((await me('?key=wrong', headers)).json).toEqual({ message: 'Invalid share key' });
    expect((await me('', { 'x-api-key': 'wrong', authorization: `Bearer ${token}` })).status).toBe(200);
    const both = { 'x-immich-user-token': 'wrong', authorization: `Bearer ${token}` };
    expect((await me('', both)).json).toEqual({ message: 'Invalid user token' });
  });

  test.runIf(hasDatabase())('an expired session is none', async () => {
    const { id, headers } = await newUser();
    await sql`UPDATE session SET "expiresAt" = now() - interval '1 second' WHERE "userId" = ${id}`;
    expect(await refusal(getMyUser({ headers }))).toEqual([401, 'Invalid user token']);
  });

  test('come before what is wrong with the request', async () => {
    const { status, json } = await send('PUT', '/api/users/me', { json: { email: 3 } });
    expect([status, json]).toEqual([401, { message: 'Authentication required' }]);
  });
});

describe('logout', () => {
  test('ends the session, clears the cookies and tells the other tabs', async () => {
    const { id, headers } = await newUser();
    await using events = await listen(headers);
    const session = hasDatabase() ? await sql`SELECT id FROM session WHERE "userId" = ${id}` : expect.any(String);
    const { status, json, cookies } = await send('POST', '/api/auth/logout', { headers });
    expect([status, json]).toEqual([200, { successful: true, redirectUri: '/auth/login?autoLaunch=0' }]);
    expect(cookies).toEqual(
      ['immich_access_token', 'immich_auth_type', 'immich_is_authenticated'].map(
        (name) => `${name}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT`,
      ),
    );
    expect(await refusal(getMyUser({ headers }))).toEqual([401, 'Invalid user token']);
    expect(await events.next('on_session_delete')).toEqual([session]);
  });

  test('with an API key leaves the sessions alone', async () => {
    const user = await newUser();
    expect(await logout(await newKey(user, Permission.All))).toMatchObject({ successful: true });
    expect((await getMyUser(user)).id).toBe(user.id);
  });
});

describe('the own password', () => {
  const change = (caller: { headers: Record<string, string> }, password: string, newPassword: string) =>
    changePassword({ changePasswordDto: { password, newPassword } }, caller);

  test('is changed, and all other sessions end', async () => {
    const user = await newUser();
    const other = await signIn(user);
    const bystander = await newUser();
    expect(await change(user, user.password, 'a new password')).toMatchObject({ id: user.id, email: user.email });
    expect((await getMyUser(user)).id).toBe(user.id);
    expect(await refusal(getMyUser(other))).toEqual([401, 'Invalid user token']);
    expect((await getMyUser(bystander)).id).toBe(bystander.id);
    expect(await refusal(signIn(user))).toEqual(WRONG);
    expect((await signIn({ ...user, password: 'a new password' })).id).toBe(user.id);
  });

  test('stays when the old one is wrong or the new one too short', async () => {
    const user = await newUser();
    expect(await refusal(change(user, 'wrong', 'a new password'))).toEqual([400, 'Wrong password']);
    const { status, json } = await send('POST', '/api/auth/change-password', {
      json: { password: user.password, newPassword: 'short' },
      headers: user.headers,
    });
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      expect.objectContaining({ path: ['newPassword'], message: 'Too small: expected string to have >=8 characters' }),
    ]);
    expect((await signIn(user)).id).toBe(user.id);
  });
});

describe('status', () => {
  test('of a credential', async () => {
    const user = await newUser();
    expect(await validateAccessToken(user)).toEqual({ authStatus: true });
    expect(await validateAccessToken(await newKey(user, Permission.AssetRead))).toEqual({ authStatus: true });
    expect(await getAuthStatus(user)).toEqual({ pinCode: false, password: true, isElevated: false });
  });

  test.runIf(hasDatabase())('tells of the PIN and of an open locked folder', async () => {
    const user = await newUser();
    await sql`UPDATE "user" SET "pinCode" = 'a hash' WHERE id = ${user.id}`;
    await sql`UPDATE session SET "pinExpiresAt" = now() + interval '10 minutes' WHERE "userId" = ${user.id}`;
    expect(await getAuthStatus(user)).toEqual({
      pinCode: true,
      password: true,
      isElevated: true,
      pinExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    // An API key never opens it.
    expect(await getAuthStatus(await newKey(user, Permission.All))).toMatchObject({ isElevated: false });
  });

  test.runIf(hasDatabase())('a deleted user\'s token and key are worth nothing', async () => {
    const account = { email: `gone-${Date.now()}@example.com`, password: 'the password', name: 'Gone' };
    const { id } = await createUserAdmin({ userAdminCreateDto: account }, admin());
    const user = await signIn(account);
    const key = await newKey(user, Permission.All);
    await sql`UPDATE "user" SET "deletedAt" = now() WHERE id = ${id}`;
    expect(await refusal(validateAccessToken({ headers: bearer(user.token) }))).toEqual([401, 'Invalid user token']);
    expect(await refusal(validateAccessToken(key))).toEqual([401, 'Invalid API key']);
  });
});
