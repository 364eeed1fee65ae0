/* eslint-disable svelte/prefer-svelte-reactivity -- plain collections; what is drawn has its own signals */
/**
 * What is selected. Ranges and days are read from the grid's geometry; what is selected stays so when its month is
 * forgotten. One per grid, made by the controller.
 */
import { untrack } from 'svelte';
import type { Photo } from '#lib/photos';
import type { Spot } from './geometry';
import type { Grid } from './grid.svelte';

export type Share = 'none' | 'some' | 'all';

const NOTHING: ReadonlySet<string> = new Set();
const dayOf = (photo: Photo) => photo.takenAt.slice(0, 10);

export class Selection {
  /** Would be selected by a click with Shift. */
  preview = $state.raw<ReadonlySet<string>>(NOTHING);

  readonly #grid: Grid;
  readonly #photos = new Map<string, Photo>();
  /** Selected photos by day. */
  readonly #days = new Map<string, number>();
  /** Sets are too large to be copied or to have a signal for each photo: one signal stands for all. */
  #version = $state(0);
  /** Where ranges begin: what was selected last. */
  #from: string | undefined;
  /** While painting: what was selected before, and what the stroke does. */
  #stroke: { from: string; on: boolean; before: ReadonlyMap<string, Photo> } | undefined;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  get size(): number {
    void this.#version;
    return this.#photos.size;
  }

  get active(): boolean {
    return this.size > 0;
  }

  get painting(): boolean {
    return this.#stroke !== undefined;
  }

  has(id: string): boolean {
    void this.#version;
    return this.#photos.has(id);
  }

  photos(): Photo[] {
    void this.#version;
    return [...this.#photos.values()];
  }

  /** How much of a day of `count` photos is selected. */
  ofDay(key: string, count: number): Share {
    void this.#version;
    const selected = this.#days.get(key) ?? 0;
    return selected === 0 ? 'none' : selected < count ? 'some' : 'all';
  }

  toggle(photo: Photo): void {
    this.#set([photo], !this.#photos.has(photo.id));
    this.#from = photo.id;
  }

  isDaySelected(section: number, day: number): boolean {
    return this.#dayPhotos(section, day).every(({ id }) => this.#photos.has(id));
  }

  toggleDay(section: number, day: number): void {
    const photos = this.#dayPhotos(section, day);
    this.#set(photos, !photos.every(({ id }) => this.#photos.has(id)));
    this.#from = photos[0]?.id;
  }

  /** The whole day of the photo that was selected last. */
  selectDay(): void {
    const spot = this.#from ? this.#grid.geometry.find(this.#from) : undefined;
    if (spot) this.#set(this.#dayPhotos(spot.section, this.#grid.geometry.dayOf(spot)), true);
  }

  /** Everything from where the last one was selected to this one. Months between that are not here are fetched. */
  async extend(photo: Photo): Promise<void> {
    const from = this.#from && this.#grid.geometry.find(this.#from);
    const to = this.#grid.geometry.find(photo.id);
    if (!from || !to) return this.toggle(photo);
    await this.#grid.ensure(this.#keysBetween(from, to));
    this.#set(this.#between(this.#from!, photo.id), true);
    this.#from = photo.id;
    this.preview = NOTHING;
  }

  /** Shows what `extend` would select; undefined: shows nothing. */
  showRange(photo: Photo | undefined): void {
    const from = untrack(() => this.#from);
    this.preview = photo && from ? new Set(this.#between(from, photo.id).map(({ id }) => id)) : NOTHING;
  }

  async all(): Promise<void> {
    const { geometry } = this.#grid;
    for (const { key } of [...geometry.sections]) {
      await this.#grid.ensure([key]);
      const data = geometry.sections[geometry.indexOfKey(key)]?.data;
      if (data) this.#set(Array.from({ length: data.length }, (_, i) => data.photo(i)), true);
    }
  }

  clear(): void {
    this.#photos.clear();
    this.#days.clear();
    this.#from = undefined;
    this.#stroke = undefined;
    this.preview = NOTHING;
    this.#version++;
  }

  /** Photos that are gone. */
  drop(ids: readonly string[]): void {
    this.#set(
      ids.flatMap((id) => this.#photos.get(id) ?? []),
      false,
    );
  }

  /** Begins a stroke over photos, which selects them or, when it begins on a selected one, takes them out. */
  beginStroke(photo: Photo): void {
    this.#stroke = { from: photo.id, on: !this.#photos.has(photo.id), before: new Map(this.#photos) };
    this.strokeTo(photo);
    this.#from = photo.id;
  }

  strokeTo(photo: Photo): void {
    const stroke = this.#stroke;
    if (!stroke) return;
    const between = this.#between(stroke.from, photo.id);
    const painted = new Set(between.map(({ id }) => id));
    // What the stroke has left again is as it was before.
    const left = [...this.#photos.values()].filter(({ id }) => !stroke.before.has(id) && !painted.has(id));
    const back = [...stroke.before.values()].filter(({ id }) => !this.#photos.has(id) && !painted.has(id));
    this.#set(left, false);
    this.#set(back, true);
    this.#set(between, stroke.on);
  }

  endStroke(): void {
    this.#stroke = undefined;
  }

  #set(photos: readonly Photo[], on: boolean): void {
    for (const photo of photos) {
      if (this.#photos.has(photo.id) === on) continue;
      const day = dayOf(photo);
      this.#days.set(day, (this.#days.get(day) ?? 0) + (on ? 1 : -1));
      if (on) this.#photos.set(photo.id, photo);
      else this.#photos.delete(photo.id);
    }
    this.#version++;
  }

  #dayPhotos(section: number, day: number): Photo[] {
    const { data } = this.#grid.geometry.sections[section]!;
    if (!data) return [];
    const start = data.dayStarts[day]!;
    return Array.from({ length: data.dayStarts[day + 1]! - start }, (_, i) => data.photo(start + i));
  }

  #keysBetween(a: Spot, b: Spot): string[] {
    const first = Math.min(a.section, b.section);
    return this.#grid.geometry.sections.slice(first, Math.max(a.section, b.section) + 1).map(({ key }) => key);
  }

  /** Both ends included, in the order of the list; of months that are here. */
  #between(a: string, b: string): Photo[] {
    const { geometry } = this.#grid;
    const ends = [geometry.find(a), geometry.find(b)];
    if (!ends[0] || !ends[1]) return [];
    const [first, last] = (ends as [Spot, Spot]).sort((x, y) => x.section - y.section || x.index - y.index);
    const photos: Photo[] = [];
    for (let section = first.section; section <= last.section; section++) {
      const data = geometry.sections[section]!.data;
      if (!data) continue;
      const from = section === first.section ? first.index : 0;
      const to = section === last.section ? last.index : data.length - 1;
      for (let i = from; i <= to; i++) photos.push(data.photo(i));
    }
    return photos;
  }
}
