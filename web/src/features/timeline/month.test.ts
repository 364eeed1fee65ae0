import { describe, expect, it } from 'vitest';
import type { Photo } from '#lib/photos';
import { pack, type Bucket } from './columns';
import { Month } from './month';

const id = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
const OWNER = 'ffffffff-0123-4567-89ab-cdef00000001';

/** Photos of June 2026 as the server lists them: newest first, 8 hours apart, in a zone two hours ahead. */
function bucket(count: number): Bucket {
  const rows = Array.from({ length: count }, (_, i) => i);
  const at = (i: number) => new Date(Date.UTC(2026, 5, 20, 20) - i * 8 * 3_600_000).toISOString().slice(0, 19);
  return {
    id: rows.map(id),
    ownerId: rows.map(() => OWNER),
    ratio: rows.map((i) => (i % 2 ? 1.5 : 0.75)),
    fileCreatedAt: rows.map((i) => (i === 1 ? `${at(i)}.5` : at(i))),
    createdAt: rows.map(at),
    localOffsetHours: rows.map(() => 2),
    isFavorite: rows.map((i) => i === 2),
    isTrashed: rows.map(() => false),
    isImage: rows.map((i) => i !== 3),
    duration: rows.map((i) => (i === 3 ? 42_000 : null)),
    visibility: rows.map((i) => (i === 4 ? 'archive' : 'timeline')),
    thumbhash: rows.map((i) => (i === 5 ? null : btoa(String.fromCharCode(1, 2, 3, 250, i)))),
    city: rows.map((i) => (i < 3 ? 'Konstanz' : null)),
    country: rows.map((i) => (i < 6 ? 'Germany' : null)),
    livePhotoVideoId: rows.map((i) => (i === 6 ? id(99) : null)),
    projectionType: rows.map(() => null),
    stack: rows.map((i) => (i === 7 ? [id(98), '4'] : null)),
  } as Bucket;
}

const month = Month.from(pack(bucket(12)));

describe('a packed month', () => {
  it('gives photos back as they came', () => {
    expect(month.photo(0)).toEqual({
      id: id(0),
      ownerId: OWNER,
      ratio: 0.75,
      thumbhash: btoa(String.fromCharCode(1, 2, 3, 250, 0)),
      isImage: true,
      isFavorite: false,
      isTrashed: false,
      visibility: 'timeline',
      durationMs: null,
      takenAt: '2026-06-20T22:00:00',
      instant: Date.UTC(2026, 5, 20, 20),
      city: 'Konstanz',
      country: 'Germany',
      livePhotoVideoId: null,
      projectionType: null,
      stackCount: 0,
    } satisfies Photo);
    expect(month.photo(2).isFavorite).toBe(true);
    expect(month.photo(3)).toMatchObject({ isImage: false, durationMs: 42_000, city: null, country: 'Germany' });
    expect(month.photo(4).visibility).toBe('archive');
    expect(month.photo(5).thumbhash).toBeNull();
    expect(month.photo(6)).toMatchObject({ livePhotoVideoId: id(99), city: null, country: null });
    expect(month.photo(7).stackCount).toBe(4);
  });

  it('gives the same object each time', () => expect(month.photo(1)).toBe(month.photo(1)));

  it('finds photos by id', () => {
    for (let i = 0; i < month.length; i++) expect(month.indexOf(id(i))).toBe(i);
    expect(month.indexOf(id(50))).toBe(-1);
  });

  it('has days by the clock of the place', () => {
    expect([...month.dayStarts]).toEqual([0, 3, 6, 9, 12]);
    expect(month.dayKey(0)).toBe('2026-06-20');
    expect(month.dayPlace(0)).toBe('Konstanz');
    expect(month.dayPlace(1)).toBe('Germany');
    expect(month.dayPlace(2)).toBe('');
  });
});

describe('an edit', () => {
  it('takes photos out, and days with them', () => {
    const rest = month.without(new Set([id(0), id(1), id(2), id(7)]));
    expect(rest.length).toBe(8);
    expect([...rest.dayStarts]).toEqual([0, 3, 5, 8]);
    expect(rest.photo(0)).toBe(month.photo(3));
    expect(rest.indexOf(id(8))).toBe(4);
    expect(rest.indexOf(id(7))).toBe(-1);
    expect(rest.ratios[3]).toBe(month.ratios[6]);
  });

  it('puts photos back where they were', () => {
    const taken = [month.photo(4), month.photo(0)];
    const back = month.without(new Set([id(0), id(4)])).with(taken);
    expect(Array.from({ length: 12 }, (_, i) => back.photo(i).id)).toEqual(Array.from({ length: 12 }, (_, i) => id(i)));
    expect([...back.dayStarts]).toEqual([...month.dayStarts]);
  });

  it('puts new photos where their time is', () => {
    const instant = Date.UTC(2026, 5, 19, 10);
    const fresh: Photo = { ...month.photo(0), id: id(40), takenAt: '2026-06-19T12:00:00', instant, ratio: 2 };
    const more = month.with([fresh]);
    expect(more.length).toBe(13);
    const at = more.indexOf(id(40));
    expect(more.photo(at)).toBe(fresh);
    expect(more.ratios[at]).toBe(2);
    expect(more.photo(at - 1).takenAt > fresh.takenAt && more.photo(at + 1).takenAt <= fresh.takenAt).toBe(true);
    expect(more.without(new Set([id(40)])).length).toBe(12);
  });

  it('puts photos of the same second where the server lists them', () => {
    const moment = (n: number, ms: number): Photo => ({
      ...month.photo(0),
      id: id(n),
      takenAt: '2026-06-20T22:00:00',
      instant: Date.UTC(2026, 5, 20, 20) + ms,
    });
    const burst = [moment(45, 900), moment(42, 500), moment(43, 500), moment(44, 0)];
    const ids = (of: Month) => Array.from({ length: of.length }, (_, i) => of.photo(i).id);
    const expected = [id(45), id(42), id(43), id(0), id(44), ...ids(month).slice(1)];
    expect(ids(month.with(burst))).toEqual(expected);
    expect(ids(burst.toReversed().reduce((all, photo) => all.with([photo]), month))).toEqual(expected);
    const without = month.with(burst).without(new Set([id(42), id(0)]));
    expect(ids(without.with([moment(42, 500), month.photo(0)]))).toEqual(expected);
  });

  it('sorts a day by moments, whatever the clock of the place said', () => {
    // Noon further east, which is earlier than the morning here.
    const east: Photo = { ...month.photo(2), id: id(46), takenAt: '2026-06-20T12:00:00', instant: Date.UTC(2026, 5, 20, 2) };
    const more = month.with([east]);
    expect(more.indexOf(id(46))).toBe(3);
    expect([...more.dayStarts]).toEqual([0, 4, 7, 10, 13]);
  });

  it('has the shape of a photo that was turned', () => {
    const turned = { ...month.photo(3), ratio: 2 / 3 };
    const after = month.without(new Set([id(3)])).with([turned]);
    expect(after.indexOf(id(3))).toBe(3);
    expect(after.ratios[3]).toBeCloseTo(2 / 3);
  });

  it('changes photos for who looks next, and nobody else', () => {
    const changed = month.changed([id(2), id(50)], { isFavorite: false });
    expect(changed.photo(2).isFavorite).toBe(false);
    expect(month.photo(2).isFavorite).toBe(true);
    expect(changed.photo(1)).toBe(month.photo(1));
  });
});
