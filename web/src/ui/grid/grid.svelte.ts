/* eslint-disable svelte/prefer-svelte-reactivity -- plain collections; what is drawn has its own signals */
/**
 * What of the list is in the document, and where. Made by the page, drawn by PhotoGrid.svelte.
 *
 * `place` is the top of the view in the list, `position` that of the scroll container; `place = position + shift`
 * (scroll.ts says why they differ). Everything drawn stands at `top in the list - shift`.
 */
import type { Photo } from '#lib/photos';
import { Geometry, type Anchor, type Spot } from './geometry';
import { isGreatMove, ScrollMap } from './scroll';
import type { GridStyle, SectionData } from './section';

export interface TileView {
  readonly photo: Photo;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface DayView {
  /** 'YYYY-MM-DD'. */
  readonly key: string;
  readonly section: number;
  readonly day: number;
  /** In the scroll container. */
  readonly top: number;
  readonly height: number;
  readonly headHeight: number;
  readonly hasMonthHead: boolean;
  readonly place: string;
  /** The index of its first photo in the section, and how many it has. */
  readonly first: number;
  readonly count: number;
  /** How many days are before it, to those who cannot see. Estimated where months are not here. */
  readonly row: number;
  readonly tiles: readonly TileView[];
}

/** The part in view of a month that is not here yet. */
export interface GhostView {
  readonly key: string;
  readonly top: number;
  readonly height: number;
  /** How much of the month is above it: keeps the pattern in place. */
  readonly above: number;
}

/** How long after the last scroll event the list is at rest. */
const REST_MS = 120;
/** Speed from which fades are left out and tiles are made further ahead: views a second. */
const FAST = 2.5;
/** So much ahead of the view tiles are made, in its heights; and how long in advance, when the list moves. */
const AHEAD = { rest: 0.5, most: 1.7, ms: 250 };
/** Near the ends the container is put right at once, or someone could scroll against a wall that is not the end. */
const WALL = 64;

const NO_STYLE: GridStyle = { width: 0, row: 1, gap: 0, columns: 0, monthHead: 0, dayHead: 0, firstDayHead: 0, start: 0, end: 0 };

export class Grid {
  readonly geometry: Geometry;
  days = $state.raw<readonly DayView[]>([]);
  ghosts = $state.raw<readonly GhostView[]>([]);
  /** The section at the top of the view and how much of it is above, for the scrubber. */
  at = $state.raw({ section: 0, share: 0 });
  moving = $state(false);
  /** Moving so fast that nobody looks at single photos. */
  rushing = $state(false);
  /** Pictures that failed are asked for again when it grows. */
  attempt = $state(0);
  /** Counts changes of the geometry, for what is derived from it. */
  version = $state(0);

  /** Sections to have, those in view first. Set by the controller. */
  onwant: (keys: readonly string[], inView: number) => void = () => {};
  /** Gives the photos of sections that are not here. Set by the controller. */
  ensure: (keys: readonly string[]) => Promise<void> = () => Promise.resolve();
  /** The list came to rest. */
  onrest: () => void = () => {};

  /** The photo that was brought into view last: what lay on top of the grid gives it the focus. */
  revealed: string | undefined;

  #scroller: HTMLElement | undefined;
  #sizer: HTMLElement | undefined;
  #map = new ScrollMap(0, 0);
  #view = 0;
  #position = 0;
  #shift = 0;
  #drawnAt = Number.NaN;
  /** Pixels a millisecond; negative: up. */
  #speed = 0;
  #movedAt = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** Kept from a jump until someone scrolls: the place was asked for, whatever arrives there. */
  #held: Anchor | undefined;
  #tiles = new Map<Photo, TileView>();

  constructor(currentMonth: string) {
    this.geometry = new Geometry(NO_STYLE, currentMonth);
  }

  get place(): number {
    return this.#position + this.#shift;
  }

  get view(): number {
    return this.#view;
  }

  /** Takes hold of the elements. Returns what lets go of them. */
  attach(scroller: HTMLElement, sizer: HTMLElement): () => void {
    this.#scroller = scroller;
    this.#sizer = sizer;
    const onscroll = () => this.#scrolled(scroller.scrollTop);
    scroller.addEventListener('scroll', onscroll, { passive: true });
    return () => {
      scroller.removeEventListener('scroll', onscroll);
      clearTimeout(this.#resting);
      this.#scroller = this.#sizer = undefined;
    };
  }

  resize(view: number, style: GridStyle): void {
    this.#change(() => {
      this.#view = view;
      const old = this.geometry.style;
      if (style.width !== old.width || style.row !== old.row || style.start !== old.start) this.geometry.setStyle(style);
    });
  }

  setSections(list: readonly { key: string; count: number }[]): void {
    this.#change(() => this.geometry.setSections(list));
  }

  setData(key: string, data: SectionData | null): void {
    const index = this.geometry.indexOfKey(key);
    if (index >= 0) this.#change(() => this.geometry.setData(index, data));
  }

  /** Goes to a place in one step. */
  go(place: number): void {
    this.#speed = 0;
    this.#put(Math.round(this.#map.clamp(place)));
    this.#held = this.geometry.shareAt(this.place);
    this.#draw(true);
  }

  photoAt({ section, index }: Spot): Photo {
    return this.geometry.sections[section]!.data!.photo(index);
  }

  firstInView(): Spot | undefined {
    return this.geometry.spotIn(this.place + this.geometry.style.start, this.place + this.#view);
  }

  /** Brings the day of a photo to the top. */
  goToDay(spot: Spot): void {
    const { layout } = this.geometry.sections[spot.section]!;
    const { tops, style } = this.geometry;
    if (layout) this.go(tops[spot.section]! - style.start + layout.dayTops[this.geometry.dayOf(spot)]!);
  }

  /** Goes to a share of a section's height, and stays there when its photos come. */
  goToSection(section: number, share: number): void {
    const { geometry } = this;
    const { key, height } = geometry.sections[section]!;
    this.go(geometry.tops[section]! + share * height - geometry.style.start);
    this.#held = { key, share, offset: geometry.style.start };
  }

  /** Where the view is, to come back to. */
  anchor(): Anchor | undefined {
    return this.geometry.anchorIn(this.place, this.place + this.#view);
  }

  /** Brings an anchor back. False: its section is not in the list. */
  restore(anchor: Anchor): boolean {
    const place = this.geometry.placeOf(anchor);
    if (place === undefined) return false;
    this.go(place);
    this.#held = anchor;
    return true;
  }

  /** Scrolls as little as shows the photo whole. */
  reveal(spot: Spot): void {
    this.revealed = this.photoAt(spot).id;
    const box = this.geometry.boxOf(spot);
    if (!box) return;
    const { dayHead, monthHead, gap, start } = this.geometry.style;
    const isFirstRow = box.y <= start + dayHead + monthHead;
    const top = isFirstRow ? 0 : box.y - gap - start;
    if (top < this.place) this.go(top);
    else if (box.y + box.h > this.place + this.#view) this.go(box.y + box.h + gap - this.#view);
  }

  /** Focus for the photo that was revealed last: what lay on top of the grid is gone. */
  refocus(): void {
    if (this.revealed) this.focusTile(this.revealed);
  }

  focusTile(id: string): void {
    this.#scroller?.querySelector<HTMLElement>(`[data-photo="${id}"] > a`)?.focus({ preventScroll: true });
  }

  /** Where a photo is on screen; undefined: it is not drawn. */
  rectOf(id: string): DOMRect | undefined {
    return this.#scroller?.querySelector(`[data-photo="${id}"]`)?.getBoundingClientRect();
  }

  focus(id: string): void {
    this.#scroller?.querySelector<HTMLElement>(`[data-photo="${id}"] a`)?.focus({ preventScroll: true });
  }

  /**
   * Pixels between the view and what is at `top` of the container, when a picture comes that is asked for now: what will
   * have left by then is not worth asking for. 0: it will be in view.
   */
  distance(top: number, height: number, latency: number): number {
    const start = this.#position + this.#speed * latency;
    return Math.max(0, start - (top + height), top - (start + this.#view));
  }

  #scrolled(position: number): void {
    const moved = position - this.#position;
    if (!moved) return;
    const before = this.place;
    if (isGreatMove(moved, this.#view)) this.#shift = Math.round(this.#map.toList(position) - position);
    this.#position = position;
    this.#held = undefined;
    this.#stayInside();
    this.#measureSpeed(this.place - before);
    this.moving = true;
    this.rushing = Math.abs(this.#speed) * 1000 > FAST * this.#view;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), REST_MS);
    this.#draw(false);
  }

  /** The list ends where it ends, and the container nowhere else. */
  #stayInside(): void {
    const inside = this.#map.clamp(this.place);
    if (inside !== this.place) this.#shift = Math.round(inside - this.#position);
    const room = this.#map.height - this.#view;
    const atWall = this.#position < WALL || this.#position > room - WALL;
    if (this.#shift && atWall && this.#map.toContainer(this.place) !== Math.round(this.#position)) this.#put(this.place);
  }

  #measureSpeed(moved: number): void {
    const now = performance.now();
    const passed = Math.max(1, now - this.#movedAt);
    this.#movedAt = now;
    const speed = isGreatMove(moved, this.#view) ? 0 : moved / passed;
    this.#speed = passed > REST_MS ? speed : 0.7 * this.#speed + 0.3 * speed;
  }

  #rest(): void {
    this.moving = this.rushing = false;
    this.#speed = 0;
    this.#put(this.place);
    this.#draw(true);
    this.onrest();
  }

  /** Changes the geometry and keeps what is on screen where it is. */
  #change(change: () => void): void {
    const atStart = this.place <= 0 && !this.#held;
    const anchor = atStart ? undefined : (this.#held ?? this.anchor());
    change();
    this.#map = new ScrollMap(this.geometry.height, this.#view);
    const place = Math.round(this.#map.clamp((anchor && this.geometry.placeOf(anchor)) ?? (atStart ? 0 : this.place)));
    if (this.moving) this.#shift += place - Math.round(this.place);
    this.#setHeight();
    if (!this.moving) this.#put(place);
    this.version++;
    this.#draw(true);
  }

  /** A shorter container may push the position up; what is drawn must not follow. */
  #setHeight(): void {
    if (!this.#sizer || !this.#scroller) return;
    this.#sizer.style.blockSize = `${this.#map.height}px`;
    const position = this.#scroller.scrollTop;
    this.#shift += Math.round(this.#position - position);
    this.#position = position;
  }

  /** Puts the container where proportion wants it for a place. */
  #put(place: number): void {
    const position = this.#map.toContainer(place);
    if (this.#scroller && position !== Math.round(this.#position)) {
      this.#scroller.scrollTop = position;
      this.#position = this.#scroller.scrollTop;
    }
    this.#shift = Math.round(place - this.#position);
  }

  #draw(changed: boolean): void {
    const { place } = this;
    if (!changed && Math.abs(place - this.#drawnAt) < this.geometry.style.row / 3) return;
    this.#drawnAt = place;
    const ahead = Math.min(AHEAD.most * this.#view, AHEAD.rest * this.#view + Math.abs(this.#speed) * AHEAD.ms);
    const behind = this.rushing ? 0.1 * this.#view : 0.5 * this.#view;
    const top = place - (this.#speed > 0 ? behind : ahead);
    const bottom = place + this.#view + (this.#speed < 0 ? behind : ahead);
    this.#drawSections(top, bottom);
    const seen = place + this.geometry.style.start;
    const section = this.geometry.sectionAt(seen);
    const height = this.geometry.sections[section]?.height || 1;
    this.at = { section, share: Math.min(1, Math.max(0, (seen - this.geometry.tops[section]!) / height)) };
  }

  #drawSections(top: number, bottom: number): void {
    const { sections, tops } = this.geometry;
    const days: DayView[] = [];
    const ghosts: GhostView[] = [];
    const tiles = new Map<Photo, TileView>();
    for (let i = this.geometry.sectionAt(top); i < sections.length && tops[i]! < bottom; i++) {
      const section = sections[i]!;
      if (section.layout) this.#drawDays(i, top - tops[i]!, bottom - tops[i]!, days, tiles);
      else if (section.height) {
        const above = Math.max(0, Math.round(top - tops[i]!));
        const height = Math.min(section.height, Math.round(bottom - tops[i]!)) - above;
        ghosts.push({ key: section.key, top: tops[i]! + above - this.#shift, height, above });
      }
    }
    this.#tiles = tiles;
    this.days = days;
    if (ghosts.length || this.ghosts.length) this.ghosts = ghosts;
    this.#want();
  }

  #drawDays(index: number, top: number, bottom: number, days: DayView[], tiles: Map<Photo, TileView>): void {
    const { data, layout } = this.geometry.sections[index]!;
    const { x, y, w, h } = layout!.boxes;
    const [firstDay, endDay] = this.geometry.daysIn(index, top, bottom);
    for (let day = firstDay; day < endDay; day++) {
      const dayTop = layout!.dayTops[day]!;
      const [from, to] = this.geometry.photosIn(index, day, top - dayTop, bottom - dayTop);
      const views: TileView[] = [];
      for (let i = from; i < to; i++) {
        const photo = data!.photo(i);
        const old = this.#tiles.get(photo);
        const same = old && old.x === x[i] && old.y === y[i] && old.w === w[i] && old.h === h[i] && old.index === i;
        const view = same ? old : { photo, index: i, x: x[i]!, y: y[i]!, w: w[i]!, h: h[i]! };
        tiles.set(photo, view);
        views.push(view);
      }
      const start = data!.dayStarts[day]!;
      const headHeight = y[start]!;
      days.push({
        key: data!.dayKey(day),
        section: index,
        day,
        top: this.geometry.tops[index]! + dayTop - this.#shift,
        height: layout!.dayTops[day + 1]! - dayTop,
        headHeight,
        hasMonthHead: day === 0 && headHeight !== this.geometry.style.dayHead,
        place: data!.dayPlace(day),
        first: start,
        count: data!.dayStarts[day + 1]! - start,
        row: this.geometry.daysBefore(index) + day,
        tiles: views,
      });
    }
  }

  /** The months in view, then the next in the direction of travel, then the one behind. */
  #want(): void {
    const { sections } = this.geometry;
    if (!sections.length || !this.#view) return;
    const first = this.geometry.sectionAt(this.place);
    const last = this.geometry.sectionAt(this.place + this.#view);
    const keys: string[] = [];
    for (let i = first; i <= last; i++) keys.push(sections[i]!.key);
    const inView = keys.length;
    const after = sections[last + 1]?.key;
    const before = sections[first - 1]?.key;
    for (const key of this.#speed < 0 ? [before, after] : [after, before]) if (key) keys.push(key);
    this.onwant(keys, inView);
  }
}
