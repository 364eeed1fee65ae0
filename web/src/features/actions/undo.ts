/**
 * What can be taken back, newest last, and the order in which the server hears of it: a change and its undoing may be a
 * blink apart, so requests go one after another while the screen changes at once.
 */
const KEPT = 20;

export interface Undoable {
  /** Takes the change back on screen at once and asks the server. */
  undo(): void | Promise<void>;
}

export class UndoQueue {
  #entries: Undoable[] = [];
  #last: Promise<unknown> = Promise.resolve();

  get size(): number {
    return this.#entries.length;
  }

  push(entry: Undoable): void {
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
  }

  /** The change did not happen, or was taken back from its toast. False when it was no longer there. */
  drop(entry: Undoable): boolean {
    const at = this.#entries.indexOf(entry);
    if (at < 0) return false;
    this.#entries.splice(at, 1);
    return true;
  }

  /** Takes this change back, once. */
  async undo(entry: Undoable): Promise<boolean> {
    if (!this.drop(entry)) return false;
    await entry.undo();
    return true;
  }

  /** Takes the newest change back; false when there is none. */
  async undoLast(): Promise<boolean> {
    const entry = this.#entries.at(-1);
    return entry ? this.undo(entry) : false;
  }

  /** Runs a request after those before it, whether they succeeded or not. */
  inOrder<T>(request: () => Promise<T>): Promise<T> {
    const run = this.#last.then(request, request);
    this.#last = run.catch(() => {});
    return run;
  }
}
