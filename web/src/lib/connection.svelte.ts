/**
 * Does the server answer? Whoever gets no answer says so here; then this asks by itself, with growing pauses, until the
 * server is back. Everything that needs the server shows `connection.online` and gives `offlineReason()` when it cannot.
 *
 * Made by the root layout; found through `getConnection()`.
 */
import { createContext } from 'svelte';
import { backoff } from './backoff';
import { t } from './i18n';

const PING_TIMEOUT_MS = 5000;
/** No answer, or one by a proxy in front of a server that is gone. 503 may be the server itself, which the ping settles. */
const DOUBTFUL = new Set([0, 502, 503, 504]);

export class Connection {
  online = $state(true);
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: Promise<boolean> | undefined;
  #back: (() => void)[] = [];

  /** Tells the outcome of a request; 0 is no answer. */
  note(status: number): void {
    if (DOUBTFUL.has(status)) void this.ask();
    else if (!this.online) this.#isBack();
  }

  /** Asks the server now, and again later while it does not answer. */
  ask(): Promise<boolean> {
    this.#asking ??= ping().then((answered) => {
      this.#asking = undefined;
      if (answered) this.#isBack();
      else this.#isGone();
      return answered;
    });
    return this.#asking;
  }

  /** Calls `listener` each time the server is back. Returns what ends that. */
  onback(listener: () => void): () => void {
    this.#back.push(listener);
    return () => {
      this.#back = this.#back.filter((other) => other !== listener);
    };
  }

  /** Resolves when the server is back. */
  back(): Promise<void> {
    return new Promise((resolve) => {
      const end = this.onback(() => {
        end();
        resolve();
      });
    });
  }

  /** Listens to what the browser knows. Returns what ends that. */
  watch(): () => void {
    const again = () => {
      if (!this.online) void this.ask();
    };
    const shown = () => document.visibilityState === 'visible' && again();
    const lost = () => void this.ask();
    addEventListener('online', again);
    addEventListener('offline', lost);
    document.addEventListener('visibilitychange', shown);
    return () => {
      removeEventListener('online', again);
      removeEventListener('offline', lost);
      document.removeEventListener('visibilitychange', shown);
      clearTimeout(this.#timer);
    };
  }

  #isBack(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    if (this.online) return;
    this.online = true;
    for (const listener of this.#back) listener();
  }

  #isGone(): void {
    this.online = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.ask(), backoff(this.#attempt++));
  }
}

export const [getConnection, setConnection] = createContext<Connection>();

/** Why an action that needs the server is disabled; undefined while the server answers. */
export function offlineReason(connection: Connection): string | undefined {
  return connection.online ? undefined : t('offline.reason');
}

/** Only the server itself answers so: a portal's sign-in page or a proxy's apology does not. */
async function ping(): Promise<boolean> {
  try {
    const response = await fetch('/api/server/ping', { cache: 'no-store', signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    return response.ok && ((await response.json()) as { res?: unknown }).res === 'pong';
  } catch {
    return false;
  }
}
