import { describe, expect, it } from 'vitest';
import type { Schema } from '#lib/api/client';
import { findings } from './storage-check';

const disk = (diskAvailableRaw: number) => ({ diskAvailableRaw }) as Schema['ServerStorageResponseDto'];
const parts = (media: boolean, database: boolean): Schema['HealthResponseDto'] => ({
  ok: media && database,
  parts: [
    { name: 'media', ok: media, detail: '' },
    { name: 'database', ok: database, detail: '' },
  ],
});

describe('findings', () => {
  it('is content with room and a healthy server', () => {
    expect(findings(disk(100e9), parts(true, true)).map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  it('names what is short or broken', () => {
    expect(findings(disk(5e9), parts(false, true)).map(({ ok }) => ok)).toEqual([false, false, true]);
  });

  it('does not call well what it was not told', () => {
    expect(findings(disk(100e9), { ok: true }).map(({ ok }) => ok)).toEqual([true, false, false]);
  });
});
