/**
 * How fast bytes leave, and so how long the rest takes. Only what was seen in the last seconds counts, so that the
 * figure follows a change of network; it stays silent until there is enough to go by.
 */
const WINDOW_MS = 20_000;
const ENOUGH_MS = 2_000;

export class Pace {
  #samples: { at: number; bytes: number }[] = [];

  /** @param bytes all bytes that have left since the start; may only grow between two restarts. */
  note(bytes: number, at: number): void {
    this.#samples.push({ at, bytes });
    while (this.#samples.length > 2 && this.#samples[1]!.at <= at - WINDOW_MS) this.#samples.shift();
  }

  /** After a pause: what was before says nothing about what comes. */
  restart(): void {
    this.#samples = [];
  }

  /** Bytes a second; undefined while too little was seen, or while nothing moves. */
  get rate(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at - first.at < ENOUGH_MS) return undefined;
    const bytes = last.bytes - first.bytes;
    return bytes > 0 ? (bytes * 1000) / (last.at - first.at) : undefined;
  }

  secondsFor(bytes: number): number | undefined {
    const rate = this.rate;
    return rate === undefined ? undefined : bytes / rate;
  }
}

/**
 * How many bytes will really be sent: of the files that the server was not asked about yet, the share that it turned
 * out to want so far.
 */
export function bytesToCome(bytes: { accepted: number; refused: number; open: number; unsent: number }): number {
  const judged = bytes.accepted + bytes.refused;
  const share = judged > 0 ? bytes.accepted / judged : 1;
  return bytes.unsent + bytes.open * share;
}
