import {
  getAboutInfo,
  getAdminOnboarding,
  getApkLinks,
  getServerConfig,
  getServerFeatures,
  getServerLicense,
  getServerStatistics,
  getServerVersion,
  getStorage,
  getSupportedMediaTypes,
  getVersionCheck,
  getVersionHistory,
  Permission,
  pingServer,
  setServerLicense,
  updateAdminOnboarding,
} from '@immich/sdk';
import { describe, expect, test } from 'vitest';
import { admin, hasDatabase, newKey, newUser, refusal, send, sql } from './support/client.ts';

const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('anybody', () => {
  test('gets a pong', async () => {
    expect(await pingServer()).toEqual({ res: 'pong' });
    expect((await send('GET', '/api/server/ping')).text).toBe('{"res":"pong"}'); // health checks compare the text
  });

  test('finds the API', async () => {
    expect((await send('GET', '/.well-known/immich')).json).toEqual({ api: { endpoint: '/api' } });
  });

  test('learns which Immich we are like', async () => {
    expect(await getServerVersion()).toEqual({ major: 3, minor: 1, patch: 0, prerelease: null });
    const [newest] = await getVersionHistory();
    expect(newest).toEqual({ id: expect.any(String), createdAt: expect.stringMatching(WHEN), version: '3.1.0' });
  });

  test('learns what the server can do', async () => {
    const features = await getServerFeatures();
    expect(Object.keys(features).sort()).toEqual(
      ('configFile duplicateDetection email facialRecognition importFaces map oauth oauthAutoLaunch ocr passwordLogin ' +
        'realtimeTranscoding reverseGeocoding search sidecar smartSearch trash').split(' '),
    );
    expect(features).toMatchObject({ passwordLogin: true, oauth: false, sidecar: true, search: true, configFile: false });
  });

  test('learns how it is set up', async () => {
    expect(await getServerConfig()).toEqual({
      loginPageMessage: '',
      trashDays: 30,
      userDeleteDelay: 7,
      oauthButtonText: 'Login with OAuth',
      isInitialized: true,
      isOnboarded: expect.any(Boolean),
      externalDomain: '',
      publicUsers: true,
      mapDarkStyleUrl: 'https://tiles.immich.cloud/v1/style/dark.json',
      mapLightStyleUrl: 'https://tiles.immich.cloud/v1/style/light.json',
      maintenanceMode: false,
      minFaces: 3,
    });
  });

  test('learns which files it takes', async () => {
    const { image, video, sidecar } = await getSupportedMediaTypes();
    expect(image).toEqual(expect.arrayContaining(['.jpg', '.jpeg', '.heic', '.dng', '.webp', '.avif']));
    expect(video).toEqual(expect.arrayContaining(['.mp4', '.mov', '.webm']));
    expect(sidecar).toEqual(['.xmp']);
  });

  test('learns whether all is well, and no more', async () => {
    const { status, json } = await send('GET', '/api/tintype/health');
    expect([status, json]).toEqual([200, { ok: expect.any(Boolean) }]);
    const { headers } = await newUser();
    expect(Object.keys((await send('GET', '/api/tintype/health', { headers })).json)).toEqual(['ok']);
    const wrong = await send('GET', '/api/tintype/health', { headers: { 'x-api-key': 'wrong' } });
    expect([wrong.status, wrong.json]).toEqual([401, { message: 'Invalid API key' }]);
  });

  test('gets the style of the pages', async () => {
    const { status, headers, text } = await send('GET', '/custom.css');
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/css; charset=utf-8', '']);
  });
});

describe('a user', () => {
  test('learns more about the server', async () => {
    const about = await getAboutInfo(await newUser());
    expect(about).toMatchObject({
      version: 'v3.1.0',
      versionUrl: 'https://github.com/immich-app/immich/releases/tag/v3.1.0',
      licensed: false,
    });
    // Strict clients want texts here.
    for (const key of ['nodejs', 'exiftool', 'ffmpeg', 'libvips', 'imagemagick'] as const)
      expect(about[key]).toEqual(expect.any(String));
  });

  test('learns where the apps are', async () => {
    const from = 'https://github.com/immich-app/immich/releases/download/v3.1.0';
    expect(await getApkLinks(await newUser())).toEqual({
      arm64v8a: `${from}/app-arm64-v8a-release.apk`,
      armeabiv7a: `${from}/app-armeabi-v7a-release.apk`,
      universal: `${from}/app-release.apk`,
      x86_64: `${from}/app-x86_64-release.apk`,
    });
  });

  test('learns how full the disk is', async () => {
    const disk = await getStorage(await newUser());
    const size = /^\d+(\.\d [KMGTPE]iB| B)$/;
    expect(disk).toEqual({
      diskSize: expect.stringMatching(size),
      diskUse: expect.stringMatching(size),
      diskAvailable: expect.stringMatching(size),
      diskSizeRaw: expect.any(Number),
      diskUseRaw: expect.any(Number),
      diskAvailableRaw: expect.any(Number),
      diskUsagePercentage: expect.any(Number),
    });
    expect(disk.diskUseRaw + disk.diskAvailableRaw).toBeLessThanOrEqual(disk.diskSizeRaw);
    expect(disk.diskUsagePercentage).toBeCloseTo((disk.diskUseRaw / disk.diskSizeRaw) * 100, 1);
  });

  test('learns of new versions', async () => {
    expect(await getVersionCheck(await newUser())).toEqual({ checkedAt: null, releaseVersion: null });
  });
});

describe('the administrator', () => {
  test('learns which part is not well', async () => {
    const { status, json } = await send('GET', '/api/tintype/health', admin());
    expect(status).toBe(200);
    const names = ['database', 'queue', 'disk', 'media', 'box', 'machineLearning'];
    expect(json.parts.map((part: { name: string }) => part.name)).toEqual(names);
    for (const part of json.parts) expect(part).toEqual({ name: part.name, ok: expect.any(Boolean), detail: expect.any(String) });
    const healthy = json.parts.every((part: { name: string; ok: boolean }) => part.ok || part.name === 'machineLearning');
    expect(json.ok).toBe(healthy);
    expect(json.parts[0]).toMatchObject({ ok: true, detail: expect.stringMatching(/^PostgreSQL \d+/) });
  });

  test('sees who uses how much', async () => {
    const user = await newUser({ name: 'Counted', quotaSizeInBytes: 5000 });
    const all = await getServerStatistics(admin());
    const { usageByUser, ...total } = all;
    expect(Object.keys(total).sort()).toEqual(['photos', 'usage', 'usagePhotos', 'usageVideos', 'videos']);
    expect(usageByUser.at(-1)).toEqual({
      userId: user.id,
      userName: 'Counted',
      photos: 0,
      videos: 0,
      usage: 0,
      usagePhotos: 0,
      usageVideos: 0,
      quotaSizeInBytes: 5000,
    });
  });

  test.runIf(hasDatabase())('counts neither the hidden nor what libraries hold', async () => {
    const { id } = await newUser();
    const add = (name: string, type: string, visibility: string, size: number) => sql`
      WITH made AS (
        INSERT INTO asset ("ownerId", type, visibility, "originalPath", "originalFileName", checksum, "checksumAlgorithm",
          "fileCreatedAt", "fileModifiedAt", "localDateTime")
        VALUES (${id}, ${type}, ${visibility}::asset_visibility_enum, ${name}, ${name}, sha256(${name}), 'sha1', now(), now(), now())
        RETURNING id)
      INSERT INTO asset_exif ("assetId", "fileSizeInByte") SELECT id, ${size}::bigint FROM made`;
    await add(`${id}.jpg`, 'IMAGE', 'timeline', 1000);
    await add(`${id}.mp4`, 'VIDEO', 'archive', 100);
    await add(`${id}.mov`, 'VIDEO', 'hidden', 10);
    const used = (await getServerStatistics(admin())).usageByUser.find(({ userId }) => userId === id);
    expect(used).toMatchObject({ photos: 1, videos: 1, usage: 1110, usagePhotos: 1000, usageVideos: 110 });
  });

  test('goes through onboarding', async () => {
    await updateAdminOnboarding({ adminOnboardingUpdateDto: { isOnboarded: true } }, admin());
    expect(await getAdminOnboarding(admin())).toEqual({ isOnboarded: true });
    expect((await getServerConfig()).isOnboarded).toBe(true);
    const { status, text } = await send('POST', '/api/system-metadata/admin-onboarding', { json: { isOnboarded: false }, ...admin() });
    expect([status, text]).toEqual([204, '']);
    expect((await getServerConfig()).isOnboarded).toBe(false);
  });

  test.runIf(hasDatabase())('has no onboarding behind who empties the table', async () => {
    await updateAdminOnboarding({ adminOnboardingUpdateDto: { isOnboarded: true } }, admin());
    await sql`DELETE FROM system_metadata WHERE key = 'admin-onboarding'`;
    expect(await getAdminOnboarding(admin())).toEqual({ isOnboarded: false });
  });

  test('shows no product key that is not signed', async () => {
    expect(await refusal(getServerLicense(admin()))).toEqual([404, 'Not Found']);
    const key = (licenseKey: string) => setServerLicense({ licenseKeyDto: { licenseKey, activationKey: 'AAAA' } }, admin());
    expect(await refusal(key('IMSV-AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH'))).toEqual([400, 'Invalid license key']);
    expect(await refusal(key('IMCL-AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH'))).toEqual([400, 'Invalid license key']);
    expect(await refusal(key('IMSV-AAAA'))).toEqual([400, 'Validation failed']);
    const limited = await newKey(admin(), Permission.ServerLicenseRead);
    expect(await refusal(getServerLicense(limited))).toEqual([404, 'Not Found']);
  });
});
