/** How long to wait before trying again: doubles from a second to half a minute, spread so that clients do not come at once. */
const FIRST_MS = 1000;
const MAX_MS = 30_000;
const SPREAD = 0.2;

/** `attempt` counts from 0; `random` is in [0, 1). */
export function backoff(attempt: number, random = Math.random()): number {
  const wait = Math.min(FIRST_MS * 2 ** Math.min(attempt, 16), MAX_MS);
  return Math.round(wait * (1 + SPREAD * (2 * random - 1)));
}
