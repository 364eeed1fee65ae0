/** Makes columns of a month's JSON without holding up the screen: a small month at once, a large one in a worker. */
import { pack, type Bucket, type Columns } from './columns';
import type { PackAnswer } from './pack.worker';

/** Some 500 photos: parsed in about 2 ms, less than a way to the worker and back. */
const SMALL = 128 * 1024;
/** A worker that has not answered for so long will not. */
const LIMIT_MS = 10_000;

export class Packer {
  #worker: Worker | undefined;
  /** There is no worker to be had here. */
  #without = false;
  #next = 0;
  readonly #waiting = new Map<number, (columns: Columns | undefined) => void>();

  /** Starts the worker before it is needed. */
  warm(): void {
    if (this.#worker || this.#without) return;
    try {
      this.#worker = new Worker(new URL('./pack.worker.ts', import.meta.url), { type: 'module' });
      this.#worker.onmessage = ({ data }: MessageEvent<PackAnswer>) => this.#waiting.get(data.id)?.(data.columns);
      this.#worker.onerror = () => this.#giveUp();
    } catch {
      this.#giveUp();
    }
  }

  async pack(json: ArrayBuffer): Promise<Columns> {
    if (json.byteLength > SMALL) this.warm();
    // The bytes are copied, not handed over: without an answer they are needed here.
    const packed = json.byteLength > SMALL && this.#worker ? await this.#ask(this.#worker, json) : undefined;
    return packed ?? pack(JSON.parse(new TextDecoder().decode(json)) as Bucket);
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const answer of this.#waiting.values()) answer(undefined);
  }

  #ask(worker: Worker, json: ArrayBuffer): Promise<Columns | undefined> {
    const id = this.#next++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#giveUp(), LIMIT_MS);
      this.#waiting.set(id, (columns) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(columns);
      });
      worker.postMessage({ id, json });
    });
  }

  #giveUp(): void {
    this.#without = true;
    this.stop();
  }
}
