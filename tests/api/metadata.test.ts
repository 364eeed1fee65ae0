import { getAssetInfo, updateAsset, type AssetResponseDto } from '@immich/sdk';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hasDatabase, newUser, sql, type Caller } from './support/client.ts';
import { photos, upload } from './support/files.ts';
import { listen } from './support/socket.ts';

/** The asset once its metadata was read: then it has a time of change of the file. */
async function extracted(id: string, caller: Caller): Promise<AssetResponseDto> {
  for (let i = 0; i < 150; i++) {
    const asset = await getAssetInfo({ id }, caller);
    if (asset.exifInfo?.modifyDate) return asset;
    await sleep(100);
  }
  throw new Error('no metadata came');
}

const sidecar = (properties: string) => `<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:digiKam='http://www.digikam.org/ns/1.0/'
 xmlns:exif='http://ns.adobe.com/exif/1.0/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/'
 xmlns:xmp='http://ns.adobe.com/xap/1.0/'>${properties}</rdf:Description></rdf:RDF></x:xmpmeta>`;

test('a sidecar says when, where and what', async () => {
  const user = await newUser();
  const id = await upload(user, {
    sidecar: sidecar(`<photoshop:DateCreated>2023-07-01T12:00:00.250</photoshop:DateCreated>
      <exif:GPSLatitude>48,12.0N</exif:GPSLatitude><exif:GPSLongitude>16,22.0E</exif:GPSLongitude>
      <xmp:Rating>4</xmp:Rating><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>Prater</rdf:li></rdf:Alt></dc:description>
      <digiKam:TagsList><rdf:Seq><rdf:li>Places/Vienna</rdf:li><rdf:li>Summer</rdf:li></rdf:Seq></digiKam:TagsList>`),
  });
  const asset = await extracted(id, user);
  expect(asset).toMatchObject({
    fileCreatedAt: '2023-07-01T10:00:00.250Z',
    localDateTime: '2023-07-01T12:00:00.250Z',
    width: 64,
    height: 48,
    exifInfo: {
      dateTimeOriginal: '2023-07-01T10:00:00.25+00:00',
      timeZone: 'Europe/Vienna',
      latitude: 48.2,
      longitude: 16.366667,
      rating: 4,
      description: 'Prater',
    },
  });
  expect(asset.tags?.map((tag) => tag.value).sort()).toEqual(['Places/Vienna', 'Summer']);
});

test('a file without a date has the earliest one that is known', async () => {
  const user = await newUser();
  const fields = { fileCreatedAt: '2021-02-03T04:05:06.789Z', fileModifiedAt: '2022-02-03T04:05:06.789Z' };
  const asset = await extracted(await upload(user, { fields }), user);
  expect(asset).toMatchObject({
    fileCreatedAt: '2021-02-03T04:05:06.789Z',
    localDateTime: '2021-02-03T04:05:06.789Z',
    fileModifiedAt: '2022-02-03T04:05:06.789Z',
    exifInfo: { timeZone: null },
  });
});

test('an edit goes through the sidecar and other clients hear of it', async () => {
  const user = await newUser();
  const id = await upload(user);
  await extracted(id, user);
  await using events = await listen(user.headers);
  const dateTimeOriginal = '2020-02-03T04:05:06.000+02:00';
  await updateAsset({ id, updateAssetDto: { description: 'Edited', rating: 5, dateTimeOriginal } }, user);

  const [told] = (await events.next('on_asset_update')) as [AssetResponseDto];
  expect(told).toMatchObject({ id, localDateTime: '2020-02-03T04:05:06.000Z', exifInfo: { description: 'Edited', rating: 5 } });
  expect(await getAssetInfo({ id }, user)).toMatchObject({
    fileCreatedAt: '2020-02-03T02:05:06.000Z',
    exifInfo: { description: 'Edited', rating: 5, timeZone: 'UTC+2' },
  });
  if (hasDatabase()) {
    const row = await sql`SELECT f.path, e."lockedProperties" FROM asset_file f JOIN asset_exif e USING ("assetId")
                          WHERE f.type = 'sidecar' AND "assetId" = ${id}`;
    expect(row).toMatch(/\.png\.xmp\|$/); // written, and nothing is locked any more
  }
});

test.skipIf(!photos)('real photos tell what Immich reads of them', async () => {
  const golden = JSON.parse(readFileSync(path.join(photos!, '../contract/golden/metadata.json'), 'utf8'));
  const columns = ['make', 'model', 'lensModel', 'fNumber', 'focalLength', 'iso', 'exposureTime', 'latitude', 'longitude',
    'timeZone', 'orientation', 'exifImageWidth', 'exifImageHeight', 'rating', 'description', 'projectionType'];
  for (const name of ['formats/heic/IMG_2682.heic', 'albums/nature/prairie_falcon.jpg', 'metadata/gps-position/thompson-springs.jpg']) {
    const user = await newUser();
    const id = await upload(user, { name: path.basename(name), content: readFileSync(path.join(photos!, name)) });
    const asset = await extracted(id, user);
    const wanted = golden[name];
    expect(asset.exifInfo).toMatchObject(Object.fromEntries(columns.map((column) => [column, wanted[column]])));
    expect(asset).toMatchObject({
      fileCreatedAt: wanted.dateTimeOriginal,
      localDateTime: wanted.localDateTime,
      width: wanted.width,
      height: wanted.height,
    });
  }
});
