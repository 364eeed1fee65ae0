/**
 * The service worker, which keeps the app for a start without the server. It is asked for when the first page has long
 * been there: starting it and copying the app would delay the first photos by a tenth.
 */
const AFTER_MS = 5000;

/** Returns what takes it back. Without HTTPS there is none, and the app does without. */
export function keepForOffline(): () => void {
  if (!('serviceWorker' in navigator)) return () => {};
  const register = () => {
    navigator.serviceWorker.register('/service-worker.js', { type: 'module' }).catch((cause: unknown) => console.info(cause));
  };
  const timer = setTimeout(register, AFTER_MS);
  return () => clearTimeout(timer);
}
