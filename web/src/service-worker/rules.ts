/** What the service worker answers: the app. All else goes to the server as if there were none. */

export const IMMUTABLE = '/_app/immutable/';

/** What pages say: take over from an older worker; keep these paths of the app, or all of it. */
export type Message = 'activate' | { keep: readonly string[] | 'all' };

export type Kind = 'page' | 'immutable';

export interface Asked {
  method: string;
  mode: string;
  url: string;
  hasRange: boolean;
}

export function kindOf({ method, mode, url, hasRange }: Asked, origin: string): Kind | undefined {
  const { origin: asked, pathname } = new URL(url);
  if (method !== 'GET' || asked !== origin || hasRange) return undefined;
  if (pathname.startsWith(IMMUTABLE)) return 'immutable';
  return mode === 'navigate' && !pathname.startsWith('/api/') ? 'page' : undefined;
}

/** What is fetched ahead: the app, without the letters of scripts that may never be needed. */
export function isShell(path: string): boolean {
  return !/\.(woff2?|map)$/.test(path) || /-latin-wght-normal\./.test(path);
}
