/**
 * What the viewer shows: one photo of a list, what is beside it, and what the server knows about it. Made by the Viewer
 * for its list; lives as long as it.
 */
import { untrack } from 'svelte';
import { api, ApiError, call } from '#lib/api/client';
import type { Photo, PhotoList } from '#lib/photos';
import type { AssetInfo } from './facts';
import { toPhoto } from './to-photo';

/**
 * finding: asking where it is; shown; missing: there is no such photo, or it is not for this person (the server does not
 * tell which); gone: it was here a moment ago; failed: nobody could be asked.
 */
export type Status = 'finding' | 'shown' | 'missing' | 'gone' | 'failed';

interface Sides {
  of: string;
  previous: Photo | undefined;
  next: Photo | undefined;
}

/** Held arrow keys pass many photos: the address and what costs a request follow when they rest. */
const REST_MS = 150;

export class ViewerState {
  /** The photo that is open; changes at once, the address follows. */
  id = $state('');
  info = $state.raw<AssetInfo | undefined>();
  infoError = $state.raw<ApiError | undefined>();
  #search = $state.raw<'finding' | 'missing' | 'failed'>('finding');
  error = $state.raw<ApiError | undefined>();
  /** Opened by a link and not in the list: archived, or another filter. */
  #outside = $state.raw<Photo | undefined>();
  /** What is beside the photo, as the list told when it opened: also when that is not loaded, or the photo goes away. */
  #asked = $state.raw<Sides | undefined>();
  #seen = $state.raw<string | undefined>();
  #request: AbortController | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #told: string;
  #ended = false;

  readonly photo = $derived.by(() => this.list.get(this.id) ?? (this.#outside?.id === this.id ? this.#outside : undefined));
  readonly status: Status = $derived(this.photo ? 'shown' : this.#seen === this.id ? 'gone' : this.#search);
  readonly #near = $derived.by(() => this.#sidesInList());
  readonly previous = $derived(this.#near.previous ?? this.#beyond('previous', this.#near.next));
  readonly next = $derived(this.#near.next ?? this.#beyond('next', this.#near.previous));

  constructor(
    readonly list: PhotoList,
    id: string,
    private readonly onmove: (id: string) => void,
  ) {
    this.#told = id;
    this.#open(id);
  }

  /** The address has changed: by this viewer (then it is known) or by Back, Forward or a link. */
  follow(id: string): void {
    if (id === this.#told || id === untrack(() => this.id)) return;
    this.#told = id;
    this.#open(id);
  }

  /** Goes to the next (1) or previous (−1) photo; false at the end of the list. */
  async move(step: 1 | -1): Promise<boolean> {
    const from = this.id;
    const known = step === 1 ? this.next : this.previous;
    const target = known ?? (await this.list.neighbour(from, step).catch(() => undefined));
    if (!target || this.id !== from) return false;
    this.go(target.id);
    return true;
  }

  /** Goes to the first (−1) or last (1) photo of the list. */
  async edge(side: 1 | -1): Promise<void> {
    const from = this.id;
    const target = await this.list.edge(side).catch(() => undefined);
    if (target && this.id === from) this.go(target.id);
  }

  go(id: string): void {
    this.#open(id);
    this.#tellLater();
  }

  /** The way on when the open photo leaves the list: the next one, else the previous; undefined when it was the last. */
  beside(): Photo | undefined {
    return this.next ?? this.previous;
  }

  retry(): void {
    this.#open(this.id);
  }

  /** Asks for all that is known about the open photo. */
  async loadInfo(): Promise<void> {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    const id = this.id;
    try {
      const info = await call(api.GET('/assets/{id}', { params: { path: { id } }, signal: request.signal }));
      if (this.id !== id) return;
      this.info = info;
      if (this.#outside?.id === id) this.#outside = toPhoto(info);
    } catch (cause) {
      if (this.id === id && cause instanceof ApiError) this.infoError = cause;
    }
  }

  /** Keeps what an update answered; it leaves some lists out. */
  updated(answer: AssetInfo): void {
    if (this.info?.id !== answer.id) return;
    this.info = { ...this.info, ...answer, ...(this.info.tags && { tags: this.info.tags }) };
  }

  /** From now on it tells the address nothing: a late word would open again what has just been closed. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#rest);
    this.#request?.abort();
  }

  #open(id: string): void {
    this.#request?.abort();
    this.id = id;
    this.info = undefined;
    this.infoError = undefined;
    this.error = undefined;
    this.#search = 'finding';
    if (!untrack(() => this.photo)) void this.#find(id);
    else this.#arrived(id);
  }

  async #find(id: string): Promise<void> {
    try {
      const found = await this.list.find(id);
      if (this.id !== id) return;
      if (!found) this.#outside = toPhoto(await call(api.GET('/assets/{id}', { params: { path: { id } } })));
      if (this.id === id) this.#arrived(id);
    } catch (cause) {
      if (this.id !== id) return;
      this.error = cause instanceof ApiError ? cause : undefined;
      const refused = this.error && this.error.status >= 400 && this.error.status < 500;
      this.#search = refused ? 'missing' : 'failed';
    }
  }

  /** The photo is on screen: look what is beside it and, when it rests, what is known of it. */
  #arrived(id: string): void {
    this.#seen = id;
    void this.#askSides(id);
    this.#tellLater();
  }

  #tellLater(): void {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#rested(), REST_MS);
  }

  #rested(): void {
    if (this.#ended) return;
    if (this.id !== this.#told) {
      this.#told = this.id;
      this.onmove(this.id);
    }
    if (this.status === 'shown' && !this.info) void this.loadInfo();
  }

  #sidesInList(): Sides {
    const around = this.list.around(this.id, 1);
    const at = around.findIndex((photo) => photo.id === this.id);
    return { of: this.id, previous: at < 0 ? undefined : around[at - 1], next: at < 0 ? undefined : around[at + 1] };
  }

  /** What the list answered, as long as it still has it, and has not put it on the other side meanwhile. */
  #beyond(side: 'previous' | 'next', other: Photo | undefined): Photo | undefined {
    const photo = this.#asked?.of === this.id ? this.#asked[side] : undefined;
    return photo && photo.id !== other?.id ? this.list.get(photo.id) : undefined;
  }

  /** Beyond what is loaded the list is asked, one side at a time. */
  async #askSides(id: string): Promise<void> {
    const near = untrack(() => this.#near);
    const ask = (step: 1 | -1, known: Photo | undefined) =>
      known ? Promise.resolve(known) : this.list.neighbour(id, step).catch(() => undefined);
    const [next, previous] = await Promise.all([ask(1, near.next), ask(-1, near.previous)]);
    if (this.id === id) this.#asked = { of: id, previous, next };
  }
}
