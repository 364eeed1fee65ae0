/* eslint-disable svelte/prefer-svelte-reactivity -- plain collections; what is drawn has its own signals */
/**
 * The photos of a user by months, newest first: what is on the server, what of it is here, and the list that the
 * viewer walks along. Made by the page; `TimelineView` draws it.
 */
import { createContext } from 'svelte';
import { api, ApiError, call, type Schema } from '#lib/api/client';
import type { Photo, PhotoList } from '#lib/photos';
import { Grid, Selection, type Anchor, type Spot } from '#ui/grid';
import { Loader } from './loader';
import { Month } from './month';
import { Packer } from './packer';

export interface Filter {
  visibility?: Schema['AssetVisibility'];
  isTrashed?: boolean;
  isFavorite?: boolean;
  albumId?: string;
  personId?: string;
  tagId?: string;
  withStacked?: boolean;
  withPartners?: boolean;
}

type State = 'loading' | 'ready' | 'failed';

/** Photos kept beyond those in view. */
const KEPT_PHOTOS = 60_000;
/** A screen of photos, more or less. */
const FIRST_PHOTOS = 60;
/** Months of so many photos are parsed in a worker, which is started while the first one is on its way. */
const MANY = 500;
const MONTH = /^\d{4}-\d{2}/;

export class Timeline implements PhotoList {
  readonly grid = new Grid(new Date().toISOString().slice(0, 8) + '01');
  readonly selection = new Selection(this.grid);
  readonly filter: Filter;
  state = $state<State>('loading');
  started = false;
  error = $state.raw<ApiError | null>(null);
  /** Of all photos, here or not. */
  count = $state(0);
  readonly #months: Loader<Month>;
  readonly #packer = new Packer();
  /** What the server counted last, which is not always what a month turns out to hold. */
  #counted = new Map<string, number>();
  #awaited: Anchor | undefined;
  #started: Promise<void> | undefined;

  constructor(filter: Filter) {
    this.filter = filter;
    this.#months = new Loader<Month>({
      fetch: (key, signal) => this.#fetchMonth(key, signal),
      ondata: (key, month) => this.#setMonth(key, month),
      onerror: (_, cause) => this.#fail(cause),
      weight: (month) => month.length,
      capacity: KEPT_PHOTOS,
    });
    this.grid.onwant = (keys, inView) => this.#months.want(keys, inView);
    this.grid.ensure = async (keys) => {
      for (const key of keys) await this.#months.load(key);
    };
  }

  /** Asks for the counts: at first, after a failure, and whenever they may have changed. */
  async start(): Promise<void> {
    this.started = true;
    try {
      const query = { ...this.filter };
      const buckets = await call(api.GET('/timeline/buckets', { params: { query } }));
      this.#setCounts(new Map(buckets.map(({ timeBucket, count }) => [timeBucket, count])));
      this.state = 'ready';
      this.error = null;
      this.#months.retry();
      if (this.#awaited) this.grid.restore(this.#awaited);
      this.#awaited = undefined;
    } catch (cause) {
      this.#fail(cause);
    }
  }

  /** As `start`, but what is on screen stays there when nobody answers. */
  async refresh(): Promise<void> {
    this.grid.attempt++;
    await this.start();
  }

  stop(): void {
    this.#months.stop();
    this.#packer.stop();
  }

  /** Comes back to where somebody was, as soon as there is something to come back to; not once they went on. */
  restore(anchor: Anchor): void {
    if (this.grid.place > 0 || this.grid.revealed) return;
    if (this.state === 'ready') this.grid.restore(anchor);
    else this.#awaited = anchor;
  }

  get(id: string): Photo | undefined {
    // Who shows this photo is told when it changes.
    void this.grid.version;
    const spot = this.grid.geometry.find(id);
    return spot && this.#photoAt(spot);
  }

  async find(id: string): Promise<Photo | undefined> {
    await this.#started;
    if (!this.get(id)) {
      const asset = await call(api.GET('/assets/{id}', { params: { path: { id } } }));
      const month = MONTH.exec(asset.localDateTime)?.[0];
      if (!month || this.grid.geometry.indexOfKey(`${month}-01`) < 0) return undefined;
      await this.#months.load(`${month}-01`);
    }
    return this.get(id);
  }

  /** The date on screen, and those of both ends, which are exact where photos are here: 'YYYY-MM-DD'. */
  get dates(): { value: string; oldest: string; newest: string } {
    const { sections } = this.grid.geometry;
    const spot = this.grid.firstInView();
    const [newest, oldest] = [sections[0]?.key ?? '', sections.at(-1)?.key ?? ''];
    const value = spot ? this.#photoAt(spot).takenAt.slice(0, 10) : (sections[this.grid.at.section]?.key ?? newest);
    return { value, oldest, newest: endOfMonth(newest) };
  }

  /** Goes to the day, or to the nearest before it that has photos. */
  async goToDate(date: string): Promise<void> {
    const { geometry } = this.grid;
    const older = geometry.sections.findIndex(({ key }) => key.slice(0, 7) <= date.slice(0, 7));
    const section = older < 0 ? geometry.sections.length - 1 : older;
    const key = geometry.sections[section]?.key;
    if (!key) return;
    this.grid.goToSection(section, 0);
    await this.#months.load(key);
    const at = geometry.indexOfKey(key);
    const data = geometry.sections[at]?.data;
    if (!data) return;
    let day = 0;
    while (day < data.dayStarts.length - 2 && data.dayKey(day) > date) day++;
    const spot = { section: at, index: data.dayStarts[day]! };
    this.grid.goToDay(spot);
    this.grid.reveal(spot);
  }

  async neighbour(id: string, step: 1 | -1): Promise<Photo | undefined> {
    const { geometry } = this.grid;
    const spot = geometry.find(id);
    if (!spot) return undefined;
    let { section } = spot;
    let index = spot.index + step;
    for (;;) {
      const { data } = geometry.sections[section]!;
      if (data && index >= 0 && index < data.length) return data.photo(index);
      section += step;
      const next = geometry.sections[section];
      if (!next) return undefined;
      await this.#months.load(next.key);
      index = step > 0 ? 0 : (next.data?.length ?? 0) - 1;
    }
  }

  async edge(side: 1 | -1): Promise<Photo | undefined> {
    const { geometry } = this.grid;
    const key = geometry.sections.at(side === 1 ? -1 : 0)?.key;
    if (key === undefined) return undefined;
    await this.#months.load(key);
    const { data } = geometry.sections[geometry.indexOfKey(key)]!;
    return data?.photo(side === 1 ? data.length - 1 : 0);
  }

  around(id: string, count: number): Photo[] {
    void this.grid.version;
    const spot = this.grid.geometry.find(id);
    if (!spot) return [];
    const before = this.#walk(spot, -1, count).reverse();
    return [...before, this.#photoAt(spot), ...this.#walk(spot, 1, count)];
  }

  position(id: string): { index: number; count: number } | undefined {
    const { count, sections } = this.grid.geometry;
    const spot = this.grid.geometry.find(id);
    if (!spot) return undefined;
    const before = sections.slice(0, spot.section).reduce((sum, section) => sum + section.count, 0);
    return { index: before + spot.index, count };
  }

  reveal(id: string): void {
    const spot = this.grid.geometry.find(id);
    if (spot) this.grid.reveal(spot);
  }

  rectOf(id: string): DOMRect | undefined {
    return this.grid.rectOf(id);
  }

  focus(id: string): void {
    this.grid.focus(id);
  }

  remove(ids: readonly string[]): Photo[] {
    const removed: Photo[] = [];
    for (const [{ key, data }, own] of this.#bySection(ids)) {
      removed.push(...own.map((index) => data!.photo(index)));
      this.#setMonth(key, (data as Month).without(new Set(own.map((index) => data!.photo(index).id))));
    }
    this.selection.drop(ids);
    return removed;
  }

  insert(photos: readonly Photo[]): void {
    for (const [key, own] of Map.groupBy(photos, ({ takenAt }) => `${takenAt.slice(0, 7)}-01`)) {
      // A job that was done again after a crash tells of its photo twice.
      const fresh = [...new Map(own.map((photo) => [photo.id, photo])).values()].filter(({ id }) => !this.get(id));
      if (!fresh.length) continue;
      const { geometry } = this.grid;
      const section = geometry.sections[geometry.indexOfKey(key)];
      if (section?.data) this.#setMonth(key, (section.data as Month).with(fresh));
      else this.#recount(key, (section?.count ?? 0) + fresh.length);
    }
    this.count = this.grid.geometry.count;
  }

  update(ids: readonly string[], change: Partial<Photo>): void {
    for (const [{ key, data }] of this.#bySection(ids)) {
      this.#setMonth(key, (data as Month).changed(ids, change));
    }
  }

  #photoAt({ section, index }: Spot): Photo {
    return this.grid.geometry.sections[section]!.data!.photo(index);
  }

  #walk({ section, index }: Spot, step: 1 | -1, count: number): Photo[] {
    const photos: Photo[] = [];
    const { sections } = this.grid.geometry;
    for (let data = sections[section]?.data; data && photos.length < count; ) {
      index += step;
      if (index >= 0 && index < data.length) photos.push(data.photo(index));
      else {
        data = sections[(section += step)]?.data;
        index = step > 0 ? -1 : (data?.length ?? 0);
      }
    }
    return photos;
  }

  /** The sections themselves, not their places: one that becomes empty leaves the list, and the others move up. */
  #bySection(ids: readonly string[]): Map<Grid['geometry']['sections'][number], number[]> {
    const { geometry } = this.grid;
    const spots = ids.flatMap((id) => geometry.find(id) ?? []);
    const bySection = Map.groupBy(spots, ({ section }) => geometry.sections[section]!);
    return new Map([...bySection].map(([section, own]) => [section, own.map(({ index }) => index)]));
  }

  async #fetchMonth(key: string, signal: AbortSignal): Promise<Month> {
    const query = { ...this.filter, timeBucket: key };
    const json = await call(api.GET('/timeline/bucket', { params: { query }, signal, parseAs: 'arrayBuffer' }));
    return Month.from(await this.#packer.pack(json));
  }

  #setMonth(key: string, month: Month | null): void {
    if (month?.length === 0) this.#recount(key, 0);
    else this.grid.setData(key, month);
    this.count = this.grid.geometry.count;
  }

  /** Takes the server's counts. Months that are here and changed are fetched again, and stay on screen until then. */
  #setCounts(counts: ReadonlyMap<string, number>): void {
    const { sections } = this.grid.geometry;
    const here = new Map(sections.flatMap(({ key, data }) => (data ? [[key, data.length]] : [])));
    const changed = [...here.keys()].filter((key) => counts.has(key) && counts.get(key) !== this.#counted.get(key));
    for (const key of here.keys()) if (!counts.has(key)) this.#months.drop(key);
    this.grid.setSections(Array.from(counts, ([key, count]) => ({ key, count: here.get(key) ?? count })));
    this.#counted = new Map(counts);
    if (Math.max(0, ...counts.values()) > MANY) this.#packer.warm();
    this.count = this.grid.geometry.count;
    for (const key of changed) this.#months.reload(key);
    // The first months are on their way while the page is still being built; then the grid knows what it wants.
    if (!this.grid.view && !this.#awaited) this.#wantFirst(counts);
  }

  #wantFirst(counts: ReadonlyMap<string, number>): void {
    const keys: string[] = [];
    let photos = 0;
    for (const [key, count] of counts) {
      if (photos >= FIRST_PHOTOS) break;
      keys.push(key);
      photos += count;
    }
    this.#months.want(keys, keys.length);
  }

  /** A month came, went, or is known to hold another number of photos than those that are here. */
  #recount(key: string, count: number): void {
    this.#months.drop(key);
    const sections = this.grid.geometry.sections.map((section) => ({ key: section.key, count: section.count }));
    const others = sections.filter((section) => section.key !== key);
    if (count) others.push({ key, count });
    this.grid.setSections(others.sort((a, b) => (a.key < b.key ? 1 : -1)));
  }

  #fail(cause: unknown): void {
    if (cause instanceof DOMException && cause.name === 'AbortError') return;
    this.error = cause instanceof ApiError ? cause : new ApiError(0, String(cause), undefined);
    if (this.state === 'loading') this.state = 'failed';
  }
}

function endOfMonth(key: string): string {
  const [year, month] = key.split('-').map(Number);
  return year && month ? new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10) : key;
}

export const [getTimeline, setTimeline] = createContext<Timeline>();
