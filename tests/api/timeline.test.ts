import { AssetOrder, AssetVisibility, deleteAssets, getTimeBucket, getTimeBuckets, updateAsset } from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal, send, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

const at = (user: Caller, day: string, more = {}) =>
  upload(user, { fields: { fileCreatedAt: `${day}T10:11:12.345Z`, fileModifiedAt: `${day}T10:11:12.345Z`, ...more } });

test('months are counted, newest first', async () => {
  const user = await newUser();
  await at(user, '2023-05-05');
  await at(user, '2023-05-31');
  await at(user, '2020-01-01');
  const buckets = [
    { timeBucket: '2023-05-01', count: 2 },
    { timeBucket: '2020-01-01', count: 1 },
  ];
  expect(await getTimeBuckets({}, user)).toEqual(buckets);
  expect(await getTimeBuckets({ order: AssetOrder.Asc }, user)).toEqual(buckets.toReversed());
});

test('every change is seen by the next request', async () => {
  const user = await newUser();
  const id = await at(user, '2023-05-05');
  for (let n = 2; n < 12; n++) {
    await at(user, '2023-05-06');
    expect(await getTimeBuckets({}, user)).toEqual([{ timeBucket: '2023-05-01', count: n }]);
  }
  await deleteAssets({ assetBulkDeleteDto: { ids: [id] } }, user);
  expect(await getTimeBuckets({}, user)).toEqual([{ timeBucket: '2023-05-01', count: 10 }]);
  expect(await getTimeBuckets({ isTrashed: true }, user)).toEqual([{ timeBucket: '2023-05-01', count: 1 }]);
});

test('a month is told in columns', async () => {
  const user = await newUser();
  const id = await at(user, '2023-05-05', { isFavorite: 'true' });
  const bucket = await getTimeBucket({ timeBucket: '2023-05-01', withStacked: true, withCoordinates: true }, user);
  expect(bucket).toMatchObject({
    id: [id],
    ownerId: [user.id],
    visibility: ['timeline'],
    isFavorite: [true],
    isImage: [true],
    isTrashed: [false],
    duration: [null],
    livePhotoVideoId: [null],
    projectionType: [null],
    city: [null],
    country: [null],
    latitude: [null],
    longitude: [null],
    stack: [null],
  });
  expect(bucket.fileCreatedAt[0]).toMatch(/^2023-05-0\dT[\d:.]+$/);
  expect(Object.keys(bucket).slice(0, 3)).toEqual(['duration', 'id', 'visibility']);
  const plain = await getTimeBucket({ timeBucket: '2023-05-01' }, user);
  for (const column of ['latitude', 'longitude', 'stack']) expect(plain).not.toHaveProperty(column);
});

test('an empty month has every column', async () => {
  const bucket = await getTimeBucket({ timeBucket: '1999-01-01', withStacked: true }, await newUser());
  expect(Object.values(bucket).every((column) => Array.isArray(column) && column.length === 0)).toBe(true);
  expect(bucket).toHaveProperty('stack');
});

test('what may not be seen is refused', async () => {
  const [user, other] = [await newUser(), await newUser()];
  const unknown = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';
  expect(await refusal(getTimeBuckets({ userId: other.id }, user))).toEqual([400, 'Not found or no timeline.read access']);
  expect(await refusal(getTimeBuckets({ albumId: unknown }, user))).toEqual([400, 'Not found or no album.read access']);
  expect(await refusal(getTimeBuckets({ tagId: unknown }, user))).toEqual([400, 'Not found or no tag.read access']);
  expect(await getTimeBuckets({ personId: unknown }, user)).toEqual([]);
  const locked = { visibility: AssetVisibility.Locked };
  expect(await refusal(getTimeBuckets(locked, user))).toEqual([401, 'Elevated permission is required']);
  expect(await refusal(getTimeBuckets({ withPartners: true }, user))).toEqual([
    400,
    'withPartners is only supported for non-archived, non-trashed, non-favorited, non-locked assets',
  ]);
});

test('a locked asset leaves the timeline', async () => {
  const user = await newUser();
  const id = await at(user, '2023-05-05');
  await updateAsset({ id, updateAssetDto: { visibility: AssetVisibility.Locked } }, user);
  expect(await getTimeBuckets({}, user)).toEqual([]);
});

test('a bucket that is no date fails as upstream does', async () => {
  const user = await newUser();
  expect(await refusal(getTimeBucket({ timeBucket: 'May' }, user))).toEqual([500, 'Failed to get time bucket']);
  const { status, json } = await send('GET', '/api/timeline/buckets?bbox=1,2,3', { headers: user.headers });
  expect([status, json.errors[0].message]).toEqual([
    400,
    'bbox must have 4 comma-separated numbers: west,south,east,north',
  ]);
});
