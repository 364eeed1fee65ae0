/** How full it is: the person's own quota when there is one, else the disk. */
import { api, call } from '#lib/api/client';
import type { Session } from '#lib/session.svelte';

const STALE_MS = 60_000;
const SOON_MS = 5000;

export class Storage {
  used = $state<number>();
  total = $state<number>();
  share = $derived(this.total ? Math.min((this.used ?? 0) / this.total, 1) : 0);
  #askedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** After a change; many of them ask once. */
  refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#askedAt = -Infinity;
      void this.refresh();
    }, SOON_MS);
  }

  /** Asks again when what is known is old. It is small print: a failure keeps what was known. */
  async refresh(): Promise<void> {
    if (performance.now() - this.#askedAt < STALE_MS) return;
    this.#askedAt = performance.now();
    try {
      if (this.#session.user.quotaSizeInBytes === null) await this.#askDisk();
      else await this.#askQuota();
    } catch {
      this.#askedAt = -Infinity;
    }
  }

  async #askDisk(): Promise<void> {
    const disk = await call(api.GET('/server/storage'));
    this.used = disk.diskUseRaw;
    // What is left for us, not what the disk has: some of it is kept for others.
    this.total = disk.diskUseRaw + disk.diskAvailableRaw;
  }

  async #askQuota(): Promise<void> {
    if (!(await this.#session.refresh())) return;
    this.used = this.#session.user.quotaUsageInBytes ?? 0;
    this.total = this.#session.user.quotaSizeInBytes ?? undefined;
  }
}
