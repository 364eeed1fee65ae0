/**
 * The photos of a month as columns of numbers: a million photos as objects would take most of a gigabyte, and moving
 * them from a worker would cost as much as parsing them. Made in the worker (pack.worker.ts), read by Month.
 */
import type { Schema } from '#lib/api/client';

export type Bucket = Schema['TimeBucketAssetResponseDto'];

export const VISIBILITIES = ['timeline', 'archive', 'hidden', 'locked'] as const;

export const IS_IMAGE = 1;
export const IS_FAVORITE = 2;
export const IS_TRASHED = 4;

export const DAY_MS = 86_400_000;

export interface Columns {
  readonly length: number;
  /** Four words an id. */
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly ratios: Float32Array<ArrayBuffer>;
  /** By the clock of the place, in milliseconds as if that were UTC. */
  readonly taken: Float64Array<ArrayBuffer>;
  /** The same moments for everybody, in milliseconds since 1970. */
  readonly instants: Float64Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  /** Indices into VISIBILITIES. */
  readonly visibilities: Uint8Array<ArrayBuffer>;
  /** -1: none. */
  readonly durations: Int32Array<ArrayBuffer>;
  /** All thumbhashes in a row, and where each begins; the end at the end. */
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly hashStarts: Uint32Array<ArrayBuffer>;
  readonly owners: readonly string[];
  readonly ownerOf: Uint16Array<ArrayBuffer>;
  /** City and country; the first is neither. */
  readonly places: readonly (readonly [city: string | null, country: string | null])[];
  readonly placeOf: Uint16Array<ArrayBuffer>;
  /** What few photos have, by index. */
  readonly liveVideos: ReadonlyMap<number, string>;
  readonly projections: ReadonlyMap<number, string>;
  readonly stacks: ReadonlyMap<number, number>;
}

/** The buffers of columns, to be handed over between threads and not copied. */
export function buffersOf(columns: Columns): ArrayBuffer[] {
  return Object.values(columns).flatMap((value) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
}

export function pack(bucket: Bucket): Columns {
  const length = bucket.id.length;
  const ids = new Uint32Array(4 * length);
  const taken = new Float64Array(length);
  const instants = new Float64Array(length);
  const flags = new Uint8Array(length);
  const visibilities = new Uint8Array(length);
  const owners = new Dictionary<string>();
  const places = new Dictionary<string>();
  const placeNames: [string | null, string | null][] = [[null, null]];
  places.index('', () => {});
  const ownerOf = new Uint16Array(length);
  const placeOf = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    writeId(bucket.id[i]!, ids, 4 * i);
    instants[i] = Date.parse(`${bucket.fileCreatedAt[i]!}Z`);
    taken[i] = instants[i]! + Math.round(bucket.localOffsetHours[i]! * 3_600_000);
    flags[i] = flagsOf(bucket, i);
    visibilities[i] = Math.max(0, VISIBILITIES.indexOf(bucket.visibility[i]!));
    ownerOf[i] = owners.index(bucket.ownerId[i]!, () => {});
    const city = bucket.city?.[i] ?? null;
    const country = bucket.country?.[i] ?? null;
    if (city ?? country) placeOf[i] = places.index(`${city}\n${country}`, () => placeNames.push([city, country]));
  }
  return {
    length,
    ids,
    ratios: Float32Array.from(bucket.ratio, (ratio) => ratio || 1),
    taken,
    instants,
    flags,
    visibilities,
    durations: Int32Array.from(bucket.duration, (duration) => duration ?? -1),
    ...packHashes(bucket.thumbhash),
    owners: owners.keys(),
    ownerOf,
    places: placeNames,
    placeOf,
    liveVideos: sparse(bucket.livePhotoVideoId),
    projections: sparse(bucket.projectionType),
    stacks: new Map([...sparse(bucket.stack ?? [])].map(([i, stack]) => [i, Number(stack[1])])),
  };
}

function flagsOf(bucket: Bucket, i: number): number {
  return (
    (bucket.isImage[i] ? IS_IMAGE : 0) | (bucket.isFavorite[i] ? IS_FAVORITE : 0) | (bucket.isTrashed[i] ? IS_TRASHED : 0)
  );
}

function packHashes(hashes: readonly (string | null)[]) {
  const starts = new Uint32Array(hashes.length + 1);
  const texts = hashes.map((hash) => (hash ? atob(hash) : ''));
  for (let i = 0; i < texts.length; i++) starts[i + 1] = starts[i]! + texts[i]!.length;
  const bytes = new Uint8Array(starts[texts.length]!);
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i]!;
    for (let k = 0; k < text.length; k++) bytes[starts[i]! + k] = text.charCodeAt(k);
  }
  return { hashes: bytes, hashStarts: starts };
}

function sparse<T>(values: readonly (T | null)[]): Map<number, T> {
  const map = new Map<number, T>();
  for (let i = 0; i < values.length; i++) if (values[i] !== null) map.set(i, values[i]!);
  return map;
}

/** Numbers for values as they come. */
class Dictionary<K> {
  readonly #indices = new Map<K, number>();

  index(key: K, onnew: () => void): number {
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(key, index);
      onnew();
    }
    return index;
  }

  keys(): K[] {
    return [...this.#indices.keys()];
  }
}

export function writeId(id: string, words: Uint32Array, at: number): void {
  words[at] = parseInt(id.slice(0, 8), 16);
  words[at + 1] = parseInt(id.slice(9, 13) + id.slice(14, 18), 16);
  words[at + 2] = parseInt(id.slice(19, 23) + id.slice(24, 28), 16);
  words[at + 3] = parseInt(id.slice(28), 16);
}

export function readId(words: Uint32Array, at: number): string {
  let text = '';
  for (let k = 0; k < 4; k++) text += words[at + k]!.toString(16).padStart(8, '0');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}
