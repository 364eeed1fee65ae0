import { describe, expect, it } from 'vitest';
import { marksOf, spotOf } from './scrub';

/** Months from 2025 back, of so many photos each. */
function months(...photos: number[]) {
  const sections = photos.map((_, i) => ({ key: `${2025 - Math.floor(i / 12)}-${String(12 - (i % 12)).padStart(2, '0')}-01` }));
  const counts = [0];
  for (const count of photos) counts.push(counts.at(-1)! + count);
  return { sections, counts };
}

describe('marks', () => {
  const { sections, counts } = months(...Array.from({ length: 240 }, (_, i) => 7000 - 25 * i));
  const marks = marksOf(sections, counts, 780);

  it('are in the order of the list, and none touches another', () => {
    for (let i = 1; i < marks.length; i++) {
      const room = marks[i]!.year && marks[i - 1]!.year ? 20 : marks[i]!.year || marks[i - 1]!.year ? 12 : 6;
      expect(marks[i]!.top - marks[i - 1]!.top).toBeGreaterThanOrEqual(room);
    }
  });

  it('begin with the newest year', () => expect(marks[0]).toEqual({ key: '2025-12-01', top: 0, year: '2025' }));

  it('stand where the photos are', () => {
    const mark = marks.find(({ year }) => year === '2020')!;
    const at = sections.findIndex(({ key }) => key === mark.key);
    expect(mark.top).toBe(Math.round((780 * counts[at]!) / counts.at(-1)!));
  });

  it('drop years that have no room', () => {
    const few = months(...Array.from({ length: 48 }, (_, i) => (i < 12 ? 1000 : 1)));
    expect(marksOf(few.sections, few.counts, 600).filter(({ year }) => year)).toHaveLength(2);
  });

  it('are none for an empty list', () => expect(marksOf([], [0], 600)).toEqual([]));
});

describe('a place on the bar', () => {
  const { counts } = months(100, 300, 600);

  it('is the month that has that share of the photos', () => {
    expect(spotOf(counts, 0)).toEqual({ section: 0, share: 0 });
    expect(spotOf(counts, 0.25)).toEqual({ section: 1, share: 0.5 });
    expect(spotOf(counts, 1)).toEqual({ section: 2, share: 1 });
  });

  it('snaps to the begin of a month', () => expect(spotOf(counts, 0.103)).toEqual({ section: 1, share: 0 }));
});
