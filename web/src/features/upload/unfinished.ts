/**
 * The names of files that were on their way when the page went. The files themselves are gone with it: browsers give no
 * way back to them. Kept in this tab, for this user only: the next sign-in of another one forgets them.
 */
const KEY = 'unfinished-uploads';
/** More names than anyone reads; the number stays true. */
const NAMES = 500;

export interface Unfinished {
  count: number;
  names: string[];
}

export function keepUnfinished(userId: string, names: readonly string[]): void {
  if (names.length === 0) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, JSON.stringify({ userId, count: names.length, names: names.slice(0, NAMES) }));
}

export function takeUnfinished(userId: string): Unfinished | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as (Unfinished & { userId: string }) | null;
    return kept?.userId === userId ? { count: kept.count, names: kept.names } : undefined;
  } catch {
    return undefined;
  } finally {
    sessionStorage.removeItem(KEY);
  }
}
