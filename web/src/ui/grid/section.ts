/**
 * A section is a part of the list that arrives in one piece: a month. Before it is there its height is estimated from
 * its count; afterwards it is known to the pixel.
 */
import type { Photo } from '#lib/photos';
import { Boxes, layoutRows, type RowStyle } from './rows';

/** What the grid reads of the photos of a section, wherever they come from. */
export interface SectionData {
  readonly length: number;
  /** Width by height of each photo. */
  readonly ratios: Float32Array;
  /** The first photo of each day, and the length at the end. */
  readonly dayStarts: Uint32Array;
  photo(index: number): Photo;
  /** -1: not here. */
  indexOf(id: string): number;
  /** 'YYYY-MM-DD'. */
  dayKey(day: number): string;
  /** Where most of the day was spent; '' when no photo knows. */
  dayPlace(day: number): string;
}

export interface GridStyle extends RowStyle {
  /** Height of a month's heading, of a day's, and of a day's right below its month's. */
  readonly monthHead: number;
  readonly dayHead: number;
  readonly firstDayHead: number;
  /** Empty space above the first section, where the page's header lies over the photos, and below the last row. */
  readonly start: number;
  readonly end: number;
}

export interface SectionLayout {
  readonly height: number;
  /** From the top of the section to the top of each day, the first with the month's heading; one more at the end. */
  readonly dayTops: Float64Array;
  /** `y` is from the top of the day, with what heads it. */
  readonly boxes: Boxes;
}

export function layoutSection(data: SectionData, style: GridStyle, withHead: boolean): SectionLayout {
  const days = data.dayStarts.length - 1;
  const boxes = new Boxes(data.length);
  const dayTops = new Float64Array(days + 1);
  let top = 0;
  for (let day = 0; day < days; day++) {
    const from = data.dayStarts[day]!;
    const to = data.dayStarts[day + 1]!;
    const head = day === 0 && withHead ? style.monthHead + style.firstDayHead : style.dayHead;
    dayTops[day] = top;
    top += head + layoutRows(data.ratios, from, to, style, boxes);
    for (let i = from; i < to; i++) boxes.y[i]! += head;
  }
  dayTops[days] = top;
  return { height: top, dayTops, boxes };
}

/** What photos of this library are like: learnt from what was loaded, to estimate what was not. */
export interface Habit {
  readonly ratio: number;
  readonly photosPerDay: number;
}

export const USUAL_HABIT: Habit = { ratio: 1.25, photosPerDay: 12 };

/** The habit that these sections show; the usual one for what too few photos tell. */
export function learnHabit(sections: Iterable<SectionData>): Habit {
  let photos = 0;
  let days = 0;
  let ratios = 0;
  for (const { length, dayStarts, ratios: own } of sections) {
    photos += length;
    days += dayStarts.length - 1;
    for (let i = 0; i < length; i++) ratios += own[i]!;
  }
  return photos >= 24 ? { ratio: ratios / photos, photosPerDay: photos / days } : USUAL_HABIT;
}

/** The days of a month of `count` photos that nobody has seen yet. */
export function estimateDays(count: number, habit: Habit): number {
  return Math.min(30, Math.max(1, Math.round(count / habit.photosPerDay)));
}

/** The height of a month of `count` photos that nobody has seen yet. */
export function estimateHeight(count: number, style: GridStyle, habit: Habit, withHead: boolean): number {
  const days = estimateDays(count, habit);
  const perDay = count / days;
  const width = style.row * habit.ratio + style.gap;
  const perRow = Math.max(1, style.columns || (style.width + style.gap) / width);
  const row = style.columns ? (style.width + style.gap) / style.columns : style.row + style.gap;
  // A day's last row is half empty on average, and no day has less than one.
  const rows = Math.max(1, perDay / perRow + 0.5);
  const heads = (withHead ? style.monthHead + style.firstDayHead : style.dayHead) + (days - 1) * style.dayHead;
  return Math.round(heads + days * (rows * row - style.gap));
}
