import { getConfig, getConfigDefaults, getStorageTemplateOptions, type SystemConfigDto } from '@immich/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { admin, hasDatabase, newUser, refusal, send, sql } from './support/client.ts';

const store = (config: object) =>
  sql`INSERT INTO system_metadata (key, value) VALUES ('system-config', ${JSON.stringify(config)}::jsonb)`;

const sections = (
  'backup ffmpeg image integrityChecks job library logging machineLearning map metadata newVersionCheck nightlyTasks ' +
  'notifications oauth passwordLogin reverseGeocoding server storageTemplate templates theme trash user'
).split(' ');

describe.runIf(hasDatabase())('the configuration', () => {
  afterEach(() => sql`DELETE FROM system_metadata WHERE key = 'system-config'`);

  test('is what is stored over the defaults, read anew each time', async () => {
    const defaults = await getConfigDefaults(admin());
    expect(await getConfig(admin())).toEqual(defaults);
    await store({ trash: { days: 7 }, ffmpeg: { crf: 30 } });
    const expected: SystemConfigDto = {
      ...defaults,
      trash: { ...defaults.trash, days: 7 },
      ffmpeg: { ...defaults.ffmpeg, crf: 30 },
    };
    expect(await getConfig(admin())).toEqual(expected);
    expect(await getConfigDefaults(admin())).toEqual(defaults);
  });

  test('names the origin of the external domain, and accepts the codecs it makes', async () => {
    await store({
      server: { externalDomain: 'https://photos.example.com/path?query' },
      ffmpeg: { targetVideoCodec: 'hevc', targetAudioCodec: 'opus', acceptedAudioCodecs: ['aac'] },
    });
    const { server, ffmpeg } = await getConfig(admin());
    expect(server.externalDomain).toBe('https://photos.example.com');
    expect(ffmpeg.acceptedVideoCodecs).toEqual(['h264', 'hevc']);
    expect(ffmpeg.acceptedAudioCodecs).toEqual(['aac', 'opus']);
  });

  test('goes without the settings that do not fit', async () => {
    await store({
      passwordLogin: { enabled: false },
      ffmpeg: { targetAudioCodec: 'libopus', acceptedAudioCodecs: ['aac', 'libopus'], crf: 30 },
      trash: 'no',
      gone: { since: '1.100' },
    });
    const defaults = await getConfigDefaults(admin());
    const { passwordLogin, ffmpeg, trash } = await getConfig(admin());
    expect([passwordLogin.enabled, ffmpeg.crf, trash]).toEqual([false, 30, defaults.trash]);
    expect(ffmpeg.targetAudioCodec).toBe(defaults.ffmpeg.targetAudioCodec);
    expect(ffmpeg.acceptedAudioCodecs).toEqual(defaults.ffmpeg.acceptedAudioCodecs);
  });
});

test('the defaults have every section', async () => {
  const defaults = await getConfigDefaults(admin());
  expect(Object.keys(defaults).sort()).toEqual(sections);
  expect(defaults).toMatchObject({
    trash: { enabled: true, days: 30 },
    user: { deleteDelay: 7 },
    passwordLogin: { enabled: true },
    oauth: { enabled: false, scope: 'openid email profile' },
    image: { thumbnail: { format: 'webp', size: 250, quality: 80 }, preview: { format: 'jpeg', size: 1440, quality: 80 } },
    nightlyTasks: { startTime: '00:00' },
  });
});

test('storage template options are words of the template language', async () => {
  const options = await getStorageTemplateOptions(admin());
  expect(options.yearOptions).toEqual(['y', 'yy']);
  expect(options.presetOptions[0]).toBe('{{y}}/{{y}}-{{MM}}-{{dd}}/{{filename}}');
  expect(options.presetOptions).toHaveLength(21);
});

test('is the administrator\'s alone', async () => {
  const user = await newUser();
  for (const call of [getConfig, getConfigDefaults, getStorageTemplateOptions])
    expect(await refusal(call(user))).toEqual([403, 'Forbidden']);
  expect((await send('GET', '/api/system-config')).json).toEqual({ message: 'Authentication required' });
});
