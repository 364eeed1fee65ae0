// Likes and comments on an album, and who may make and remove them.

import {
  AlbumUserRole,
  createActivity,
  createAlbum,
  deleteActivity,
  getActivities,
  getActivityStatistics,
  ReactionLevel,
  ReactionType,
  updateAlbumInfo,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal, send, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

async function scene() {
  const [owner, viewer] = [await newUser(), await newUser()];
  const asset = await upload(owner);
  const albumUsers = [{ userId: viewer.id, role: AlbumUserRole.Viewer }];
  const { id: albumId } = await createAlbum({ createAlbumDto: { albumName: 'x', assetIds: [asset], albumUsers } }, owner);
  return { owner, viewer, asset, albumId };
}

const say = (albumId: string, comment: string, user: Caller, assetId?: string) =>
  createActivity({ activityCreateDto: { albumId, assetId, type: ReactionType.Comment, comment } }, user);

test('comments and likes of all members, oldest first', async () => {
  const { owner, viewer, asset, albumId } = await scene();
  const first = await say(albumId, 'nice', viewer);
  expect(first).toMatchObject({ type: 'comment', comment: 'nice', assetId: null, user: { id: viewer.id } });
  expect(first.createdAt).toMatch(/Z$/);
  expect(first.user.profileChangedAt).toMatch(/\+00:00$/);
  const like = { albumId, assetId: asset, type: 'like' };
  const { status, json: liked } = await send('POST', '/api/activities', { headers: owner.headers, json: like });
  expect(status).toBe(201);
  const again = await send('POST', '/api/activities', { headers: owner.headers, json: like });
  expect([again.status, again.json.id]).toEqual([200, liked.id]);

  const ids = async (query: object) => (await getActivities({ albumId, ...query }, viewer)).map(({ id }) => id);
  expect(await ids({})).toEqual([first.id, liked.id]);
  expect(await ids({ assetId: asset })).toEqual([liked.id]);
  expect(await ids({ level: ReactionLevel.Album })).toEqual([first.id]);
  expect(await ids({ userId: viewer.id, $type: ReactionType.Comment })).toEqual([first.id]);
  expect(await getActivityStatistics({ albumId }, viewer)).toEqual({ comments: 1, likes: 1 });
});

test('a like at the same time is one', async () => {
  const { owner, albumId } = await scene();
  const like = () => send('POST', '/api/activities', { headers: owner.headers, json: { albumId, type: 'like' } });
  const answers = await Promise.all(Array.from({ length: 8 }, like));
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 200, 200, 201]);
});

test('people outside neither read nor write, also by the ids', async () => {
  const { owner, asset, albumId } = await scene();
  const stranger = await newUser();
  const { id } = await say(albumId, 'ours', owner, asset);
  expect(await refusal(say(albumId, 'mine', stranger))).toEqual([400, 'Not found or no activity.create access']);
  for (const call of [getActivities, getActivityStatistics])
    expect(await refusal(call({ albumId }, stranger))).toEqual([400, 'Not found or no album.read access']);
  expect(await refusal(deleteActivity({ id }, stranger))).toEqual([400, 'Not found or no activity.delete access']);
  const { id: own } = await createAlbum({ createAlbumDto: { albumName: 'x' } }, stranger);
  expect((await refusal(say(own, 'about a photo that is not in it', stranger, asset)))[0]).toBe(400);
});

test('an activity is removed by who made it or owns the album', async () => {
  const { owner, viewer, albumId } = await scene();
  const [hers, his] = [await say(albumId, 'a', owner), await say(albumId, 'b', viewer)];
  expect(await refusal(deleteActivity({ id: hers.id }, viewer))).toEqual([400, 'Not found or no activity.delete access']);
  await deleteActivity({ id: his.id }, owner);
  await deleteActivity({ id: (await say(albumId, 'c', viewer)).id }, viewer);
  expect(await getActivities({ albumId }, owner)).toMatchObject([{ id: hers.id }]);
});

test('an album may be closed to them', async () => {
  const { owner, albumId } = await scene();
  const { id } = await say(albumId, 'a', owner);
  await updateAlbumInfo({ id: albumId, updateAlbumDto: { isActivityEnabled: false } }, owner);
  expect(await refusal(say(albumId, 'b', owner))).toEqual([400, 'Not found or no activity.create access']);
  expect(await getActivities({ albumId }, owner)).toMatchObject([{ id }]);
});
