/**
 * A month of the timeline, as the grid reads it. Immutable: an edit gives a new month that shares columns and photos
 * with the old one, so that who draws sees what stayed the same.
 */
import type { Photo } from '#lib/photos';
import type { SectionData } from '#ui/grid';
import { DAY_MS, IS_FAVORITE, IS_IMAGE, IS_TRASHED, readId, VISIBILITIES, writeId, type Columns } from './columns';

export class Month implements SectionData {
  readonly length: number;
  readonly ratios: Float32Array;
  readonly dayStarts: Uint32Array;
  readonly #columns: Columns;
  /** Which row is shown where. Rows from `columns.length` on are photos that came later. */
  readonly #order: Uint32Array;
  /** By row: those that came later or were changed, and those that somebody has looked at. */
  readonly #photos: Map<number, Photo>;

  private constructor(columns: Columns, order: Uint32Array, photos: Map<number, Photo>) {
    this.#columns = columns;
    this.#order = order;
    this.#photos = photos;
    this.length = order.length;
    this.ratios = new Float32Array(order.length);
    const starts: number[] = [];
    for (let i = 0, day = NaN; i < order.length; i++) {
      const row = order[i]!;
      this.ratios[i] = photos.get(row)?.ratio ?? columns.ratios[row]!;
      const own = dayOf(this.#taken(row));
      if (own !== day) starts.push(i);
      day = own;
    }
    this.dayStarts = Uint32Array.of(...starts, order.length);
  }

  static from(columns: Columns): Month {
    const order = new Uint32Array(columns.length);
    for (let row = 0; row < order.length; row++) order[row] = row;
    return new Month(columns, order, new Map());
  }

  photo(index: number): Photo {
    const row = this.#order[index]!;
    let photo = this.#photos.get(row);
    if (!photo) this.#photos.set(row, (photo = unpack(this.#columns, row)));
    return photo;
  }

  indexOf(id: string): number {
    const row = this.#rowOf(id);
    if (row < 0) return -1;
    return this.#order[row] === row ? row : this.#order.indexOf(row);
  }

  dayKey(day: number): string {
    return this.photo(this.dayStarts[day]!).takenAt.slice(0, 10);
  }

  /** The place of most photos of the day. */
  dayPlace(day: number): string {
    const counts = new Map<string, number>();
    let best = '';
    for (let i = this.dayStarts[day]!; i < this.dayStarts[day + 1]!; i++) {
      const name = this.#placeName(this.#order[i]!);
      if (!name) continue;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      if (count > (counts.get(best) ?? 0)) best = name;
    }
    return best;
  }

  without(ids: ReadonlySet<string>): Month {
    const rows = new Set<number>();
    for (const id of ids) rows.add(this.#rowOf(id));
    return new Month(
      this.#columns,
      this.#order.filter((row) => !rows.has(row)),
      this.#photos,
    );
  }

  /** With photos that are not in it yet, each where the server will list it. */
  with(added: readonly Photo[]): Month {
    const photos = new Map(this.#photos);
    let next = Math.max(this.#columns.length, ...this.#photos.keys(), -1) + 1;
    const rows: number[] = [];
    for (const photo of added) {
      const old = this.#rowOf(photo.id);
      const stays = old >= 0 && this.#instant(old) === photo.instant && this.#takenAt(old) === photo.takenAt;
      const row = stays ? old : next++;
      photos.set(row, photo);
      rows.push(row);
    }
    // The order of its own rows does not depend on the new ones.
    const all = new Month(this.#columns, this.#order, photos);
    rows.sort((a, b) => all.#compare(a, b));
    const order = new Uint32Array(this.#order.length + rows.length);
    for (let i = 0, own = 0, other = 0; i < order.length; i++) {
      const isOwn = other === rows.length || (own < this.#order.length && all.#compare(this.#order[own]!, rows[other]!) < 0);
      order[i] = isOwn ? this.#order[own++]! : rows[other++]!;
    }
    return new Month(this.#columns, order, photos);
  }

  changed(ids: readonly string[], change: Partial<Photo>): Month {
    const photos = new Map(this.#photos);
    for (const id of ids) {
      const index = this.indexOf(id);
      if (index >= 0) photos.set(this.#order[index]!, { ...this.photo(index), ...change });
    }
    return new Month(this.#columns, this.#order, photos);
  }

  #rowOf(id: string): number {
    for (const [row, photo] of this.#photos) if (row >= this.#columns.length && photo.id === id) return row;
    const words = new Uint32Array(4);
    writeId(id, words, 0);
    const { ids, length } = this.#columns;
    for (let row = 0; row < length; row++) {
      const at = 4 * row;
      if (ids[at] === words[0] && ids[at + 1] === words[1] && ids[at + 2] === words[2] && ids[at + 3] === words[3]) return row;
    }
    return -1;
  }

  /** The server's order: the newest day first, in it the newest moment, then by ids. Its own rows have come in it. */
  #compare(a: number, b: number): number {
    if (a < this.#columns.length && b < this.#columns.length) return a - b;
    const byTime = dayOf(this.#taken(b)) - dayOf(this.#taken(a)) || this.#instant(b) - this.#instant(a);
    return byTime || (this.#id(a) < this.#id(b) ? -1 : 1);
  }

  #id(row: number): string {
    return row < this.#columns.length ? readId(this.#columns.ids, 4 * row) : this.#photos.get(row)!.id;
  }

  #instant(row: number): number {
    return row < this.#columns.length ? this.#columns.instants[row]! : this.#photos.get(row)!.instant;
  }

  #taken(row: number): number {
    return row < this.#columns.length ? this.#columns.taken[row]! : timeOf(this.#photos.get(row)!.takenAt);
  }

  #takenAt(row: number): string {
    return new Date(this.#taken(row)).toISOString().slice(0, 19);
  }

  #placeName(row: number): string {
    if (row >= this.#columns.length) {
      const { city, country } = this.#photos.get(row)!;
      return city ?? country ?? '';
    }
    const [city, country] = this.#columns.places[this.#columns.placeOf[row]!]!;
    return city ?? country ?? '';
  }
}

const dayOf = (taken: number) => Math.floor(taken / DAY_MS);
const timeOf = (takenAt: string) => Date.parse(`${takenAt}Z`);

function unpack(columns: Columns, row: number): Photo {
  const [city, country] = columns.places[columns.placeOf[row]!]!;
  const flags = columns.flags[row]!;
  const duration = columns.durations[row]!;
  const hash = columns.hashes.subarray(columns.hashStarts[row], columns.hashStarts[row + 1]);
  return {
    id: readId(columns.ids, 4 * row),
    ownerId: columns.owners[columns.ownerOf[row]!]!,
    ratio: columns.ratios[row]!,
    thumbhash: hash.length ? btoa(String.fromCharCode(...hash)) : null,
    isImage: (flags & IS_IMAGE) !== 0,
    isFavorite: (flags & IS_FAVORITE) !== 0,
    isTrashed: (flags & IS_TRASHED) !== 0,
    visibility: VISIBILITIES[columns.visibilities[row]!]!,
    durationMs: duration < 0 ? null : duration,
    takenAt: new Date(columns.taken[row]!).toISOString().slice(0, 19),
    instant: columns.instants[row]!,
    city,
    country,
    livePhotoVideoId: columns.liveVideos.get(row) ?? null,
    projectionType: columns.projections.get(row) ?? null,
    stackCount: columns.stacks.get(row) ?? 0,
  };
}
