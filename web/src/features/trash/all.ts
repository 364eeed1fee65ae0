/** Everything in the trash at once. */
import { api, call } from '#lib/api/client';

const BATCH = 1000;

export async function allTrashed(): Promise<string[]> {
  const query = { isTrashed: true };
  const buckets = await call(api.GET('/timeline/buckets', { params: { query } }));
  const ids: string[] = [];
  for (const { timeBucket } of buckets) {
    const { id } = await call(api.GET('/timeline/bucket', { params: { query: { ...query, timeBucket } } }));
    ids.push(...id);
  }
  return ids;
}

/** One after the other; the first failure ends it. */
export async function inBatches(ids: readonly string[], send: (batch: string[]) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) await send(ids.slice(from, from + BATCH));
}
