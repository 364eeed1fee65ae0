import {
  AssetVisibility,
  Permission,
  checkBulkUpload,
  deleteAssets,
  getAssetInfo,
  getAssetStatistics,
  getMyUser,
  updateAsset,
  updateAssets,
} from '@immich/sdk';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { newKey, newUser, refusal, send, type Caller } from './support/client.ts';
import { picture, post, sha1, upload } from './support/files.ts';
import { listen } from './support/socket.ts';

const NO_ACCESS = (permission: string) => [400, `Not found or no ${permission} access`];

const get = (path: string, caller: Caller, headers = {}) => send('GET', path, { headers: { ...caller.headers, ...headers } });

/** Until it is so: workers need a moment. */
async function soon(check: () => Promise<boolean> | boolean): Promise<boolean> {
  for (let i = 0; i < 150; i++) {
    if (await check()) return true;
    await sleep(100);
  }
  return false;
}

describe('upload', () => {
  test('a new file is created, the same one again is a duplicate', async () => {
    const user = await newUser();
    const content = picture();
    const first = await post(user, { content });
    expect([first.status, first.json]).toEqual([201, { id: expect.any(String), status: 'created' }]);
    const second = await post(user, { content, name: 'other.png' });
    expect([second.status, second.json]).toEqual([200, { id: first.json.id, status: 'duplicate' }]);
    expect(await getMyUser(user)).toMatchObject({ quotaUsageInBytes: content.length });
  });

  test('an asset tells what was sent with it', async () => {
    const user = await newUser();
    const content = picture();
    const id = await upload(user, { content, name: 'Two Words.PNG', fields: { isFavorite: 'true' } });
    expect(await getAssetInfo({ id }, user)).toMatchObject({
      id,
      ownerId: user.id,
      owner: { id: user.id },
      type: 'IMAGE',
      originalFileName: 'Two Words.PNG',
      originalMimeType: 'image/png',
      checksum: sha1(content).toString('base64'),
      isFavorite: true,
      isTrashed: false,
      visibility: 'timeline',
      exifInfo: { fileSizeInByte: content.length },
      tags: [],
      people: [],
      stack: null,
    });
  });

  test('a field "filename" wins over the name of the part', async () => {
    const user = await newUser();
    const id = await upload(user, { name: 'tmp0815.bin', fields: { filename: 'IMG_1.PNG' } });
    expect(await getAssetInfo({ id }, user)).toMatchObject({ originalFileName: 'IMG_1.PNG', type: 'IMAGE' });
  });

  test('a known checksum in the head is answered at once', async () => {
    const user = await newUser();
    const content = picture();
    const id = await upload(user, { content });
    for (const coding of ['hex', 'base64'] as const) {
      const headers = { ...user.headers, 'x-immich-checksum': sha1(content).toString(coding) };
      const { status, json } = await send('POST', '/api/assets', { headers, body: new FormData() });
      expect([status, json]).toEqual([200, { id, status: 'duplicate' }]);
    }
  });

  test.each([
    [{ name: 'notes.txt' }, 'Unsupported file type notes.txt'],
    [{ name: 'a.png', content: Buffer.alloc(0) }, 'File is empty'],
    [{ fields: { livePhotoVideoId: '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f' } }, 'Live photo video not found'],
    [{ fields: { fileCreatedAt: '2020-01-02T03:04:05' } }, 'Validation failed'],
    [{ fields: { fileModifiedAt: undefined } }, 'Validation failed'],
    [{ fields: { duration: '12.5' } }, 'Validation failed'],
    [{ fields: { isFavorite: 'yes' } }, 'Validation failed'],
  ])('%j is refused: %s', async (form, message) => {
    const { status, json } = await post(await newUser(), form);
    expect([status, json.message]).toEqual([400, message]);
  });

  test('a form without a file is refused', async () => {
    const body = new FormData();
    body.set('fileCreatedAt', '2023-05-05T07:08:09Z');
    body.set('fileModifiedAt', '2023-05-05T07:08:09Z');
    const { status, json } = await send('POST', '/api/assets', { headers: (await newUser()).headers, body });
    expect([status, json]).toEqual([400, { message: 'File is required' }]);
  });

  test('a full quota ends it with the words the app waits for', async () => {
    const content = picture();
    const user = await newUser({ quotaSizeInBytes: content.length });
    expect((await post(user)).json.message ?? 'fits').toBe('fits');
    expect(await post(user, { content })).toMatchObject({ status: 400, json: { message: 'Quota has been exceeded!' } });
  });

  test('a key needs the permission to upload', async () => {
    const key = await newKey(await newUser(), Permission.AssetRead);
    expect(await post(key)).toMatchObject({ status: 403, json: { message: 'Missing required permission: asset.upload' } });
  });

  test('the video of a live photo is hidden, and its owner is told', async () => {
    const user = await newUser();
    await using events = await listen(user.headers);
    const video = await upload(user, { name: 'a.mov' });
    const still = await upload(user, { fields: { livePhotoVideoId: video } });
    expect(await events.next('on_asset_hidden')).toEqual([video]);
    expect(await getAssetInfo({ id: video }, user)).toMatchObject({ type: 'VIDEO', visibility: 'hidden' });
    expect(await getAssetInfo({ id: still }, user)).toMatchObject({ livePhotoVideoId: video });
  });

  test('twenty at once are twenty assets, the same one twenty times is one', async () => {
    const user = await newUser();
    const all = await Promise.all(Array.from({ length: 20 }, () => upload(user)));
    expect(new Set(all).size).toBe(20);
    const content = picture();
    const same = await Promise.all(Array.from({ length: 20 }, () => post(user, { content })));
    expect(new Set(same.map(({ json }) => json.id)).size).toBe(1);
    expect(same.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await getAssetStatistics({}, user)).toEqual({ images: 21, videos: 0, total: 21 });
  });
});

test('files are known by hex and by base64', async () => {
  const user = await newUser();
  const content = picture();
  const id = await upload(user, { content });
  const assets = [
    { id: 'x', checksum: sha1(content).toString('hex') },
    { id: 'y', checksum: sha1(content).toString('base64') },
    { id: 'z', checksum: '0'.repeat(40) },
  ];
  const known = { action: 'reject', reason: 'duplicate', assetId: id, isTrashed: false };
  expect(await checkBulkUpload({ assetBulkUploadCheckDto: { assets } }, user)).toEqual({
    results: [{ id: 'x', ...known }, { id: 'y', ...known }, { id: 'z', action: 'accept' }],
  });
  expect(await refusal(checkBulkUpload({ assetBulkUploadCheckDto: { assets: [] } }, user))).toEqual([
    500,
    'Failed to check bulk upload',
  ]);
});

describe('original', () => {
  test('comes back byte by byte, with its name and for a day', async () => {
    const user = await newUser();
    const content = picture();
    const id = await upload(user, { content, name: 'Ä b.png' });
    const response = await fetch(`${inject('url')}/api/assets/${id}/original`, { headers: user.headers });
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent('Ä b.png')}`,
      'cache-control': 'private, max-age=86400, no-transform, stale-while-revalidate=2592000, stale-if-error=2592000',
      'accept-ranges': 'bytes',
      'content-length': String(content.length),
    });
  });

  test('is sent in parts and not twice', async () => {
    const user = await newUser();
    const content = picture();
    const url = `/api/assets/${await upload(user, { content })}/original`;
    const part = await get(url, user, { range: 'bytes=0-9' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 0-9/${content.length}`);
    const none = await get(url, user, { range: `bytes=${content.length}-` });
    expect([none.status, none.json]).toEqual([404, { message: 'Not Found' }]);
    const etag = part.headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    expect((await get(url, user, { 'if-none-match': etag })).status).toBe(304);
    const head = await send('HEAD', url, { headers: user.headers });
    expect([head.status, head.headers.get('content-length'), head.text]).toEqual([200, String(content.length), '']);
  });

  test('is nobody else’s', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const id = await upload(user);
    for (const kind of ['original', 'video/playback']) {
      const { status, json } = await get(`/api/assets/${id}/${kind}`, other);
      expect([kind, status, json]).toEqual([kind, 404, { message: 'Not Found' }]);
    }
    const thumbnail = await get(`/api/assets/${id}/thumbnail`, other);
    expect([thumbnail.status, thumbnail.json.message]).toEqual(NO_ACCESS('asset.view'));
    expect(await refusal(getAssetInfo({ id }, other))).toEqual(NO_ACCESS('asset.read'));
    expect((await send('GET', `/api/assets/${id}/original`)).status).toBe(401);
  });

  test('stands in for sizes that are not made', async () => {
    const user = await newUser();
    const id = await upload(user);
    const location = async (query: string) => {
      const { status, headers } = await get(`/api/assets/${id}/thumbnail?${query}`, user);
      return [status, headers.get('location')];
    };
    expect(await location('size=original&edited=true')).toEqual([302, 'original?edited=true']);
    expect(await location('size=fullsize')).toEqual([302, 'original?']);
    expect(await location('size=fullsize&edited=true')).toEqual([
      302,
      `/api/assets/${id}/thumbnail?size=preview&edited=true`,
    ]);
  });
});

test('a picture is ready: its owner is told, thumbnail and preview are there', async () => {
  const user = await newUser();
  await using events = await listen(user.headers);
  const id = await upload(user, { name: 'Two Words.png' });
  const [asset] = await events.next('on_upload_success');
  expect(asset).toMatchObject({ id, width: 64, height: 48, thumbhash: expect.any(String), people: [], tags: [] });
  for (const [size, type, extension] of [
    ['thumbnail', 'image/webp', 'webp'],
    ['preview', 'image/jpeg', 'jpeg'],
  ]) {
    const { status, headers } = await get(`/api/assets/${id}/thumbnail?size=${size}&c=ignored`, user);
    expect([status, headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      200,
      type,
      `inline; filename*=UTF-8''Two%20Words_${size}.${extension}`,
    ]);
  }
  expect(await getAssetInfo({ id }, user)).toMatchObject({ width: 64, height: 48, exifInfo: { exifImageWidth: 64 } });
});

describe('change', () => {
  test('what a user writes is answered at once', async () => {
    const user = await newUser();
    const id = await upload(user);
    const updateAssetDto = { description: 'Springs', rating: 4, isFavorite: true };
    await using events = await listen(user.headers);
    const asset = await updateAsset({ id, updateAssetDto }, user);
    expect(asset).toMatchObject({ isFavorite: true, exifInfo: { description: 'Springs', rating: 4 } });
    expect(asset).not.toHaveProperty('owner');
    expect(asset).not.toHaveProperty('tags');
    /* Written to the sidecar and read again. */
    expect(await events.next('on_asset_update')).toMatchObject([{ id, exifInfo: { description: 'Springs', rating: 4 } }]);
  });

  test('PATCH is the same as PUT', async () => {
    const user = await newUser();
    const id = await upload(user);
    const { status, json } = await send('PATCH', `/api/assets/${id}`, { headers: user.headers, json: { isFavorite: true } });
    expect([status, json.isFavorite]).toEqual([200, true]);
  });

  test('several change at once, or none', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const ids = [await upload(user), await upload(user)];
    const foreign = await upload(other);
    await updateAssets({ assetBulkUpdateDto: { ids, visibility: AssetVisibility.Archive } }, user);
    expect(await getAssetStatistics({ visibility: AssetVisibility.Archive }, user)).toMatchObject({ total: 2 });
    const wrong = updateAssets({ assetBulkUpdateDto: { ids: [...ids, foreign], isFavorite: true } }, user);
    expect(await refusal(wrong)).toEqual(NO_ACCESS('asset.update'));
    expect(await getAssetStatistics({ isFavorite: true }, user)).toMatchObject({ total: 0 });
  });

  test('a locked asset is out of sight of a plain session', async () => {
    const user = await newUser();
    const id = await upload(user);
    await updateAsset({ id, updateAssetDto: { visibility: AssetVisibility.Locked } }, user);
    expect(await refusal(getAssetInfo({ id }, user))).toEqual(NO_ACCESS('asset.read'));
    expect((await get(`/api/assets/${id}/original`, user)).status).toBe(404);
    const locked = getAssetStatistics({ visibility: AssetVisibility.Locked }, user);
    expect(await refusal(locked)).toEqual([401, 'Elevated permission is required']);
  });
});

describe('deletion', () => {
  test('into the trash: still there, and said so', async () => {
    const user = await newUser();
    const id = await upload(user);
    await using events = await listen(user.headers);
    await deleteAssets({ assetBulkDeleteDto: { ids: [id] } }, user);
    expect(await events.next('on_asset_trash')).toEqual([[id]]);
    expect(await getAssetInfo({ id }, user)).toMatchObject({ isTrashed: true });
    expect(await getAssetStatistics({ isTrashed: true }, user)).toMatchObject({ total: 1 });
  });

  test('for good: row, file and usage go', async () => {
    const user = await newUser();
    const id = await upload(user);
    const { originalPath } = await getAssetInfo({ id }, user);
    await using events = await listen(user.headers);
    await deleteAssets({ assetBulkDeleteDto: { ids: [id], force: true } }, user);
    expect(await events.next('on_asset_delete')).toEqual([id]);
    expect(await refusal(getAssetInfo({ id }, user))).toEqual(NO_ACCESS('asset.read'));
    expect(await getMyUser(user)).toMatchObject({ quotaUsageInBytes: 0 });
    expect(await soon(() => !existsSync(originalPath))).toBe(true);
  });

  test('not of what is another’s', async () => {
    const [user, other] = [await newUser(), await newUser()];
    const ids = [await upload(user)];
    const call = deleteAssets({ assetBulkDeleteDto: { ids, force: true } }, other);
    expect(await refusal(call)).toEqual(NO_ACCESS('asset.delete'));
  });
});
