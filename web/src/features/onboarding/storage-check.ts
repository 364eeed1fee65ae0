/** What the storage check found, from the figures of the disk and the server's own health. */
import type { Schema } from '#lib/api/client';

export interface Finding {
  name: 'space' | 'media' | 'database';
  ok: boolean;
}

/** Under this much, thumbnails and previews of what comes will soon fill the disk. */
const LOW_BYTES = 20e9;

export function findings(disk: Schema['ServerStorageResponseDto'], health: Schema['HealthResponseDto']): Finding[] {
  const part = (name: Schema['HealthPart']) => health.parts?.find((one) => one.name === name)?.ok ?? false;
  return [
    { name: 'space', ok: disk.diskAvailableRaw >= LOW_BYTES },
    { name: 'media', ok: part('media') },
    { name: 'database', ok: part('database') },
  ];
}
