/**
 * Checksums from a worker. One file at a time: a second reader would only make the disk slower.
 * Aborting ends the worker, the next file starts a new one.
 */
import { ApiError } from '#lib/api/client';

export interface HashOrder {
  file: File;
}
export type HashAnswer = { checksum: string } | { unreadable: true };

/** Of a file that has gone, moved or changed since it was chosen. */
export class UnreadableError extends Error {}

export type Hash = (file: File, signal: AbortSignal) => Promise<string>;

export class Hasher {
  #worker: Worker | undefined;

  hash: Hash = (file, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const worker = (this.#worker ??= new Worker(new URL('./hash.worker.ts', import.meta.url), { type: 'module' }));
      const aborted = () => {
        this.close();
        reject(signal.reason);
      };
      signal.addEventListener('abort', aborted, { once: true });
      worker.onmessage = ({ data }: MessageEvent<HashAnswer>) => {
        signal.removeEventListener('abort', aborted);
        if ('checksum' in data) resolve(data.checksum);
        else reject(new UnreadableError());
      };
      // The worker's own script could not be loaded: the server is away, or has another version by now.
      worker.onerror = () => {
        signal.removeEventListener('abort', aborted);
        this.close();
        reject(new ApiError(0, 'the worker did not start', undefined));
      };
      worker.postMessage({ file } satisfies HashOrder);
    });

  /** Gives its memory back; hash() may be called again. */
  close(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}
