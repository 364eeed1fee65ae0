import {
  createStack,
  deleteStack,
  deleteStacks,
  getAssetInfo,
  getStack,
  getTimeBucket,
  removeAssetFromStack,
  searchStacks,
  updateStack,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal } from './support/client.ts';
import { upload } from './support/files.ts';
import { listen } from './support/socket.ts';

async function scene() {
  const user = await newUser();
  const shots = [await upload(user), await upload(user), await upload(user)] as [string, string, string];
  const stack = await createStack({ stackCreateDto: { assetIds: shots.slice(0, 2) } }, user);
  return { user, shots, stack };
}

test('a stack is one tile of the timeline', async () => {
  const { user, shots, stack } = await scene();
  expect(stack.primaryAssetId).toBe(shots[0]);
  expect(stack.assets.map(({ id }) => id)).toEqual(shots.slice(0, 2));
  expect(stack.assets[0]!.fileCreatedAt).toMatch(/\+00:00$/);
  const bucket = await getTimeBucket({ timeBucket: '2023-05-01', withStacked: true }, user);
  expect(bucket.id.toSorted()).toEqual([shots[0], shots[2]].toSorted());
  expect(bucket.stack).toContainEqual([stack.id, '2']);
  expect(await getAssetInfo({ id: shots[1] }, user)).toMatchObject({
    stack: { id: stack.id, primaryAssetId: shots[0], assetCount: 2 },
  });
});

test('it changes its primary, loses members, and ends; clients are told', async () => {
  const { user, shots, stack } = await scene();
  await using events = await listen(user.headers);
  const next = () => events.next('on_asset_stack_update');
  expect(await updateStack({ id: stack.id, stackUpdateDto: { primaryAssetId: shots[1] } }, user)).toMatchObject({ primaryAssetId: shots[1] });
  expect(await next()).toEqual([]);
  await removeAssetFromStack({ id: stack.id, assetId: shots[0] }, user);
  expect(await next()).toEqual([]);
  expect(await searchStacks({ primaryAssetId: shots[1] }, user)).toMatchObject([{ id: stack.id }]);
  await deleteStack({ id: stack.id }, user);
  expect(await next()).toEqual([]);
  expect(await searchStacks({}, user)).toEqual([]);
});

test('it is its owner\'s alone', async () => {
  const { user, shots, stack } = await scene();
  const stranger = await newUser();
  const theirs = await upload(stranger);
  const calls: [Promise<unknown>, string][] = [
    [getStack({ id: stack.id }, stranger), 'stack.read'],
    [updateStack({ id: stack.id, stackUpdateDto: { primaryAssetId: shots[1] } }, stranger), 'stack.update'],
    [removeAssetFromStack({ id: stack.id, assetId: shots[1] }, stranger), 'stack.update'],
    [deleteStack({ id: stack.id }, stranger), 'stack.delete'],
    [deleteStacks({ bulkIdsDto: { ids: [stack.id] } }, stranger), 'stack.delete'],
    [createStack({ stackCreateDto: { assetIds: [theirs, shots[2]] } }, stranger), 'asset.update'],
  ];
  const messages = await Promise.all(calls.map(([call]) => refusal(call)));
  expect(messages).toEqual(calls.map(([, permission]) => [400, `Not found or no ${permission} access`]));
  expect(await searchStacks({}, stranger)).toEqual([]);
  expect((await getStack({ id: stack.id }, user)).assets).toHaveLength(2);
});

test('the same shots stacked at the same time are in one stack', async () => {
  const { user, shots } = await scene();
  const attempt = () => createStack({ stackCreateDto: { assetIds: shots } }, user);
  for (const made of await Promise.all(Array.from({ length: 6 }, attempt))) expect(made.assets).toHaveLength(3);
  const [stack, ...more] = await searchStacks({}, user);
  expect(more).toEqual([]);
  expect(stack!.assets).toHaveLength(3);
});
