/** What the service worker answers. All else goes to the server as if there were none: API, uploads, videos, ranges. */

/** Gone with the session: `forgetDevice()` deletes what begins with "private-". */
export const THUMBNAILS = 'private-thumbnails';
/** About 15 KB each. */
export const THUMBNAILS_MAX = 4000;

export type Kind = 'page' | 'immutable' | 'thumbnail';

const THUMBNAIL = /^\/api\/assets\/[0-9a-f-]{36}\/thumbnail$/i;

export interface Asked {
  method: string;
  mode: string;
  url: string;
  hasRange: boolean;
}

export function kindOf({ method, mode, url, hasRange }: Asked, origin: string): Kind | undefined {
  const { origin: asked, pathname, searchParams } = new URL(url);
  if (method !== 'GET' || asked !== origin || hasRange) return undefined;
  if (pathname.startsWith('/_app/immutable/')) return 'immutable';
  if (pathname.startsWith('/api/')) return isThumbnail(pathname, searchParams) ? 'thumbnail' : undefined;
  return mode === 'navigate' ? 'page' : undefined;
}

/**
 * Only the signed-in person's own (a shared link's key would stay in the cache's addresses), and only with the version of
 * the picture in the address, so that what is kept is never stale.
 */
function isThumbnail(path: string, query: URLSearchParams): boolean {
  if (query.has('key') || query.has('slug')) return false;
  return THUMBNAIL.test(path) && query.get('size') === 'thumbnail' && query.has('c');
}

/** What is fetched ahead: the app, without the letters of scripts that may never be needed. */
export function isShell(path: string): boolean {
  return !/\.(woff2?|map)$/.test(path) || /-latin-wght-normal\./.test(path);
}
