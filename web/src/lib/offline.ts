/**
 * The service worker, which keeps the app for a start without the server. It is asked for when the first page has long
 * been there: starting it would delay the first photos by a tenth. Who comes once is spared what that page did not need;
 * from the second visit on the whole app is kept.
 */
const AFTER_MS = 5000;

/** Returns what takes it back. Without HTTPS there is no worker, and the app does without. */
export function keepForOffline(): () => void {
  if (!('serviceWorker' in navigator)) return () => {};
  const timer = setTimeout(() => register().catch((cause: unknown) => console.info(cause)), AFTER_MS);
  return () => clearTimeout(timer);
}

async function register(): Promise<void> {
  const isFirst = !navigator.serviceWorker.controller;
  await navigator.serviceWorker.register('/service-worker.js', { type: 'module' });
  const { active } = await navigator.serviceWorker.ready;
  active?.postMessage({ keep: isFirst ? loaded() : 'all' });
}

const loaded = () => performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
