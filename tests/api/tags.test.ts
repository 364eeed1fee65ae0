import {
  bulkTagAssets,
  createTag,
  getAllTags,
  getAssetInfo,
  getTimeBuckets,
  tagAssets,
  untagAssets,
  updateTag,
  upsertTags,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal } from './support/client.ts';
import { upload } from './support/files.ts';

test('tags are a tree, and assets hang in it', async () => {
  const [user, stranger] = [await newUser(), await newUser()];
  const [own, foreign] = [await upload(user), await upload(stranger)];
  const [leaf] = await upsertTags({ tagUpsertDto: { tags: ['Trip/2023'] } }, user);
  expect(leaf).toMatchObject({ name: '2023', value: 'Trip/2023' });
  const [top] = await getAllTags(user);
  const other = await createTag({ tagCreateDto: { name: 'x', parentId: top!.id } }, user);
  expect(other).toMatchObject({ value: 'Trip/x', parentId: top!.id });
  expect(await updateTag({ id: other.id, tagUpdateDto: { color: '#00ff00' } }, user)).toMatchObject({ color: '#00ff00' });
  expect(await tagAssets({ id: leaf!.id, bulkIdsDto: { ids: [own, own, foreign] } }, user)).toEqual([
    { id: own, success: true },
    { id: own, success: false, error: 'duplicate' },
    { id: foreign, success: false, error: 'no_permission' },
  ]);
  expect(await bulkTagAssets({ tagBulkAssetsDto: { tagIds: [leaf!.id, other.id], assetIds: [own, foreign] } }, user)).toEqual({ count: 1 });
  expect((await getAssetInfo({ id: own }, user)).tags!.map(({ value }) => value).toSorted()).toEqual(['Trip/2023', 'Trip/x']);
  expect(await getTimeBuckets({ tagId: top!.id }, user)).toMatchObject([{ count: 1 }]);
  expect(await untagAssets({ id: other.id, bulkIdsDto: { ids: [own] } }, user)).toEqual([{ id: own, success: true }]);
  expect(await getTimeBuckets({ tagId: other.id }, user)).toEqual([]);
  const theft = tagAssets({ id: leaf!.id, bulkIdsDto: { ids: [foreign] } }, stranger);
  expect(await refusal(theft)).toEqual([400, 'Not found or no tag.asset access']);
  const below = createTag({ tagCreateDto: { name: 'mine', parentId: top!.id } }, stranger);
  expect(await refusal(below)).toEqual([400, 'Not found or no tag.read access']);
  const taken = createTag({ tagCreateDto: { name: 'Trip' } }, user);
  expect(await refusal(taken)).toEqual([400, 'A tag with that name already exists']);
});
