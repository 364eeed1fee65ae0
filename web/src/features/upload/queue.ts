/**
 * The queue of uploads: hash, ask the server what it has, send the rest. Plain TypeScript: the page is told of changes
 * and draws them at its own pace (uploads.svelte.ts).
 *
 * Nothing is sent twice: before each attempt, the first and every other, the server was asked for the file's checksum.
 * A lost server is waited for without end, and without counting against any file.
 */
import { type Failure, type Found, Item, type Stage } from './item';
import { failureOf, isAway, isFinal, isSignedOut } from './failure';
import { type Hash, UnreadableError } from './hasher';
import { Line } from './line';
import { Pace } from './pace';
import { type Phase, type Progress, progressOf } from './progress';
import type { UploadServer, Verdict } from './transport';

export interface Limits {
  senders: number;
  /** Files hashed before they can be sent: enough to ask for many at once, few enough to be still in the disk's cache. */
  ahead: number;
  batch: number;
  attempts: number;
  /** Doubled after each attempt. */
  backoffMs: number;
  longestBackoffMs: number;
}

const LIMITS: Limits = { senders: 3, ahead: 32, batch: 16, attempts: 4, backoffMs: 1000, longestBackoffMs: 15_000 };

type Lane = 'waiting' | 'hashed' | 'ready';

export class Queue {
  readonly items: Item[] = [];
  phase: Phase = 'running';

  readonly #server: UploadServer;
  readonly #hash: Hash;
  readonly #onchange: () => void;
  readonly #limits: Limits;
  readonly #waiting = new Line();
  /** Between two steps, in order; never more than `ahead`. */
  readonly #hashed = new Set<Item>();
  readonly #ready = new Set<Item>();
  readonly #sending = new Set<Item>();
  /** Checksums that are on the server by now: the same bytes under another name are asked for again, not sent. */
  readonly #arrived = new Set<string>();
  readonly #pace = new Pace();
  #hashing = false;
  /** How many. */
  #checking = 0;
  #made = 0;
  #sentBytes = 0;
  /** A file of this size did not fit into the quota: larger ones need not travel to hear the same. */
  #overQuota: { size: number; failure: Failure } | undefined;
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(server: UploadServer, hash: Hash, onchange: () => void, limits: Partial<Limits> = {}) {
    this.#server = server;
    this.#hash = hash;
    this.#onchange = onchange;
    this.#limits = { ...LIMITS, ...limits };
  }

  get busy(): boolean {
    return this.items.some((item) => !item.settled);
  }

  add(found: readonly (Found & { sidecar?: File | null })[]): void {
    for (const { file, path, sidecar } of found) {
      const item = new Item(this.#made++, path, file, sidecar ?? null);
      this.items.push(item);
      if (item.size === 0) this.#fail(item, { kind: 'empty' });
      else this.#enter('waiting', item);
    }
    this.#pump();
  }

  pause(): void {
    if (this.phase !== 'running' && this.phase !== 'away') return;
    this.phase = 'paused';
    this.#onchange();
  }

  resume(): void {
    if (this.phase === 'away') this.nudge();
    else if (this.phase !== 'running') this.#run();
  }

  /** Tries again now, instead of after the current wait: the network is back. */
  nudge(): void {
    this.#wake?.();
  }

  /** The file stays known until forget(), so that restore() can take it back. */
  cancel(items: readonly Item[]): void {
    for (const item of items) {
      if (item.settled) continue;
      this.#leave(item);
      item.stage = 'cancelled';
      item.abort?.abort();
    }
    this.#pump();
  }

  /** Sends failed and cancelled files again, from the start: they may have changed. */
  retry(items: readonly Item[]): void {
    this.#overQuota = undefined;
    const known = new Set(this.items);
    for (const item of items) {
      if (item.stage !== 'failed' && item.stage !== 'cancelled') continue;
      if (!known.has(item)) this.items.push(item); // forgotten in between
      item.failure = undefined;
      item.checksum = '';
      item.attempts = 0;
      item.sent = 0;
      this.#enter('waiting', item);
    }
    if (this.phase === 'signed-out') this.#run();
    this.#pump();
  }

  /** Drops what is settled. */
  forget(): void {
    const open = this.items.filter((item) => !item.settled);
    this.items.splice(0, this.items.length, ...open);
    this.#onchange();
  }

  close(): void {
    this.#closed = true;
    this.cancel(this.items);
    this.#wake?.();
  }

  progress(now = performance.now()): Progress {
    if (this.phase === 'running') this.#pace.note(this.#sentBytes, now);
    return progressOf(this.items, this.phase, first(this.#sending), this.#pace);
  }

  #enter(lane: Lane, item: Item): void {
    item.stage = lane;
    if (lane === 'waiting') this.#waiting.add(item);
    else (lane === 'hashed' ? this.#hashed : this.#ready).add(item);
  }

  #leave(item: Item): void {
    this.#hashed.delete(item);
    this.#ready.delete(item);
  }

  /** Starts whatever can be started. Called after every change. */
  #pump(): void {
    if (this.#closed) return;
    this.#onchange();
    if (this.phase !== 'running') return;
    while (this.#sending.size < this.#limits.senders) {
      const item = this.#nextToSend();
      if (!item) break;
      void this.#send(item);
    }
    void this.#checkNext();
    void this.#hashNext();
  }

  async #hashNext(): Promise<void> {
    const ahead = this.#hashed.size + this.#checking + this.#ready.size;
    const item = this.#waiting.first;
    if (!item || this.#hashing || ahead >= this.#limits.ahead) return;
    this.#hashing = true;
    this.#begin(item, 'hashing');
    try {
      item.checksum = await this.#hash(item.file!, item.abort!.signal);
      if (item.stage === 'hashing') this.#enter('hashed', item);
    } catch (cause) {
      if (item.stage === 'hashing') await this.#hashFailed(item, cause);
    }
    this.#hashing = false;
    this.#pump();
  }

  async #hashFailed(item: Item, cause: unknown): Promise<void> {
    if (cause instanceof UnreadableError) this.#fail(item, { kind: 'unreadable' });
    else await this.#setBack([item], cause);
  }

  /** Asks for all that are hashed by now: at once while there is too little to send, otherwise for many together. */
  async #checkNext(): Promise<void> {
    const more = this.#waiting.first && this.#hashed.size < this.#limits.batch;
    if (this.#hashed.size === 0 || this.#checking > 0 || (more && this.#ready.size >= this.#limits.senders)) return;
    const items = [...this.#hashed];
    this.#checking = items.length;
    for (const item of items) this.#begin(item, 'checking');
    try {
      const verdicts = await this.#server.check(items);
      items.forEach((item, i) => this.#judge(item, verdicts[i]!));
    } catch (cause) {
      await this.#setBack(items.filter((item) => item.stage === 'checking'), cause);
    }
    this.#checking = 0;
    this.#pump();
  }

  #judge(item: Item, verdict: Verdict): void {
    if (item.stage !== 'checking') return;
    item.isTrashed = verdict.isTrashed;
    if (verdict.known) return this.#settle(item, 'here');
    this.#arrived.delete(item.checksum);
    this.#enter('ready', item);
  }

  #nextToSend(): Item | undefined {
    for (const item of this.#ready) {
      if (this.#arrived.has(item.checksum)) {
        this.#leave(item);
        this.#enter('hashed', item);
      } else if (this.#overQuota && item.size >= this.#overQuota.size) {
        this.#fail(item, this.#overQuota.failure);
      } else if (![...this.#sending].some(({ checksum }) => checksum === item.checksum)) {
        return item;
      }
    }
    return undefined;
  }

  async #send(item: Item): Promise<void> {
    this.#begin(item, 'sending');
    this.#sending.add(item);
    const onprogress = (bytes: number) => {
      this.#sentBytes += Math.max(bytes - item.sent, 0);
      item.sent = bytes;
      this.#onchange();
    };
    try {
      const status = await this.#server.send(item, onprogress, item.abort!.signal);
      onprogress(item.size);
      this.#arrived.add(item.checksum);
      if (item.stage === 'sending') this.#settle(item, status === 'created' ? 'added' : 'here');
    } catch (cause) {
      if (item.stage === 'sending') await this.#setBack([item], cause);
    }
    this.#sending.delete(item);
    this.#pump();
  }

  /**
   * After an error: when the server is gone or wants a sign-in, all wait for that. Otherwise it is these files' own
   * trouble, and each has a few attempts. All are checked again, the server may have them in spite of the error.
   */
  async #setBack(items: readonly Item[], cause: unknown): Promise<void> {
    if (isSignedOut(cause)) this.phase = 'signed-out';
    else if (!isAway(cause) || (await this.#server.reachable())) return this.#again(items, cause);
    else this.#goAway();
    for (const item of items) this.#return(item);
  }

  async #again(items: readonly Item[], cause: unknown): Promise<void> {
    for (const item of items) {
      // The browser reports a file that changed under its hands as a broken connection.
      if (isAway(cause) && !(await isReadable(item.file!))) this.#fail(item, { kind: 'unreadable' });
      else if (isFinal(cause) || ++item.attempts >= this.#limits.attempts) this.#fail(item, failureOf(cause));
      else this.#later(item, this.#backoff(item.attempts - 1));
    }
  }

  #later(item: Item, ms: number): void {
    const stage = laneOf(item);
    item.stage = stage;
    item.sent = 0;
    setTimeout(() => {
      if (item.stage !== stage) return;
      this.#return(item);
      this.#pump();
    }, ms);
  }

  #return(item: Item): void {
    if (item.settled) return;
    item.sent = 0;
    this.#enter(laneOf(item), item);
  }

  #goAway(): void {
    if (this.phase !== 'running') return;
    this.phase = 'away';
    void this.#waitForServer();
  }

  async #waitForServer(): Promise<void> {
    for (let n = 0; ; n++) {
      await this.#sleep(this.#backoff(n));
      if (this.phase !== 'away' || this.#closed) return;
      if (await this.#server.reachable()) break;
    }
    if (this.phase === 'away') this.#run();
  }

  #run(): void {
    this.phase = 'running';
    this.#pace.restart();
    this.#pump();
  }

  #backoff(n: number): number {
    return Math.min(this.#limits.backoffMs * 2 ** n, this.#limits.longestBackoffMs);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #begin(item: Item, stage: Stage): void {
    this.#leave(item);
    item.stage = stage;
    item.abort = new AbortController();
  }

  #settle(item: Item, stage: 'added' | 'here'): void {
    this.#leave(item);
    item.stage = stage;
    item.abort = undefined;
    item.file = item.sidecar = null;
  }

  #fail(item: Item, failure: Failure): void {
    this.#leave(item);
    item.stage = 'failed';
    item.abort = undefined;
    item.failure = failure;
    if (failure.kind === 'quota' && item.size < (this.#overQuota?.size ?? Infinity)) {
      this.#overQuota = { size: item.size, failure };
    }
  }
}

/** Where it goes on after an error. */
const laneOf = (item: Item): Lane => (item.checksum ? 'hashed' : 'waiting');

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}

async function isReadable(file: File): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
