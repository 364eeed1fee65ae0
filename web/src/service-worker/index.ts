/**
 * Keeps the app and the thumbnails that were seen, so that a start without the server shows something. It comes after the
 * first load and takes over with the next page; the app needs nothing of it (over plain HTTP there is none).
 *
 * Never kept: answers of the API, and anything private beyond the session. A page that forgets this device says 'forget';
 * what is still on its way then is thrown away as well.
 */
import { version } from '$app/env';
import { immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { isShell, kindOf, THUMBNAILS, THUMBNAILS_MAX } from './rules';

const SHELL_PREFIX = 'shell-';
const SHELL = `${SHELL_PREFIX}${version}`;
const PAGE = '/';
/** A server that is out of reach may let one wait for minutes. */
const PAGE_TIMEOUT_MS = 5000;
const TRIM_EVERY = 200;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  if (event.data === 'forget') event.waitUntil(forget());
  if (event.data === 'activate') event.waitUntil(self.skipWaiting());
});
self.addEventListener('fetch', (event) => {
  const { method, mode, url, headers } = event.request;
  switch (kindOf({ method, mode, url, hasRange: headers.has('range') }, self.location.origin)) {
    case 'page':
      return event.respondWith(page(event));
    case 'immutable':
      return event.respondWith(unchanging(event));
    case 'thumbnail':
      return event.respondWith(thumbnail(event));
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(SHELL);
  await cache.add(new Request(PAGE, { headers: { accept: 'text/html' }, cache: 'no-store' }));
  // The browser has most of them from the first load: these come from its own cache.
  await cache.addAll(immutable.map(({ path }) => path).filter(isShell));
}

async function activate(): Promise<void> {
  await self.registration.navigationPreload?.enable();
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(SHELL_PREFIX) && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The server's page while it answers, so that an update is seen; what is here when it does not. */
async function page(event: FetchEvent): Promise<Response> {
  const kept = () => caches.match(PAGE, { cacheName: SHELL, ignoreVary: true });
  const preloaded = event.preloadResponse as Promise<Response | undefined>;
  const asked = preloaded.then((response) => response ?? fetch(event.request));
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PAGE_TIMEOUT_MS));
  const response = await Promise.race([asked, late]).catch(() => undefined);
  // A proxy's apology for a server that is gone is no page of ours.
  if (response && response.status < 502) return response;
  return (await kept()) ?? response ?? asked;
}

async function unchanging(event: FetchEvent): Promise<Response> {
  const kept = await caches.match(event.request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok) {
    const copy = response.clone();
    event.waitUntil(caches.open(SHELL).then((cache) => cache.put(event.request, copy)));
  }
  return response;
}

/** Counts the times that all was forgotten: what was asked for before must not be kept after. */
let forgotten = 0;
let kept = 0;

async function forget(): Promise<void> {
  forgotten += 1;
  await caches.delete(THUMBNAILS);
}

async function thumbnail(event: FetchEvent): Promise<Response> {
  const here = await caches.match(event.request, { cacheName: THUMBNAILS, ignoreVary: true });
  if (here) return here;
  const since = forgotten;
  const response = await fetch(event.request);
  if (response.status === 401) event.waitUntil(forget());
  else if (response.status === 200) event.waitUntil(keep(event.request.url, response.clone(), since));
  return response;
}

async function keep(url: string, response: Response, since: number): Promise<void> {
  try {
    const cache = await caches.open(THUMBNAILS);
    await cache.put(url, response);
    if (kept++ % TRIM_EVERY === 0) await trim(cache, THUMBNAILS_MAX);
  } catch (cause) {
    // The disk is full: then less is kept. All else was asked for in vain (scrolled past).
    if (isFull(cause)) await trim(await caches.open(THUMBNAILS), THUMBNAILS_MAX / 2);
  }
  if (since !== forgotten) await caches.delete(THUMBNAILS);
}

const isFull = (cause: unknown) => cause instanceof DOMException && cause.name === 'QuotaExceededError';

/** Keys come in the order in which they were put. */
async function trim(cache: Cache, max: number): Promise<void> {
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - max)).map((key) => cache.delete(key)));
}
