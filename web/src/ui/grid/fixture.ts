/** Photos for tests of the grid: real sections of real geometry, with made-up content. */
import type { Photo } from '#lib/photos';
import type { SectionData } from './section';

export const STYLE = { width: 1120, row: 212, gap: 4, columns: 0, monthHead: 56, dayHead: 62, firstDayHead: 46, start: 0, end: 40 };

/** A month of `days` days, each of `perDay` photos; ids are 'YYYY-MM/day/number'. */
export function monthOf(key: string, days: number, perDay: number): SectionData {
  const month = key.slice(0, 7);
  const photos = Array.from({ length: days * perDay }, (_, i): Photo => {
    const day = Math.floor(i / perDay);
    return {
      id: `${month}/${day}/${i % perDay}`,
      ownerId: 'owner',
      ratio: [1.5, 0.75, 1, 1.78][i % 4]!,
      thumbhash: null,
      isImage: true,
      isFavorite: false,
      isTrashed: false,
      visibility: 'timeline',
      durationMs: null,
      takenAt: `${month}-${String(28 - day).padStart(2, '0')}T12:00:00`,
      instant: Date.parse(`${month}-${String(28 - day).padStart(2, '0')}T12:00:00Z`),
      city: null,
      country: null,
      livePhotoVideoId: null,
      projectionType: null,
      stackCount: 0,
    };
  });
  return {
    length: photos.length,
    ratios: Float32Array.from(photos, ({ ratio }) => ratio),
    dayStarts: Uint32Array.from({ length: days + 1 }, (_, day) => day * perDay),
    photo: (index) => photos[index]!,
    indexOf: (id) => photos.findIndex((photo) => photo.id === id),
    dayKey: (day) => photos[day * perDay]!.takenAt.slice(0, 10),
    dayPlace: () => '',
  };
}

/** Months from December 2025 back. */
export function monthKeys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${2025 - Math.floor(i / 12)}-${String(12 - (i % 12)).padStart(2, '0')}-01`);
}
