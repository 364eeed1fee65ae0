import { deleteAssets, emptyTrash, getAssetInfo, restoreAssets, restoreTrash } from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';
import { listen } from './support/socket.ts';

async function trashed(user: Caller): Promise<string> {
  const id = await upload(user);
  await deleteAssets({ assetBulkDeleteDto: { ids: [id] } }, user);
  return id;
}

test('all of it comes back', async () => {
  const user = await newUser();
  const ids = [await trashed(user), await trashed(user)];
  expect(await restoreTrash(user)).toEqual({ count: 2 });
  for (const id of ids) expect(await getAssetInfo({ id }, user)).toMatchObject({ isTrashed: false });
  expect(await restoreTrash(user)).toEqual({ count: 0 });
});

test('some of it comes back, and clients are told', async () => {
  const user = await newUser();
  const [id, left] = [await trashed(user), await trashed(user)];
  await using events = await listen(user.headers);
  expect(await restoreAssets({ bulkIdsDto: { ids: [id] } }, user)).toEqual({ count: 1 });
  expect(await events.next('on_asset_restore')).toEqual([[id]]);
  expect(await getAssetInfo({ id }, user)).toMatchObject({ isTrashed: false });
  expect(await getAssetInfo({ id: left }, user)).toMatchObject({ isTrashed: true });
  expect(await restoreAssets({ bulkIdsDto: { ids: [] } }, user)).toEqual({ count: 0 });
});

test('nobody else brings it back', async () => {
  const id = await trashed(await newUser());
  const call = restoreAssets({ bulkIdsDto: { ids: [id] } }, await newUser());
  expect(await refusal(call)).toEqual([400, 'Not found or no asset.delete access']);
});

test('emptied, it is gone for good', async () => {
  const user = await newUser();
  const id = await trashed(user);
  const kept = await upload(user);
  await using events = await listen(user.headers);
  expect(await emptyTrash(user)).toEqual({ count: 1 });
  expect(await events.next('on_asset_delete')).toEqual([id]);
  expect(await refusal(getAssetInfo({ id }, user))).toEqual([400, 'Not found or no asset.read access']);
  expect(await getAssetInfo({ id: kept }, user)).toMatchObject({ isTrashed: false });
  expect(await emptyTrash(user)).toEqual({ count: 0 });
});
