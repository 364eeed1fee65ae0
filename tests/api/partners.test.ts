// One who shares and one who is shared with: what a partner may see, and what they must not.

import {
  AssetVisibility,
  createPartner,
  createPartnerDeprecated,
  deleteAssets,
  getAssetInfo,
  getPartners,
  getTimeBuckets,
  PartnerDirection,
  removePartner,
  updateAsset,
  updatePartner,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser, refusal, type Caller } from './support/client.ts';
import { upload } from './support/files.ts';

async function pair(): Promise<[Caller, Caller]> {
  const [sharing, partner] = [await newUser(), await newUser()];
  await createPartner({ partnerCreateDto: { sharedWithId: partner.id } }, sharing);
  return [sharing, partner];
}

const count = async (query: Parameters<typeof getTimeBuckets>[0], user: Caller) =>
  (await getTimeBuckets(query, user)).reduce((sum, { count }) => sum + count, 0);

const both = { withPartners: true, visibility: AssetVisibility.Timeline };
const missing = '3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f';

test('each sees the other', async () => {
  const [sharing, partner] = await pair();
  const [by] = await getPartners({ direction: PartnerDirection.SharedBy }, sharing);
  expect(by).toMatchObject({ id: partner.id, email: partner.email, inTimeline: false });
  expect(by!.profileChangedAt).toMatch(/\+00:00$/);
  expect(await getPartners({ direction: PartnerDirection.SharedWith }, sharing)).toEqual([]);
  expect(await getPartners({ direction: PartnerDirection.SharedWith }, partner)).toMatchObject([{ id: sharing.id }]);
  expect(await createPartnerDeprecated({ id: sharing.id }, partner)).toMatchObject({ id: sharing.id, inTimeline: false });
});

test('a pair is made once, with a user, and ended by who shares', async () => {
  const [sharing, partner] = await pair();
  const again = createPartner({ partnerCreateDto: { sharedWithId: partner.id } }, sharing);
  expect(await refusal(again)).toEqual([400, 'Partner already exists']);
  const nobody = createPartner({ partnerCreateDto: { sharedWithId: missing } }, sharing);
  expect((await refusal(nobody))[0]).toBe(400);
  expect(await refusal(removePartner({ id: sharing.id }, partner))).toEqual([400, 'Partner not found']);
  const update = updatePartner({ id: partner.id, partnerUpdateDto: { inTimeline: true } }, sharing);
  expect(await refusal(update)).toEqual([400, 'Not found or no partner.update access']);
});

test('a partner sees the timeline, not the archive, the trash or what is locked', async () => {
  const [sharing, partner] = await pair();
  const [shown, archived, trashed, locked] = await Promise.all([1, 2, 3, 4].map(() => upload(sharing)));
  await updateAsset({ id: archived!, updateAssetDto: { visibility: AssetVisibility.Archive } }, sharing);
  await updateAsset({ id: locked!, updateAssetDto: { visibility: AssetVisibility.Locked } }, sharing);
  await deleteAssets({ assetBulkDeleteDto: { ids: [trashed!] } }, sharing);

  expect(await getAssetInfo({ id: shown! }, partner)).toMatchObject({ ownerId: sharing.id });
  for (const id of [archived!, trashed!, locked!])
    expect(await refusal(getAssetInfo({ id }, partner))).toEqual([400, 'Not found or no asset.read access']);
  const change = updateAsset({ id: shown!, updateAssetDto: { isFavorite: true } }, partner);
  expect(await refusal(change)).toEqual([400, 'Not found or no asset.update access']);
  expect(await count({ userId: sharing.id, visibility: AssetVisibility.Timeline }, partner)).toBe(1);
  expect(await refusal(getTimeBuckets({ userId: partner.id }, sharing))).toEqual([400, 'Not found or no timeline.read access']);
});

test('their photos are in the timeline when the partner wants them there', async () => {
  const [sharing, partner] = await pair();
  await upload(sharing);
  await upload(partner);
  expect(await count(both, partner)).toBe(1);
  const updated = await updatePartner({ id: sharing.id, partnerUpdateDto: { inTimeline: true } }, partner);
  expect(updated).toMatchObject({ id: sharing.id, inTimeline: true });
  expect(await count(both, partner)).toBe(2);
  expect(await count(both, sharing)).toBe(1);
  await upload(sharing);
  expect(await count(both, partner)).toBe(3);
  expect(await refusal(getTimeBuckets({ withPartners: true }, partner))).toEqual([
    400,
    'withPartners is only supported for non-archived, non-trashed, non-favorited, non-locked assets',
  ]);
});

test('the end of it is the end of all of it', async () => {
  const [sharing, partner] = await pair();
  const id = await upload(sharing);
  await updatePartner({ id: sharing.id, partnerUpdateDto: { inTimeline: true } }, partner);
  expect(await count(both, partner)).toBe(1);
  await removePartner({ id: partner.id }, sharing);
  expect(await count(both, partner)).toBe(0);
  expect(await refusal(getAssetInfo({ id }, partner))).toEqual([400, 'Not found or no asset.read access']);
  expect(await refusal(getTimeBuckets({ userId: sharing.id }, partner))).toEqual([400, 'Not found or no timeline.read access']);
  expect(await getPartners({ direction: PartnerDirection.SharedWith }, partner)).toEqual([]);
});
