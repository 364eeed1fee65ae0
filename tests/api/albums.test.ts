// Albums between an owner, an editor, a viewer and people outside, as the apps use them.

import {
  addAssetsToAlbum,
  addAssetsToAlbums,
  addUsersToAlbum,
  AlbumUserRole,
  AssetVisibility,
  createAlbum,
  deleteAlbum,
  deleteAssets,
  getAlbumInfo,
  getAlbumMapMarkers,
  getAlbumStatistics,
  getAllAlbums,
  getAssetInfo,
  getTimeBucket,
  getTimeBuckets,
  removeAssetFromAlbum,
  removeUserFromAlbum,
  updateAlbumInfo,
  updateAlbumUser,
  updateAsset,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { admin, hasDatabase, newLink, newUser, refusal, send, sql, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';
import { listen } from './support/socket.ts';

interface Scene {
  owner: Caller;
  editor: Caller;
  viewer: Caller;
  album: string;
  assets: string[];
}

async function scene(): Promise<Scene> {
  const [owner, editor, viewer] = await Promise.all([newUser(), newUser(), newUser()]);
  const assets = [await upload(owner), await upload(owner)];
  const albumUsers = [
    { userId: editor.id, role: AlbumUserRole.Editor },
    { userId: viewer.id, role: AlbumUserRole.Viewer },
  ];
  const { id } = await createAlbum({ createAlbumDto: { albumName: 'Trip', assetIds: assets, albumUsers } }, owner);
  return { owner, editor, viewer, album: id, assets };
}

const missing = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';

test('an album as it is made and as its members see it', async () => {
  const { owner, editor, viewer, album, assets } = await scene();
  const seen = await getAlbumInfo({ id: album }, viewer);
  expect(seen).toMatchObject({
    albumName: 'Trip',
    description: '',
    assetCount: 2,
    shared: true,
    hasSharedLink: false,
    order: 'desc',
    startDate: '2023-05-05T00:00:00.000Z',
    endDate: '2023-05-05T00:00:00.000Z',
    contributorCounts: [{ userId: owner.id, assetCount: 2 }],
  });
  expect(assets).toContain(seen.albumThumbnailAssetId);
  expect(seen.albumUsers.map(({ user, role }) => [user.id, role])).toEqual([
    [owner.id, 'owner'],
    [editor.id, 'editor'],
    [viewer.id, 'viewer'],
  ]);
  expect(seen.albumUsers[0]!.user.profileChangedAt).toMatch(/\+00:00$/);
  const [listed] = await getAllAlbums({}, viewer);
  expect(listed).toMatchObject({ id: album, assetCount: 2 });
  expect(listed).not.toHaveProperty('contributorCounts');
  expect(await getAlbumStatistics(viewer)).toEqual({ owned: 0, shared: 1, notShared: 0 });
});

test('dates of a changed album are exact', async () => {
  const { owner, album } = await scene();
  const changed = await updateAlbumInfo({ id: album, updateAlbumDto: { albumName: 'Alps' } }, owner);
  expect(changed).toMatchObject({ albumName: 'Alps', startDate: '2023-05-05T07:08:09+00:00' });
  expect(changed).not.toHaveProperty('lastModifiedAssetTimestamp');
});

test('an empty album names no dates', async () => {
  const user = await newUser();
  const { id } = await createAlbum({ createAlbumDto: { albumName: '' } }, user);
  const album = await getAlbumInfo({ id }, user);
  for (const key of ['startDate', 'endDate', 'lastModifiedAssetTimestamp', 'contributorCounts'])
    expect(album).not.toHaveProperty(key);
  expect(album).toMatchObject({ assetCount: 0, albumThumbnailAssetId: null, shared: false });
});

describe('what each part may do', () => {
  const roles = ['owner', 'editor', 'viewer', 'stranger', 'administrator'] as const;
  type Role = (typeof roles)[number];
  const calls: [string, string, (s: Scene, own: string) => [string, string, unknown?], Partial<Record<Role, number>>][] = [
    ['reads', 'album.read', ({ album }) => ['GET', album], { owner: 200, editor: 200, viewer: 200 }],
    ['sees the map', 'album.read', ({ album }) => ['GET', `${album}/map-markers`], { owner: 200, editor: 200, viewer: 200 }],
    ['renames', 'album.update', ({ album }) => ['PATCH', album, { albumName: 'x' }], { owner: 200, editor: 200 }],
    ['adds assets', 'albumAsset.create', ({ album }, own) => ['PUT', `${album}/assets`, { ids: [own] }], { owner: 200, editor: 200 }],
    ['takes assets out', 'albumAsset.delete', ({ album }, own) => ['DELETE', `${album}/assets`, { ids: [own] }], { owner: 200, editor: 200 }],
    ['adds members', 'album.share', ({ album, viewer }) => ['PUT', `${album}/users`, { albumUsers: [{ userId: viewer.id }] }], { owner: 200, editor: 200 }],
    ['changes roles', 'album.share', ({ album, viewer }) => ['PUT', `${album}/user/${viewer.id}`, { role: 'viewer' }], { owner: 204, editor: 204 }],
    ['sends members away', 'album.share', ({ album, editor }) => ['DELETE', `${album}/user/${editor.id}`], { owner: 204, editor: 204 }],
    ['deletes', 'album.delete', ({ album }) => ['DELETE', album], { owner: 204 }],
  ];
  const cases = calls.flatMap(([what, permission, call, allowed]) =>
    roles.map((role) => [role, allowed[role] ? 'does' : 'does not', what, permission, call, allowed[role]] as const),
  );

  // What is refused leaves everything as it was.
  let one: Promise<Scene> | undefined;
  const untouched = () => (one ??= scene());

  test.each(cases)('the %s: %s: %s', async (role, _verb, _what, permission, call, status) => {
    const s = status ? await scene() : await untouched();
    const caller = role === 'stranger' ? await newUser() : role === 'administrator' ? admin() : s[role];
    const [method, path, json] = call(s, await upload(caller));
    const answer = await send(method, `/api/albums/${path}`, { headers: caller.headers, json });
    if (status) expect(answer.status).toBe(status);
    else expect([answer.status, answer.json.message]).toEqual([400, `Not found or no ${permission} access`]);
  });
});

test('an editor takes out only what is theirs, the owner anything', async () => {
  const { owner, editor, album, assets } = await scene();
  const own = await upload(editor);
  const ids = [own, assets[0]!];
  expect(await addAssetsToAlbum({ id: album, bulkIdsDto: { ids } }, editor)).toEqual([
    { id: own, success: true },
    { id: assets[0], success: false, error: 'duplicate' },
  ]);
  expect(await removeAssetFromAlbum({ id: album, bulkIdsDto: { ids: [assets[0]!, missing] } }, editor)).toEqual([
    { id: assets[0], success: false, error: 'no_permission' },
    { id: missing, success: false, error: 'not_found' },
  ]);
  expect(await removeAssetFromAlbum({ id: album, bulkIdsDto: { ids: [own, own] } }, owner)).toEqual([
    { id: own, success: true },
    { id: own, success: false, error: 'not_found' },
  ]);
});

test('members are told when assets come and go', async () => {
  const { owner, viewer, album, assets } = await scene();
  const own = await upload(owner);
  await using events = await listen(viewer.headers);
  await addAssetsToAlbum({ id: album, bulkIdsDto: { ids: [own] } }, owner);
  expect(await events.next('on_album_update')).toEqual([album]);
  await removeAssetFromAlbum({ id: album, bulkIdsDto: { ids: assets } }, owner);
  expect(await events.next('on_album_update')).toEqual([album]);
});

test('several albums at once', async () => {
  const { owner, editor, album } = await scene();
  const { id: private_ } = await createAlbum({ createAlbumDto: { albumName: 'x' } }, editor);
  const own = await upload(editor);
  const call = (albumIds: string[], assetIds: string[], who: Caller) =>
    addAssetsToAlbums({ albumsAddAssetsDto: { albumIds, assetIds } }, who);
  expect(await call([album, private_, missing], [own, own], editor)).toEqual({ success: true });
  expect(await call([album, private_], [own], editor)).toEqual({ success: false, error: 'duplicate' });
  expect(await call([private_], [await upload(owner)], owner)).toEqual({ success: false, error: 'no_permission' });
  expect((await getAlbumInfo({ id: private_ }, editor)).albumThumbnailAssetId).toBe(own);
});

test('a member leaves, and with them what they saw', async () => {
  const { owner, viewer, album, assets } = await scene();
  const timeline = { albumId: album, timeBucket: '2023-05-01' };
  expect((await getTimeBucket(timeline, viewer)).id.toSorted()).toEqual(assets.toSorted());
  expect(await getAssetInfo({ id: assets[0]! }, viewer)).toMatchObject({ ownerId: owner.id });
  await removeUserFromAlbum({ id: album, userId: 'me' }, viewer);
  expect(await refusal(getAssetInfo({ id: assets[0]! }, viewer))).toEqual([400, 'Not found or no asset.read access']);
  expect(await refusal(getTimeBuckets({ albumId: album }, viewer))).toEqual([400, 'Not found or no album.read access']);
  expect(await getAllAlbums({}, viewer)).toEqual([]);
  expect(await refusal(removeUserFromAlbum({ id: album, userId: owner.id }, owner))).toEqual([
    400,
    'Cannot remove the last album owner',
  ]);
});

test('users that are none, and owners, are no new members', async () => {
  const { owner, album, viewer } = await scene();
  const add = (userId: string, role?: AlbumUserRole) =>
    addUsersToAlbum({ id: album, addUsersDto: { albumUsers: [{ userId, role }] } }, owner);
  expect(await refusal(add(missing))).toEqual([400, 'Invalid user']);
  expect(await refusal(add(viewer.id, AlbumUserRole.Owner))).toEqual([400, 'Cannot add another owner']);
  expect(await refusal(updateAlbumUser({ id: album, userId: owner.id, updateAlbumUserDto: { role: AlbumUserRole.Viewer } }, owner))).toEqual([
    400,
    'User is owner',
  ]);
  const friend = await newUser();
  const { albumUsers } = await add(friend.id);
  expect(albumUsers.find(({ user }) => user.id === friend.id)).toMatchObject({ role: 'editor' });
});

test('a locked or trashed asset is not in its album any more', async () => {
  const { owner, viewer, album, assets } = await scene();
  await deleteAssets({ assetBulkDeleteDto: { ids: [assets[0]!] } }, owner);
  expect(await getAlbumInfo({ id: album }, viewer)).toMatchObject({ assetCount: 1, albumThumbnailAssetId: assets[1] });
  await updateAsset({ id: assets[1]!, updateAssetDto: { visibility: AssetVisibility.Locked } }, owner);
  expect(await getAlbumInfo({ id: album }, viewer)).toMatchObject({ assetCount: 0, albumThumbnailAssetId: null });
  expect(await refusal(getAssetInfo({ id: assets[1]! }, viewer))).toEqual([400, 'Not found or no asset.read access']);
});

test('a deleted album leaves its assets', async () => {
  const { owner, album, assets } = await scene();
  await deleteAlbum({ id: album }, owner);
  expect(await refusal(getAlbumInfo({ id: album }, owner))).toEqual([400, 'Not found or no album.read access']);
  expect(await getAssetInfo({ id: assets[0]! }, owner)).toMatchObject({ isTrashed: false });
});

test.runIf(hasDatabase())('a link opens its own album to reading only', async () => {
  const { owner, album, assets } = await scene();
  const headers = await newLink(owner, { album });
  expect(await getAlbumInfo({ id: album }, { headers })).toMatchObject({ hasSharedLink: true, assetCount: 2 });
  expect(await getAlbumMapMarkers({ id: album }, { headers })).toEqual([]);
  const { id: other } = await createAlbum({ createAlbumDto: { albumName: 'x' } }, owner);
  expect(await refusal(getAlbumInfo({ id: other }, { headers }))).toEqual([400, 'Not found or no album.read access']);
  for (const call of [
    () => getAllAlbums({}, { headers }),
    () => updateAlbumInfo({ id: album, updateAlbumDto: {} }, { headers }),
    () => addAssetsToAlbum({ id: album, bulkIdsDto: { ids: assets } }, { headers }),
    () => removeAssetFromAlbum({ id: album, bulkIdsDto: { ids: assets } }, { headers }),
    () => deleteAlbum({ id: album }, { headers }),
  ])
    expect(await refusal(call())).toEqual([403, 'Forbidden']);
  expect(await getAllAlbums({ isShared: true, isOwned: true }, owner)).toHaveLength(1);
  await sql`UPDATE shared_link SET "showExif" = false WHERE "albumId" = ${album}`;
  expect(await getAlbumMapMarkers({ id: album }, { headers })).toEqual([]);
});
