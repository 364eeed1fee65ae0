/**
 * The API takes ids up to a body of 10 MB and this app waits half a minute for an answer: a thousand at a time is far
 * below the one and well within the other.
 */
export const BATCH_SIZE = 1000;

export function batches<T>(items: readonly T[], size = BATCH_SIZE): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}

export interface Outcome {
  done: string[];
  refused: string[];
  /** Why it stopped; undefined when everything was done. */
  reason?: unknown;
}

/** Sends the ids a batch at a time. The first refusal ends it: what comes after would be refused as well. */
export async function sendBatches(
  ids: readonly string[],
  send: (ids: string[]) => Promise<unknown>,
  size = BATCH_SIZE,
): Promise<Outcome> {
  const done: string[] = [];
  for (const batch of batches(ids, size)) {
    try {
      await send(batch);
    } catch (reason) {
      return { done, refused: ids.slice(done.length), reason };
    }
    done.push(...batch);
  }
  return { done, refused: [] };
}
