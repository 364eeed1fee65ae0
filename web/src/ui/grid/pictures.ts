/**
 * Loads the pictures of tiles: a few at once, those in view first, none that left the screen. A browser left alone
 * loads them in the order in which they were asked for, and the ones that matter wait behind those that passed.
 */
export interface Job {
  readonly image: HTMLImageElement;
  readonly url: string;
  /** Pixels from the view; the smaller, the sooner. */
  distance(): number;
  /** `waited` milliseconds for the picture; 0: it was here already. */
  onload(waited: number): void;
  onerror(): void;
}

/** Browsers open six connections to a server over HTTP/1.1; a few more wait for no answer to come to no request. */
const AT_ONCE = 10;

/** One picture says so much about how long the next will take. */
const WEIGHT = 0.1;
const LONGEST_LATENCY_MS = 250;

export class PictureQueue {
  /** How long a picture takes to come, as the last ones did: milliseconds. */
  latency = 80;
  readonly #waiting = new Set<Job>();
  readonly #running = new Set<Job>();
  #scheduled = false;

  /** Returns what cancels it. */
  add(job: Job): () => void {
    this.#waiting.add(job);
    this.#schedule();
    return () => this.#cancel(job);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // All tiles of a frame ask first, then the nearest go.
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#running.size < AT_ONCE && this.#waiting.size) {
      let nearest: Job | undefined;
      let least = Infinity;
      for (const job of this.#waiting) {
        const distance = job.distance();
        if (distance >= least && nearest) continue;
        nearest = job;
        least = distance;
        if (distance === 0) break;
      }
      this.#start(nearest!);
    }
  }

  #start(job: Job): void {
    const { image } = job;
    const started = performance.now();
    this.#waiting.delete(job);
    image.src = job.url;
    if (image.complete && image.naturalWidth) return job.onload(0);
    this.#running.add(job);
    image.onload = () => {
      const waited = performance.now() - started;
      this.latency += WEIGHT * (Math.min(waited, LONGEST_LATENCY_MS) - this.latency);
      this.#end(job, () => job.onload(waited));
    };
    image.onerror = () => this.#end(job, () => job.onerror());
  }

  #end(job: Job, tell: () => void): void {
    this.#running.delete(job);
    job.image.onload = job.image.onerror = null;
    tell();
    this.#schedule();
  }

  #cancel(job: Job): void {
    this.#waiting.delete(job);
    if (!this.#running.delete(job)) return;
    job.image.onload = job.image.onerror = null;
    // Taking an image out of the document does not stop its request; this does.
    job.image.removeAttribute('src');
    this.#schedule();
  }
}
