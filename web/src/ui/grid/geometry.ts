/**
 * The whole list as numbers: where every section begins, and where every photo of the sections that are here is.
 * Knows no DOM and no reactivity; `Grid` draws what it says. Places are pixels from the top of the list.
 */
import {
  estimateDays,
  estimateHeight,
  layoutSection,
  learnHabit,
  USUAL_HABIT,
  type GridStyle,
  type Habit,
  type SectionData,
  type SectionLayout,
} from './section';

export interface Section {
  /** The first day of the month: 'YYYY-MM-01'. */
  readonly key: string;
  /** As the server counted; corrected when the photos are here. */
  count: number;
  data: SectionData | null;
  layout: SectionLayout | null;
  height: number;
}

/** A photo by its place in the list. Valid until its section changes. */
export interface Spot {
  readonly section: number;
  readonly index: number;
}

/** What stays where it is on screen while heights above it change. */
export interface Anchor {
  readonly key: string;
  readonly id?: string | undefined;
  /** Share of the section's height above the top of the view; where there is no photo to hold on to. */
  readonly share: number;
  /** From the top of the view down to the top of the photo. */
  readonly offset: number;
}

export class Geometry {
  sections: Section[] = [];
  style: GridStyle;
  /** Where sections begin; one more at the end. */
  tops = new Float64Array(1);
  /** Photos before each section; one more at the end. */
  counts = new Float64Array(1);
  /** Days before each section, estimated where photos are not here; one more at the end. */
  #days = new Float64Array(1);
  #habit: Habit = USUAL_HABIT;
  /** Is the first month's heading left out? Its year and month go without saying when they are now. */
  #currentMonth: string;

  constructor(style: GridStyle, currentMonth: string) {
    this.style = style;
    this.#currentMonth = currentMonth;
  }

  get height(): number {
    return this.tops[this.sections.length]! + this.style.end;
  }

  get count(): number {
    return this.counts[this.sections.length]!;
  }

  /** Of all sections; estimated where photos are not here. */
  get days(): number {
    return this.#days[this.sections.length]!;
  }

  daysBefore(section: number): number {
    return this.#days[section]!;
  }

  /** Replaces the sections. Photos of those that stay are kept. */
  setSections(list: readonly { key: string; count: number }[]): void {
    const old = new Map(this.sections.map((section) => [section.key, section]));
    this.sections = list.map(({ key, count }) => {
      const kept = old.get(key);
      return kept?.count === count ? kept : { key, count, data: null, layout: null, height: 0 };
    });
    this.#measureAll();
  }

  setStyle(style: GridStyle): void {
    this.style = style;
    for (const section of this.sections) section.layout = null;
    this.#measureAll();
  }

  /** The photos of a section are here, or changed. `null`: they are forgotten, their height is not. */
  setData(index: number, data: SectionData | null): void {
    const section = this.sections[index]!;
    section.data = data;
    section.layout = null;
    if (data) {
      section.count = data.length;
      if (this.#habit === USUAL_HABIT) this.#learn();
      this.#measure(index);
    }
    this.#sum();
  }

  /** Once only: estimates that change with every month that arrives would keep the scrubber moving. */
  #learn(): void {
    this.#habit = learnHabit(this.sections.flatMap(({ data }) => data ?? []));
    if (this.#habit !== USUAL_HABIT) this.#measureAll();
  }

  #measureAll(): void {
    for (let index = 0; index < this.sections.length; index++) this.#measure(index);
    this.#sum();
  }

  #measure(index: number): void {
    const section = this.sections[index]!;
    const withHead = index > 0 || section.key !== this.#currentMonth;
    if (section.data) {
      section.layout ??= layoutSection(section.data, this.style, withHead);
      section.height = section.layout.height;
    } else {
      section.height = section.count ? estimateHeight(section.count, this.style, this.#habit, withHead) : 0;
    }
  }

  #sum(): void {
    const { length } = this.sections;
    if (this.tops.length !== length + 1) {
      this.tops = new Float64Array(length + 1);
      this.counts = new Float64Array(length + 1);
      this.#days = new Float64Array(length + 1);
    }
    this.tops[0] = this.style.start;
    for (let i = 0; i < length; i++) {
      const { data, count } = this.sections[i]!;
      this.#days[i + 1] = this.#days[i]! + (data ? data.dayStarts.length - 1 : estimateDays(count, this.#habit));
      this.tops[i + 1] = this.tops[i]! + this.sections[i]!.height;
      this.counts[i + 1] = this.counts[i]! + this.sections[i]!.count;
    }
  }

  /** The section at a place; the last one below the end. */
  sectionAt(place: number): number {
    return Math.max(0, lastNotAbove(this.tops, place, 0, this.sections.length));
  }

  indexOfKey(key: string): number {
    return this.sections.findIndex((section) => section.key === key);
  }

  find(id: string): Spot | undefined {
    for (let section = 0; section < this.sections.length; section++) {
      const index = this.sections[section]!.data?.indexOf(id) ?? -1;
      if (index >= 0) return { section, index };
    }
    return undefined;
  }

  /** Which day of its section a photo belongs to. */
  dayOf({ section, index }: Spot): number {
    const { dayStarts } = this.sections[section]!.data!;
    return lastNotAbove(dayStarts, index, 0, dayStarts.length - 1);
  }

  boxOf(spot: Spot): { x: number; y: number; w: number; h: number } | undefined {
    const { layout } = this.sections[spot.section]!;
    if (!layout) return undefined;
    const { x, y, w, h } = layout.boxes;
    const { index } = spot;
    const top = this.tops[spot.section]! + layout.dayTops[this.dayOf(spot)]!;
    return { x: x[index]!, y: top + y[index]!, w: w[index]!, h: h[index]! };
  }

  /** The days of a section that reach into [top, bottom), which count from the top of the section. */
  daysIn(section: number, top: number, bottom: number): [from: number, to: number] {
    const { dayTops } = this.sections[section]!.layout!;
    const days = dayTops.length - 1;
    const from = Math.max(0, lastNotAbove(dayTops, top, 0, days));
    let to = from;
    while (to < days && dayTops[to]! < bottom) to++;
    return [from, to];
  }

  /** The photos of a day whose rows reach into [top, bottom), which count from the top of the day. */
  photosIn(section: number, day: number, top: number, bottom: number): [from: number, to: number] {
    const { data, layout } = this.sections[section]!;
    const { y, h } = layout!.boxes;
    const first = data!.dayStarts[day]!;
    const end = data!.dayStarts[day + 1]!;
    let from = first;
    for (let high = end; from < high; ) {
      const middle = (from + high) >> 1;
      if (y[middle]! + h[middle]! > top) high = middle;
      else from = middle + 1;
    }
    let to = from;
    while (to < end && y[to]! < bottom) to++;
    return [from, to];
  }

  /** The first photo in [top, bottom) whose section is here. */
  spotIn(top: number, bottom: number): Spot | undefined {
    for (let section = this.sectionAt(top); section < this.sections.length; section++) {
      const { layout } = this.sections[section]!;
      const start = this.tops[section]!;
      if (start >= bottom) return undefined;
      if (!layout) continue;
      const [from, to] = this.daysIn(section, top - start, bottom - start);
      for (let day = from; day < to; day++) {
        const above = start + layout.dayTops[day]!;
        const [first, end] = this.photosIn(section, day, top - above, bottom - above);
        if (first < end) return { section, index: first };
      }
    }
    return undefined;
  }

  /** What to hold on to while the view is [top, bottom): a photo where there is one. */
  anchorIn(top: number, bottom: number): Anchor | undefined {
    const spot = this.spotIn(top, bottom);
    if (!spot) return this.shareAt(top);
    const section = this.sections[spot.section]!;
    const share = (top - this.tops[spot.section]!) / section.height;
    return { key: section.key, id: section.data!.photo(spot.index).id, share, offset: this.boxOf(spot)!.y - top };
  }

  /** Holds on to a place by its share of the section, whatever photos there are or will be. */
  shareAt(place: number): Anchor | undefined {
    const section = this.sections[this.sectionAt(place)];
    if (!section) return undefined;
    const above = place - this.tops[this.sectionAt(place)]!;
    return { key: section.key, share: section.height ? above / section.height : 0, offset: 0 };
  }

  /** The place that brings an anchor back to where it was on screen; undefined: its section is gone. */
  placeOf(anchor: Anchor): number | undefined {
    const section = this.indexOfKey(anchor.key);
    if (section < 0) return undefined;
    const index = anchor.id ? (this.sections[section]!.data?.indexOf(anchor.id) ?? -1) : -1;
    if (index >= 0) return this.boxOf({ section, index })!.y - anchor.offset;
    return this.tops[section]! + Math.round(anchor.share * this.sections[section]!.height) - (anchor.id ? 0 : anchor.offset);
  }
}

/** The last index in [from, to) whose value is not above `limit`; from - 1 when all are. Values grow. */
export function lastNotAbove(values: ArrayLike<number>, limit: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
