/** The scrubber's arithmetic: its length is proportional to photos, not to time. */
import { lastNotAbove } from './geometry';

export interface Mark {
  /** Of its month. */
  readonly key: string;
  readonly top: number;
  /** Empty: a tick. */
  readonly year: string;
}

/** No two years touch, no tick touches anything. */
const YEAR_ROOM = 20;
const TICK_ROOM = 6;
/** So near to a month's begin one means the begin. */
const SNAP = 0.02;

/** The years' labels, dropped before they touch, and months' ticks where there is room between them. */
export function marksOf(sections: readonly { key: string }[], counts: readonly number[], height: number): Mark[] {
  const total = counts[sections.length] || 1;
  const tops = sections.map((_, i) => Math.round((counts[i]! / total) * height));
  const years: Mark[] = [];
  sections.forEach(({ key }, i) => {
    const year = key.slice(0, 4);
    const isFirst = year !== sections[i - 1]?.key.slice(0, 4);
    const above = years.at(-1);
    if (isFirst && (!above || tops[i]! - above.top >= YEAR_ROOM)) years.push({ key, top: tops[i]!, year });
  });
  const marks: Mark[] = [];
  let nextYear = 0;
  sections.forEach(({ key }, i) => {
    const top = tops[i]!;
    const above = marks.at(-1);
    if (years[nextYear]?.key === key) return marks.push(years[nextYear++]!);
    const room = above?.year ? YEAR_ROOM / 2 + 2 : TICK_ROOM;
    const below = years[nextYear];
    if (above && top - above.top < room) return;
    if (below && below.top - top < YEAR_ROOM / 2 + 2) return;
    marks.push({ key, top, year: '' });
  });
  return marks;
}

/** What is at a share of the scrubber's length. */
export function spotOf(counts: readonly number[], share: number): { section: number; share: number } {
  const sections = counts.length - 1;
  const photo = Math.min(1, Math.max(0, share)) * counts[sections]!;
  const section = Math.min(sections - 1, Math.max(0, lastNotAbove(counts, photo, 0, sections)));
  const own = (photo - counts[section]!) / Math.max(1, counts[section + 1]! - counts[section]!);
  return { section, share: own < SNAP ? 0 : Math.min(1, own) };
}
