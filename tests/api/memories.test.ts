import {
  addMemoryAssets,
  createMemory,
  deleteMemory,
  getMemory,
  memoriesStatistics,
  MemoryType,
  searchMemories,
  updateMemory,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

const remember = (user: Caller, assetIds: string[]) =>
  createMemory(
    { memoryCreateDto: { type: MemoryType.OnThisDay, data: { year: 2023 }, memoryAt: '2023-05-05T00:00:00.000Z', assetIds } },
    user,
  );

test('a memory is made, searched, changed and forgotten', async () => {
  const [user, stranger] = [await newUser(), await newUser()];
  const [own, foreign] = [await upload(user), await upload(stranger)];
  const memory = await remember(user, [own, foreign]);
  expect(memory).toMatchObject({ type: 'on_this_day', data: { year: 2023 }, isSaved: false, assets: [{ id: own }] });
  expect(memory.assets[0]!.fileCreatedAt).toMatch(/\+00:00$/);
  expect(memory).not.toHaveProperty('seenAt');
  expect(await searchMemories({}, user)).toMatchObject([{ id: memory.id }]);
  expect(await memoriesStatistics({}, user)).toEqual({ total: 1 });
  expect(await updateMemory({ id: memory.id, memoryUpdateDto: { isSaved: true } }, user)).toMatchObject({ isSaved: true });
  expect(await searchMemories({ isSaved: true, $for: '2026-05-05' }, user)).toHaveLength(1);
  expect(await searchMemories({}, stranger)).toEqual([]);
  const none = [400, 'Not found or no memory.read access'];
  expect(await refusal(getMemory({ id: memory.id }, stranger))).toEqual(none);
  expect(await refusal(addMemoryAssets({ id: memory.id, bulkIdsDto: { ids: [foreign] } }, stranger))).toEqual(none);
  await deleteMemory({ id: memory.id }, user);
  expect(await searchMemories({}, user)).toEqual([]);
});
