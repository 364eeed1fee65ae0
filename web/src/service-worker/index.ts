/**
 * Keeps the app, so that it starts without the server. It comes after the first load and takes over with the next page;
 * the app needs nothing of it (over plain HTTP there is none).
 *
 * No answer of the API goes through here. Thumbnails that were seen are in the browser's own cache, from where they come
 * without the server as well; through a worker, those of a first screen took 150 ms longer.
 */
import { version } from '$app/env';
import { immutable } from '$app/manifest';
import { self } from '$app/service-worker';
import { IMMUTABLE, isShell, kindOf, type Message } from './rules';

/** The static routing API (W3C Service Workers, section "Router"), as far as it is used here. */
interface Route {
  condition: { urlPattern: { pathname: string } };
  source: 'network' | { cacheName: string };
}
type RoutingInstallEvent = ExtendableEvent & { addRoutes(routes: Route[]): Promise<void> };

const SHELL_PREFIX = 'shell-';
const SHELL = `${SHELL_PREFIX}${version}`;
const PAGE = '/';
/** A server that is out of reach may let one wait for minutes. */
const PAGE_TIMEOUT_MS = 5000;

self.addEventListener('install', (event) => {
  addRoutes(event);
  event.waitUntil(install());
});
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  const message = event.data as Message;
  if (message === 'activate') event.waitUntil(self.skipWaiting());
  else event.waitUntil(keep(message.keep));
});
self.addEventListener('fetch', (event) => {
  const { method, mode, url, headers } = event.request;
  switch (kindOf({ method, mode, url, hasRange: headers.has('range') }, self.location.origin)) {
    case 'page':
      return event.respondWith(page(event));
    case 'immutable':
      return event.respondWith(unchanging(event));
  }
});

/** What browsers that know it do without waking the worker; the others ask below. */
function addRoutes(event: ExtendableEvent): void {
  const api: Route = { condition: { urlPattern: { pathname: '/api/*' } }, source: 'network' };
  const app: Route = { condition: { urlPattern: { pathname: `${IMMUTABLE}*` } }, source: { cacheName: SHELL } };
  void (event as Partial<RoutingInstallEvent>).addRoutes?.([api, app]);
}

/** At first the page alone: what it needs, and later the rest, pages ask for. A newer app replaces a whole one, whole. */
async function install(): Promise<void> {
  const isUpdate = (await caches.keys()).some((name) => name.startsWith(SHELL_PREFIX) && name !== SHELL);
  const cache = await caches.open(SHELL);
  await cache.add(new Request(PAGE, { headers: { accept: 'text/html' }, cache: 'no-store' }));
  if (isUpdate) await keep('all');
}

/** What a page has loaded comes from the browser's own cache. */
async function keep(wanted: readonly string[] | 'all'): Promise<void> {
  const cache = await caches.open(SHELL);
  const here = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const shell = immutable.map(({ path }) => new URL(path, self.location.origin).pathname).filter(isShell);
  await cache.addAll(shell.filter((path) => !here.has(path) && (wanted === 'all' || wanted.includes(path))));
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
