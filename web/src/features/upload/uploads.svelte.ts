/**
 * Uploads as the page sees them. Made once by the layout of the signed-in pages, so that they survive navigation; found
 * through `getUploads()`. Small itself: what does the work is loaded with the first file.
 */
import { createContext } from 'svelte';
import { api, call } from '#lib/api/client';
import type { Connection } from '#lib/connection.svelte';
import { t } from '#lib/i18n';
import type { Toasts } from '#ui';
import { entriesOf, pastedName } from './drop';
import type { Found, Item } from './item';
import type { Progress } from './progress';
import type { Queue } from './queue';
import type { MediaTypes } from './sort-out';
import { keepUnfinished, takeUnfinished, type Unfinished } from './unfinished';

/** The page is drawn anew at most so often, however fast files go. */
const REDRAW_MS = 200;

type Engine = typeof import('./engine');

export class Uploads {
  /** Undefined before the first file. A new object after each change. */
  progress = $state.raw<Progress | undefined>();
  /** Folders are being looked through: more files may come. */
  collecting = $state(0);
  /** Paths of what the server does not take. */
  leftOut = $state.raw<readonly string[]>([]);
  /** Paths that could not be read when they were dropped. */
  unreadable = $state.raw<readonly string[]>([]);
  /** Too many files or too deep folders: the rest was not looked at. */
  truncated = $state(false);
  /** What a reload interrupted. */
  unfinished = $state.raw<Unfinished | undefined>();
  folded = $state(false);

  readonly #userId: string;
  readonly #toasts: Toasts;
  readonly #connection: Connection;
  #queue: Queue | undefined;
  #engine: Promise<Engine> | undefined;
  #types: MediaTypes | null = null;
  #hasher: InstanceType<Engine['Hasher']> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(userId: string, toasts: Toasts, connection: Connection) {
    this.#userId = userId;
    this.#toasts = toasts;
    this.#connection = connection;
    this.unfinished = takeUnfinished(userId);
  }

  get busy(): boolean {
    return this.collecting > 0 || (this.#queue?.busy ?? false);
  }

  /** Is there anything to show? */
  get visible(): boolean {
    const { progress } = this;
    return Boolean(this.unfinished || this.collecting || progress?.total || this.leftOut.length || this.unreadable.length);
  }

  /** Plain objects, changed in place: read them again after each change of `progress`. */
  get items(): readonly Item[] {
    return this.#queue?.items ?? [];
  }

  /** Opens the browser's own dialog. Call it in the click. */
  pick(kind: 'files' | 'folder' = 'files'): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.hidden = true;
    input.multiple = true;
    input.webkitdirectory = kind === 'folder';
    input.accept = this.#accept();
    input.addEventListener('cancel', () => input.remove());
    input.addEventListener('change', () => {
      void this.add([...input.files!]);
      input.remove();
    });
    // In the page: Safari forgets an input that is nowhere.
    document.body.append(input);
    input.click();
    void this.#mediaTypes();
  }

  add(files: readonly File[]): Promise<void> {
    return this.#take((engine) => ({ folders: engine.byFolder(files), unreadable: [], truncated: false }));
  }

  paste(files: readonly File[]): Promise<void> {
    return this.add(files.map((file) => pastedName(file)));
  }

  /** Call it in the drop event itself. */
  drop(transfer: DataTransfer): Promise<void> {
    const entries = entriesOf(transfer);
    return this.#take((engine) => engine.walk(entries));
  }

  pause(): void {
    this.#queue?.pause();
  }

  resume(): void {
    this.#queue?.resume();
  }

  /** The network is back: no need to wait for the next try. */
  nudge(): void {
    this.#queue?.nudge();
  }

  retry(items: readonly Item[]): void {
    this.#queue?.retry(items);
  }

  cancel(items: readonly Item[]): void {
    const open = items.filter((item) => !item.settled);
    this.#queue?.cancel(open);
    if (open.length === 0) return;
    const undo = { title: t('upload.undo'), run: () => this.#queue?.retry(open) };
    this.#toasts.show({ id: 'upload-cancelled', text: t('upload.cancelled', { count: open.length }), action: undo });
  }

  /** Takes what is done and what was left out off the list. */
  dismiss(): void {
    this.unfinished = undefined;
    this.leftOut = [];
    this.unreadable = [];
    this.truncated = false;
    this.#queue?.forget();
    this.#redraw();
  }

  /** The page may go any moment: the next one says what was not finished. */
  keep(): void {
    const open = this.items.filter((item) => !item.settled);
    keepUnfinished(this.#userId, open.map(({ path }) => path));
  }

  /** The session has ended: who signs in again is told what was not finished. */
  close(): void {
    this.keep();
    clearTimeout(this.#timer);
    this.#queue?.close();
    this.#hasher?.close();
  }

  async #take(find: (engine: Engine) => Walked): Promise<void> {
    this.unfinished = undefined;
    this.collecting++;
    try {
      const [engine, types] = await Promise.all([this.#load(), this.#mediaTypes()]);
      const walked = find(engine);
      for await (const folder of walked.folders) this.#enqueue(engine.sortOut(folder, types));
      this.unreadable = [...this.unreadable, ...walked.unreadable];
      this.truncated ||= walked.truncated;
    } catch (cause) {
      this.#toasts.show({ tone: 'error', text: t('upload.notStarted') });
      console.error(cause);
    } finally {
      this.collecting--;
    }
  }

  #enqueue({ send, leftOut }: ReturnType<Engine['sortOut']>): void {
    if (leftOut.length > 0) this.leftOut = [...this.leftOut, ...leftOut];
    this.#queue!.add(send);
  }

  async #load(): Promise<Engine> {
    this.#engine ??= this.#fetchEngine();
    const engine = await this.#engine;
    this.#hasher ??= new engine.Hasher();
    this.#queue ??= new engine.Queue(engine.uploadServer, this.#hasher.hash, () => this.#changed());
    return engine;
  }

  /** A script of the server's, too: while that is away, what was chosen waits for both. */
  async #fetchEngine(): Promise<Engine> {
    for (;;) {
      try {
        return await import('./engine');
      } catch (cause) {
        if (await this.#connection.ask()) {
          this.#engine = undefined;
          throw cause;
        }
        await this.#connection.back();
      }
    }
  }

  /** Null while the server cannot be asked: then it judges each file itself. */
  async #mediaTypes(): Promise<MediaTypes | null> {
    if (!this.#connection.online) return this.#types;
    try {
      this.#types ??= await call(api.GET('/server/media-types'));
    } catch {
      // Asked again with the next files.
    }
    return this.#types;
  }

  /** Phones open their gallery for kinds, and a file manager for extensions. */
  #accept(): string {
    const kinds = 'image/*,video/*';
    if (!this.#types || matchMedia('(pointer: coarse)').matches) return kinds;
    return [kinds, ...this.#types.image, ...this.#types.video, ...this.#types.sidecar].join();
  }

  #changed(): void {
    this.#timer ??= setTimeout(() => this.#redraw(), REDRAW_MS);
  }

  #redraw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.progress = this.#queue?.progress();
    if (this.busy) return;
    this.#hasher?.close();
    keepUnfinished(this.#userId, []);
  }
}

interface Walked {
  folders: AsyncIterable<Found[]> | Iterable<Found[]>;
  unreadable: readonly string[];
  truncated: boolean;
}

export const [getUploads, setUploads] = createContext<Uploads>();
