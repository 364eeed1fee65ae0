import {
  createUserAdmin,
  deleteUserAdmin,
  getMyPreferences,
  getMyUser,
  getUser,
  getUserLicense,
  getUserOnboarding,
  Permission,
  searchUsers,
  setUserLicense,
  setUserOnboarding,
  updateMyPreferences,
  updateMyUser,
  UserAvatarColor,
  type UserPreferencesUpdateDto,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { admin, hasDatabase, newKey, newUser, refusal, send, signIn, sql } from './support/client.ts';
import { listen } from './support/socket.ts';

const NOBODYS = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';
const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('the own account', () => {
  test('is told in full', async () => {
    const user = await newUser({ name: 'Ann', quotaSizeInBytes: 1000 });
    expect(await getMyUser(user)).toEqual({
      id: user.id,
      email: user.email,
      name: 'Ann',
      profileImagePath: '',
      avatarColor: expect.any(String),
      profileChangedAt: expect.stringMatching(WHEN),
      storageLabel: null,
      shouldChangePassword: true,
      isAdmin: false,
      createdAt: expect.stringMatching(WHEN),
      updatedAt: expect.stringMatching(WHEN),
      deletedAt: null,
      oauthId: '',
      quotaSizeInBytes: 1000,
      quotaUsageInBytes: 0,
      status: 'active',
      license: null,
    });
  });

  test('has the colour that its address gives, until one is chosen', async () => {
    const colours = ['primary', 'pink', 'red', 'yellow', 'blue', 'green', 'purple', 'orange', 'gray', 'amber'];
    const user = await newUser();
    const sum = [...user.email].reduce((total, character) => total + character.codePointAt(0)!, 0);
    expect((await getMyUser(user)).avatarColor).toBe(colours[sum % 10]);
    const chosen = colours[(sum + 1) % 10] as UserAvatarColor;
    expect((await updateMyUser({ userUpdateMeDto: { avatarColor: chosen } }, user)).avatarColor).toBe(chosen);
    expect((await updateMyUser({ userUpdateMeDto: { name: 'Bo' } }, user)).avatarColor).toBe(chosen);
    expect((await updateMyUser({ userUpdateMeDto: { avatarColor: null } }, user)).avatarColor).toBe(colours[sum % 10]);
  });

  test('takes another name and address, in lower case', async () => {
    const user = await newUser();
    const email = `Renamed.${user.email}`;
    const changed = await updateMyUser({ userUpdateMeDto: { name: 'Bo', email } }, user);
    expect(changed).toMatchObject({ id: user.id, name: 'Bo', email: email.toLowerCase(), shouldChangePassword: true });
    expect((await signIn({ email, password: user.password })).id).toBe(user.id);
  });

  test('does not take the address of another', async () => {
    const [user, other] = [await newUser(), await newUser()];
    expect(await refusal(updateMyUser({ userUpdateMeDto: { email: other.email } }, user))).toEqual([
      400,
      'Email is not available',
    ]);
    expect((await updateMyUser({ userUpdateMeDto: { email: user.email } }, user)).email).toBe(user.email);
  });

  test('takes a new password as old apps send it, and keeps the sessions', async () => {
    const user = await newUser();
    const changed = await updateMyUser({ userUpdateMeDto: { password: 'a new password' } }, user);
    expect(changed.shouldChangePassword).toBe(false);
    expect((await getMyUser(user)).id).toBe(user.id);
    expect((await signIn({ ...user, password: 'a new password' })).id).toBe(user.id);
  });

  test('nobody makes themselves an administrator', async () => {
    const { headers } = await newUser();
    const json = { isAdmin: true, quotaSizeInBytes: null, storageLabel: 'admin', status: 'removing' };
    const { status, json: changed } = await send('PUT', '/api/users/me', { json, headers });
    expect([status, changed.isAdmin, changed.storageLabel, changed.status]).toEqual([200, false, null, 'active']);
  });
});

describe('others', () => {
  test('see little', async () => {
    const [user, other] = [await newUser(), await newUser({ name: 'Bo' })];
    const keys = ['avatarColor', 'email', 'id', 'name', 'profileChangedAt', 'profileImagePath'];
    const seen = await getUser({ id: other.id }, user);
    expect(Object.keys(seen).sort()).toEqual(keys);
    expect(seen).toMatchObject({ id: other.id, name: 'Bo' });
    const all = await searchUsers(user);
    for (const one of all) expect(Object.keys(one).sort()).toEqual(keys);
    const ids = all.map((one) => one.id);
    expect(ids).toEqual(expect.arrayContaining([user.id, other.id, admin().id]));
    expect(ids.indexOf(other.id)).toBeLessThan(ids.indexOf(user.id)); // the newest first
  });

  test('are not found when they do not exist or are deleted', async () => {
    const [user, gone] = [await newUser(), await newUser()];
    await deleteUserAdmin({ id: gone.id, userAdminDeleteDto: {} }, admin());
    for (const id of [NOBODYS, gone.id]) expect(await refusal(getUser({ id }, user))).toEqual([400, 'User not found']);
    expect((await searchUsers(user)).map((one) => one.id)).not.toContain(gone.id);
  });
});

describe('preferences', () => {
  const defaults = () => getMyPreferences(admin());
  const update = (caller: { headers: Record<string, string> }, userPreferencesUpdateDto: UserPreferencesUpdateDto) =>
    updateMyPreferences({ userPreferencesUpdateDto }, caller);
  const stored = async (id: string) =>
    JSON.parse(await sql`SELECT value FROM user_metadata WHERE "userId" = ${id} AND key = 'preferences'`);

  test('begin as they are by default', async () => {
    expect(await getMyPreferences(await newUser())).toEqual({
      albums: { defaultAssetOrder: 'desc' },
      folders: { enabled: false, sidebarWeb: false },
      memories: { enabled: true, duration: 5 },
      people: { enabled: true, sidebarWeb: false, minimumFaces: 3 },
      sharedLinks: { enabled: true, sidebarWeb: false },
      ratings: { enabled: false },
      tags: { enabled: false, sidebarWeb: false },
      emailNotifications: { enabled: true, albumInvite: true, albumUpdate: true },
      download: { archiveSize: 4294967296, includeEmbeddedVideos: false },
      purchase: { showSupportBadge: true, hideBuyButtonUntil: '2022-02-12T00:00:00.000Z' },
      cast: { gCastEnabled: false },
      recentlyAdded: { sidebarWeb: false },
    });
  });

  test.runIf(hasDatabase())('are stored as what differs, one leaf at a time', async () => {
    const user = await newUser();
    const all = await update(user, { memories: { enabled: false }, folders: { enabled: true } });
    expect(all).toEqual({
      ...(await defaults()),
      memories: { enabled: false, duration: 5 },
      folders: { enabled: true, sidebarWeb: false },
    });
    expect(await getMyPreferences(user)).toEqual(all);
    expect(await stored(user.id)).toEqual({ memories: { enabled: false }, folders: { enabled: true } });

    await update(user, { folders: { enabled: false, sidebarWeb: true } });
    expect(await stored(user.id)).toEqual({ memories: { enabled: false }, folders: { sidebarWeb: true } });
    expect((await getMyPreferences(user)).memories).toEqual({ enabled: false, duration: 5 });
  });

  test('echo a colour without storing it', async () => {
    const user = await newUser();
    const all = await update(user, { avatar: { color: UserAvatarColor.Green } });
    expect(all).toEqual({ ...(await defaults()), avatar: { color: 'green' } });
    expect(await getMyPreferences(user)).toEqual(await defaults());
  });

  test('refuse what they do not know', async () => {
    const { headers } = await newUser();
    const json = { albums: { defaultAssetOrder: 'random' }, memories: { enabled: 'yes' } };
    const { status, json: refused } = await send('PUT', '/api/users/me/preferences', { json, headers });
    expect(status).toBe(400);
    expect(refused.errors.map((issue: { path: string[] }) => issue.path)).toEqual([
      ['albums', 'defaultAssetOrder'],
      ['memories', 'enabled'],
    ]);
    const again = await send('PATCH', '/api/users/me/preferences', { json: { unknown: 1 }, headers });
    expect([again.status, again.json]).toEqual([200, await defaults()]);
  });
});

describe('onboarding', () => {
  test('of a user', async () => {
    const user = await newUser();
    expect(await getUserOnboarding(user)).toEqual({ isOnboarded: false });
    expect(await setUserOnboarding({ onboardingDto: { isOnboarded: true } }, user)).toEqual({ isOnboarded: true });
    expect(await getUserOnboarding(user)).toEqual({ isOnboarded: true });
    const { json } = await send('POST', '/api/auth/login', { json: { email: user.email, password: user.password } });
    expect(json.isOnboarded).toBe(true);
    expect(await setUserOnboarding({ onboardingDto: { isOnboarded: false } }, user)).toEqual({ isOnboarded: false });
  });
});

describe('a product key', () => {
  test('is none at first, and must be signed', async () => {
    const user = await newUser();
    expect(await refusal(getUserLicense(user))).toEqual([404, 'Not Found']);
    for (const kind of ['IMCL', 'IMSV']) {
      const licenseKey = `${kind}-AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH`;
      const set = setUserLicense({ licenseKeyDto: { licenseKey, activationKey: 'c2lnbmF0dXJl' } }, user);
      expect(await refusal(set)).toEqual([400, 'Invalid license key']);
    }
    expect((await getMyUser(user)).license).toBeNull();
  });
});

describe('accounts, by the administrator', () => {
  const account = () => ({ email: `new-${Date.now()}-${Math.random()}@example.com`, password: 'the password', name: 'New' });

  test('are made', async () => {
    const wanted = { ...account(), storageLabel: 'a.b/c-' + Date.now(), quotaSizeInBytes: 0, shouldChangePassword: false };
    const made = await createUserAdmin({ userAdminCreateDto: wanted }, admin());
    expect(made).toMatchObject({
      email: wanted.email,
      storageLabel: wanted.storageLabel.replace(/[./]/g, ''),
      quotaSizeInBytes: 0,
      shouldChangePassword: false,
      isAdmin: false,
      status: 'active',
    });
    expect((await signIn(wanted)).id).toBe(made.id);
    expect(await refusal(createUserAdmin({ userAdminCreateDto: wanted }, admin()))).toEqual([400, 'Email is not available']);
  });

  test('need a password', async () => {
    const userAdminCreateDto = { ...account(), password: '' };
    expect(await refusal(createUserAdmin({ userAdminCreateDto }, admin()))).toEqual([400, 'password is required']);
  });

  test.runIf(hasDatabase())('get their PIN hashed', async () => {
    const { id } = await createUserAdmin({ userAdminCreateDto: { ...account(), pinCode: '123456' } }, admin());
    expect(await sql`SELECT "pinCode" FROM "user" WHERE id = ${id}`).toMatch(/^\$2b\$10\$/);
  });

  test('are deleted, and stay for a while', async () => {
    const user = await newUser();
    const { status, json } = await send('DELETE', `/api/admin/users/${user.id}`, { json: {}, headers: admin().headers });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: user.id, status: 'deleted', deletedAt: expect.stringMatching(WHEN) });
    expect(await refusal(getMyUser(user))).toEqual([401, 'Invalid user token']);
  });

  test.runIf(hasDatabase())('are removed for good when that is wanted', async () => {
    const user = await newUser();
    await using events = await listen(admin().headers);
    const gone = await deleteUserAdmin({ id: user.id, userAdminDeleteDto: { force: true } }, admin());
    expect(gone.status).toBe('removing');
    expect(await events.next('on_user_delete')).toEqual([user.id]);
    expect(await sql`SELECT count(*) FROM "user" WHERE id = ${user.id}`).toBe('0');
  });

  test('are deleted once', async () => {
    const { id } = await newUser();
    await deleteUserAdmin({ id, userAdminDeleteDto: {} }, admin());
    expect(await refusal(deleteUserAdmin({ id, userAdminDeleteDto: { force: true } }, admin()))).toEqual([400, 'User not found']);
  });

  test('nobody deletes themselves or nobody', async () => {
    const remove = (id: string) => deleteUserAdmin({ id, userAdminDeleteDto: {} }, admin());
    expect(await refusal(remove(admin().id))).toEqual([403, 'Cannot delete your own account']);
    expect(await refusal(remove(NOBODYS))).toEqual([400, 'User not found']);
  });

  test('with a key, the permission does not replace the administrator', async () => {
    const key = await newKey(await newUser(), Permission.All);
    expect(await refusal(createUserAdmin({ userAdminCreateDto: account() }, key))).toEqual([403, 'Forbidden']);
    const limited = await newKey({ ...admin() }, Permission.UserRead);
    expect(await refusal(createUserAdmin({ userAdminCreateDto: account() }, limited))).toEqual([
      403,
      'Missing required permission: adminUser.create',
    ]);
  });
});
