import { expect, it } from 'vitest';
import type { Photo } from '#lib/photos';
import { type Bucket, pack } from './columns';
import { Month } from './month';
import { Timeline } from './timeline.svelte';

const EMPTY = { id: [], ownerId: [], ratio: [], isImage: [], isFavorite: [], isTrashed: [], duration: [], visibility: [], thumbhash: [] };
const nothing = Month.from(pack({ ...EMPTY, livePhotoVideoId: [], projectionType: [] } as unknown as Bucket));

function photo(n: number, takenAt: string): Photo {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, ownerId: 'me', ratio: 1.5, thumbhash: null, isImage: true,
    isFavorite: false, isTrashed: false, visibility: 'timeline', durationMs: null, takenAt, instant: Date.parse(`${takenAt}Z`), city: null, country: null,
    livePhotoVideoId: null, projectionType: null, stackCount: 0,
  };
}

function timelineOf(...months: Photo[][]): Timeline {
  const timeline = new Timeline({});
  const keyOf = (photos: Photo[]) => `${photos[0]!.takenAt.slice(0, 7)}-01`;
  timeline.grid.setSections(months.map((photos) => ({ key: keyOf(photos), count: photos.length })));
  for (const photos of months) timeline.grid.setData(keyOf(photos), nothing.with(photos));
  timeline.count = timeline.grid.geometry.count;
  return timeline;
}

it('removes photos of several months, also when a month becomes empty and the others move up', () => {
  const [july, june, early, may] = [photo(1, '2026-07-02T10:00:00'), photo(2, '2026-06-20T10:00:00'), photo(3, '2026-06-01T10:00:00'), photo(4, '2026-05-01T10:00:00')];
  const timeline = timelineOf([july], [june, early], [may]);

  const removed = timeline.remove([july.id, early.id, may.id]);
  expect(removed.map(({ id }) => id).sort()).toEqual([july.id, early.id, may.id]);
  expect(timeline.count).toBe(1);
  expect(timeline.get(june.id)).toMatchObject({ id: june.id });
  expect([july, early, may].map(({ id }) => timeline.get(id))).toEqual([undefined, undefined, undefined]);
});

it('takes a photo once, however often it is told of it', () => {
  const [old, fresh] = [photo(1, '2026-06-20T10:00:00'), photo(2, '2026-06-21T10:00:00')];
  const timeline = timelineOf([old]);
  timeline.insert([fresh, { ...fresh }, old]);
  timeline.insert([fresh]);
  expect(timeline.count).toBe(2);
  expect(timeline.grid.geometry.sections[0]!.data!.length).toBe(2);
});
