import {
  getAssetsByOriginalPath,
  getMapMarkers,
  getUniqueOriginalPaths,
  updateAsset,
} from '@immich/sdk';
import { expect, test } from 'vitest';
import { newUser } from './support/client.ts';
import { upload } from './support/files.ts';

test('the map and folders show the caller\'s photos only', async () => {
  const [user, stranger] = [await newUser(), await newUser()];
  const id = await upload(user);
  await updateAsset({ id, updateAssetDto: { latitude: 48.5, longitude: 10.25 } }, user);
  expect(await getMapMarkers({}, user)).toMatchObject([{ id, lat: 48.5, lon: 10.25 }]);
  expect(await getMapMarkers({ withPartners: true, withSharedAlbums: true }, stranger)).toEqual([]);
  const [folder, ...more] = await getUniqueOriginalPaths(user);
  expect(more).toEqual([]);
  expect(await getAssetsByOriginalPath({ path: `${folder}/` }, user)).toMatchObject([{ id }]);
  expect(await getAssetsByOriginalPath({ path: folder! }, stranger)).toEqual([]);
  expect(await getUniqueOriginalPaths(stranger)).toEqual([]);
});
