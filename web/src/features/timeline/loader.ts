/**
 * Which months are here: fetches those that the grid wants, a few at once and those in view first, cancels what it no
 * longer wants, and forgets what was seen longest ago.
 */
export interface LoaderOptions<T> {
  /** Rejects with an AbortError when the signal fires. */
  fetch(key: string, signal: AbortSignal): Promise<T>;
  ondata(key: string, data: T | null): void;
  onerror(key: string, cause: unknown): void;
  /** What a month weighs, and how much is kept beyond what is wanted. */
  weight(data: T): number;
  capacity: number;
}

const AT_ONCE = 2;
/** When the months in view are here, their pictures come before the months beside them: milliseconds. */
const AHEAD_AFTER_MS = 250;

/** A promise that is kept from outside (Promise.withResolvers is younger than the browsers we know). */
class Asked {
  resolve!: () => void;
  reject!: (cause: unknown) => void;
  readonly promise = new Promise<void>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

export class Loader<T> {
  readonly #options: LoaderOptions<T>;
  /** Oldest use first. */
  readonly #here = new Map<string, number>();
  readonly #running = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  readonly #asked = new Map<string, Asked>();
  #wanted: readonly string[] = [];
  /** So many of the wanted are in view. */
  #inView = 0;
  #ahead: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LoaderOptions<T>) {
    this.#options = options;
  }

  has(key: string): boolean {
    return this.#here.has(key);
  }

  /** What the grid wants now: those in view, then those beside them, the most urgent first. */
  want(keys: readonly string[], inView: number): void {
    this.#wanted = keys;
    this.#inView = inView;
    for (const key of keys) this.#touch(key);
    for (const [key, abort] of this.#running) if (!keys.includes(key) && !this.#asked.has(key)) abort.abort();
    this.#pump();
  }

  /** For those who need a month whatever is on screen. */
  load(key: string): Promise<void> {
    if (this.#here.has(key)) {
      this.#touch(key);
      return Promise.resolve();
    }
    let asked = this.#asked.get(key);
    if (!asked) {
      this.#asked.set(key, (asked = new Asked()));
      // Whoever asked hears of it; that nobody listens any more is no error.
      asked.promise.catch(() => {});
    }
    this.#failed.delete(key);
    this.#pump();
    return asked.promise;
  }

  /** Tries again what failed. */
  retry(): void {
    this.#failed.clear();
    this.#pump();
  }

  /** Fetches a month again that changed on the server. What is here stays until then. */
  reload(key: string): void {
    this.#running.get(key)?.abort();
    void this.#fetch(key);
  }

  /** Forgets a month: it is fetched when it is wanted again. */
  drop(key: string): void {
    this.#here.delete(key);
    this.#running.get(key)?.abort();
  }

  stop(): void {
    this.#wanted = [];
    clearTimeout(this.#ahead);
    for (const abort of this.#running.values()) abort.abort();
    for (const { reject } of this.#asked.values()) reject(new DOMException('stopped', 'AbortError'));
    this.#asked.clear();
  }

  #touch(key: string): void {
    const weight = this.#here.get(key);
    if (weight === undefined) return;
    this.#here.delete(key);
    this.#here.set(key, weight);
  }

  #pump(): void {
    this.#fetchSome([...this.#wanted.slice(0, this.#inView), ...this.#asked.keys()]);
    if (this.#running.size || this.#ahead || !this.#missing(this.#wanted).length) return;
    this.#ahead = setTimeout(() => {
      this.#ahead = undefined;
      // Else they are thought of again when those that run have ended.
      if (!this.#running.size) this.#fetchSome(this.#wanted);
    }, AHEAD_AFTER_MS);
  }

  #missing(keys: readonly string[]): string[] {
    return keys.filter((key) => !this.#here.has(key) && !this.#running.has(key) && !this.#failed.has(key));
  }

  #fetchSome(keys: readonly string[]): void {
    for (const key of this.#missing(keys).slice(0, Math.max(0, AT_ONCE - this.#running.size))) void this.#fetch(key);
  }

  async #fetch(key: string): Promise<void> {
    const abort = new AbortController();
    this.#running.set(key, abort);
    try {
      const data = await this.#options.fetch(key, abort.signal);
      if (abort.signal.aborted) return;
      this.#here.set(key, this.#options.weight(data));
      this.#options.ondata(key, data);
      this.#asked.get(key)?.resolve();
    } catch (cause) {
      if (abort.signal.aborted) return;
      this.#failed.add(key);
      this.#options.onerror(key, cause);
      this.#asked.get(key)?.reject(cause);
    } finally {
      // A reload may have taken its place.
      if (this.#running.get(key) === abort) this.#running.delete(key);
      if (!abort.signal.aborted) this.#asked.delete(key);
      this.#evict();
      this.#pump();
    }
  }

  #evict(): void {
    let total = 0;
    for (const weight of this.#here.values()) total += weight;
    for (const [key, weight] of this.#here) {
      if (total <= this.#options.capacity) return;
      if (this.#wanted.includes(key) || this.#asked.has(key)) continue;
      this.#here.delete(key);
      this.#options.ondata(key, null);
      total -= weight;
    }
  }
}
