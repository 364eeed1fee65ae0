// Links to an album and to single photos: what whoever has one may see and do, and what not.

import {
  addSharedLinkAssets,
  AssetVisibility,
  createAlbum,
  createSharedLink,
  deleteAssets,
  getAlbumInfo,
  getAllSharedLinks,
  getAssetInfo,
  getMySharedLink,
  getSharedLinkById,
  getTimeBucket,
  getTimeBuckets,
  removeSharedLink,
  removeSharedLinkAssets,
  SharedLinkType,
  updateAsset,
  updateSharedLink,
  type SharedLinkCreateDto,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { newUser, refusal, send } from './support/client.ts';
import { post, upload } from './support/files.ts';
import { listen } from './support/socket.ts';

const byKey = (key: string) => ({ headers: { 'x-immich-share-key': key } });

async function scene(more: Partial<SharedLinkCreateDto> = {}) {
  const owner = await newUser();
  const [inside, outside] = [await upload(owner), await upload(owner)];
  const { id: albumId } = await createAlbum({ createAlbumDto: { albumName: 'Trip', assetIds: [inside] } }, owner);
  const link = await createSharedLink({ sharedLinkCreateDto: { type: SharedLinkType.Album, albumId, ...more } }, owner);
  return { owner, inside, outside, albumId, link, guest: byKey(link.key) };
}

const noAccess = [400, 'Not found or no asset.read access'];

describe('a link to an album', () => {
  test('shows it and what is in it, by key and by slug', async () => {
    const slug = `trip-${Date.now()}`;
    const { inside, outside, albumId, link, guest } = await scene({ slug });
    expect(link).not.toHaveProperty('album');
    expect(link.key).toMatch(/^[\w-]{67}$/);
    for (const query of [{ key: link.key }, { slug }]) {
      const mine = await getMySharedLink(query);
      expect(mine).toMatchObject({ id: link.id, type: 'ALBUM', assets: [], album: { id: albumId, albumUsers: [], assetCount: 1, shared: true } });
      expect(mine.album!.startDate).toMatch(/\+00:00$/);
      expect(await getAlbumInfo({ id: albumId, ...query })).toMatchObject({ hasSharedLink: true });
      expect((await getTimeBucket({ albumId, timeBucket: '2023-05-01', ...query })).id).toEqual([inside]);
    }
    expect(await getAssetInfo({ id: inside }, guest)).toMatchObject({ id: inside });
    expect(await refusal(getAssetInfo({ id: outside }, guest))).toEqual(noAccess);
    expect(await refusal(getTimeBuckets({}, guest))).toEqual([400, 'Not found or no timeline.read access']);
    expect(await refusal(getMySharedLink({ slug: 'nobody-has-this' }))).toEqual([401, 'Invalid share slug']);
    expect(await refusal(getMySharedLink({ key: 'nobodyhasthis' }))).toEqual([401, 'Invalid share key']);
  });

  test('takes uploads, and tells the members', async () => {
    const { owner, albumId, guest } = await scene();
    await using events = await listen(owner.headers);
    const { status, json } = await post(guest);
    expect(status).toBe(201);
    expect(await events.next('on_album_update')).toEqual([albumId]);
    expect(await getAssetInfo({ id: json.id }, guest)).toMatchObject({ ownerId: owner.id });
    expect((await getAlbumInfo({ id: albumId }, owner)).assetCount).toBe(2);
  });

  test('takes none where it must not', async () => {
    const { owner, link, guest } = await scene({ allowUpload: false });
    const refused = await post(guest);
    expect([refused.status, refused.json.message]).toEqual([401, 'Unauthorized']);
    await updateSharedLink({ id: link.id, sharedLinkEditDto: { allowUpload: true } }, owner);
    expect((await post(guest)).status).toBe(201);
  });

  test('ends when it expires, is removed, or its album is', async () => {
    const { owner, link, guest } = await scene();
    const edit = (expiresAt: string | null) => updateSharedLink({ id: link.id, sharedLinkEditDto: { expiresAt } }, owner);
    await edit('2020-01-01T00:00:00.000Z');
    expect(await refusal(getMySharedLink({}, guest))).toEqual([401, 'Invalid share key']);
    await edit(null);
    expect(await getMySharedLink({}, guest)).toMatchObject({ expiresAt: null });
    await removeSharedLink({ id: link.id }, owner);
    expect(await refusal(getMySharedLink({}, guest))).toEqual([401, 'Invalid share key']);
    expect(await getAllSharedLinks({}, owner)).toEqual([]);
  });
});

describe('a link to photos', () => {
  const photos = (assetIds: string[], more: Partial<SharedLinkCreateDto> = {}) => ({
    sharedLinkCreateDto: { type: SharedLinkType.Individual, assetIds, ...more },
  });

  test('shows those alone, while they are to be seen', async () => {
    const { owner, inside, outside } = await scene();
    const { id, key } = await createSharedLink(photos([inside]), owner);
    const guest = byKey(key);
    expect((await getMySharedLink({}, guest)).assets.map(({ id }) => id)).toEqual([inside]);
    expect(await refusal(getAssetInfo({ id: outside }, guest))).toEqual(noAccess);
    expect(await addSharedLinkAssets({ id, assetIdsDto: { assetIds: [outside, inside] } }, owner)).toEqual([
      { assetId: outside, success: true },
      { assetId: inside, success: false, error: 'duplicate' },
    ]);
    expect(await getAssetInfo({ id: outside }, guest)).toMatchObject({ id: outside });
    await updateAsset({ id: outside, updateAssetDto: { visibility: AssetVisibility.Locked } }, owner);
    expect(await refusal(getAssetInfo({ id: outside }, guest))).toEqual(noAccess);
    expect(await removeSharedLinkAssets({ id, assetIdsDto: { assetIds: [inside, inside] } }, owner)).toEqual([
      { assetId: inside, success: true },
      { assetId: inside, success: false, error: 'not_found' },
    ]);
    expect((await getMySharedLink({}, guest)).assets).toEqual([]);
  });

  test('shows nothing of the trash', async () => {
    const { owner, inside } = await scene();
    const { key } = await createSharedLink(photos([inside]), owner);
    await deleteAssets({ assetBulkDeleteDto: { ids: [inside] } }, owner);
    expect((await getMySharedLink({}, byKey(key))).assets).toEqual([]);
    expect(await refusal(getAssetInfo({ id: inside }, byKey(key)))).toEqual(noAccess);
  });

  test('takes uploads of its own', async () => {
    const { owner, inside } = await scene();
    const { key } = await createSharedLink(photos([inside]), owner);
    const { status, json } = await post(byKey(key));
    expect(status).toBe(201);
    expect((await getMySharedLink({}, byKey(key))).assets.map(({ id }) => id)).toContain(json.id);
  });

  test('hides metadata and originals where it is told to', async () => {
    const { owner, inside } = await scene();
    const { id, key, allowDownload } = await createSharedLink(photos([inside], { showMetadata: false }), owner);
    expect(allowDownload).toBe(false);
    const [hidden] = (await getMySharedLink({}, byKey(key))).assets;
    expect(Object.keys(hidden!).toSorted()).toEqual(
      ['id', 'type', 'originalMimeType', 'thumbhash', 'localDateTime', 'duration', 'livePhotoVideoId', 'hasMetadata', 'width', 'height'].toSorted(),
    );
    expect(hidden).toMatchObject({ id: inside, hasMetadata: false });
    expect(await getAssetInfo({ id: inside }, byKey(key))).not.toHaveProperty('originalPath');
    const original = () => send('GET', `/api/assets/${inside}/original`, byKey(key));
    expect((await original()).status).toBe(404);
    expect((await getSharedLinkById({ id }, owner)).assets[0]).toHaveProperty('originalPath');
    await updateSharedLink({ id, sharedLinkEditDto: { allowDownload: true } }, owner);
    expect((await original()).status).toBe(200);
  });
});

describe('a password', () => {
  const login = (key: string, password: string, cookie = '') =>
    send('POST', `/api/shared-links/login?key=${key}`, { json: { password }, headers: cookie ? { cookie } : {} });
  const cookieOf = (answer: { cookies: string[] }) => answer.cookies[0]!.split(';')[0]!;

  test('guards every route of its link', async () => {
    const { inside, albumId, link, guest } = await scene({ password: 'secret' });
    for (const call of [
      () => getMySharedLink({}, guest),
      () => getAlbumInfo({ id: albumId }, guest),
      () => getAssetInfo({ id: inside }, guest),
      () => getTimeBuckets({ albumId }, guest),
    ])
      expect(await refusal(call())).toEqual([401, 'Password required']);
    expect((await post(guest)).status).toBe(401);

    const wrong = await login(link.key, 'wrong');
    expect([wrong.status, wrong.json.message, wrong.cookies]).toEqual([401, 'Invalid password', []]);
    const right = await login(link.key, 'secret');
    expect(right.status).toBe(201);
    expect(right.json).toMatchObject({ id: link.id, album: { id: albumId } });
    expect(right.cookies).toHaveLength(1);
    expect(right.cookies[0]).toMatch(/^immich_shared_link_token=[^;]+; Max-Age=86400; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
    const opened = { headers: { ...guest.headers, cookie: cookieOf(right) } };
    expect(await getMySharedLink({}, opened)).toMatchObject({ id: link.id });
    expect(await getAssetInfo({ id: inside }, opened)).toMatchObject({ id: inside });
  });

  test('of another link opens nothing; a browser keeps several', async () => {
    const [one, two] = [await scene({ password: 'first' }), await scene({ password: 'second' })];
    const first = cookieOf(await login(one.link.key, 'first'));
    const second = { headers: { ...two.guest.headers, cookie: first } };
    expect(await refusal(getMySharedLink({}, second))).toEqual([401, 'Password required']);
    const both = cookieOf(await login(two.link.key, 'second', first));
    for (const { guest, link } of [one, two])
      expect(await getMySharedLink({}, { headers: { ...guest.headers, cookie: both } })).toMatchObject({ id: link.id });
    expect(cookieOf(await login(two.link.key, 'second', both))).toBe(both);
  });

  test('is no longer good once it changed', async () => {
    const { owner, link, guest } = await scene({ password: 'old' });
    const cookie = cookieOf(await login(link.key, 'old'));
    await updateSharedLink({ id: link.id, sharedLinkEditDto: { password: 'new' } }, owner);
    expect(await refusal(getMySharedLink({}, { headers: { ...guest.headers, cookie } }))).toEqual([401, 'Password required']);
    await updateSharedLink({ id: link.id, sharedLinkEditDto: { password: null } }, owner);
    expect(await getMySharedLink({}, guest)).toMatchObject({ password: null });
    const none = await login(link.key, 'x');
    expect([none.status, none.json.message]).toEqual([400, 'Shared link is not password protected']);
  });

  test('is not guessed for long', async () => {
    const { link } = await scene({ password: 'secret' });
    for (let i = 0; i < 10; i++) expect((await login(link.key, `guess ${i}`)).status).toBe(401);
    const answer = await login(link.key, 'secret');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});

test('links are their owner\'s alone, and a session is no link', async () => {
  const { owner, inside, albumId, link } = await scene();
  const stranger = await newUser();
  for (const call of [
    () => getSharedLinkById({ id: link.id }, stranger),
    () => updateSharedLink({ id: link.id, sharedLinkEditDto: {} }, stranger),
    () => removeSharedLink({ id: link.id }, stranger),
    () => addSharedLinkAssets({ id: link.id, assetIdsDto: { assetIds: [] } }, stranger),
  ])
    expect(await refusal(call())).toEqual([400, 'Shared link not found']);
  const create = (sharedLinkCreateDto: SharedLinkCreateDto) => refusal(createSharedLink({ sharedLinkCreateDto }, stranger));
  expect(await create({ type: SharedLinkType.Album, albumId })).toEqual([400, 'Not found or no album.share access']);
  expect(await create({ type: SharedLinkType.Individual, assetIds: [inside] })).toEqual([400, 'Not found or no asset.share access']);
  expect(await refusal(addSharedLinkAssets({ id: link.id, assetIdsDto: { assetIds: [inside] } }, owner))).toEqual([400, 'Invalid shared link type']);
  expect(await refusal(getMySharedLink({}, owner))).toEqual([403, 'Forbidden']);
  for (const [method, path] of [['GET', '/api/shared-links'], ['GET', '/api/albums'], ['DELETE', `/api/shared-links/${link.id}`], ['GET', '/api/users/me']] as const) {
    const answer = await send(method, path, byKey(link.key));
    expect([answer.status, answer.json.message]).toEqual([403, 'Forbidden']);
  }
  expect(await getAllSharedLinks({ albumId }, owner)).toMatchObject([{ id: link.id, album: { id: albumId, assetCount: 0 } }]);
});
