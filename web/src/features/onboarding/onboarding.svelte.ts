/** What a person has been shown. The step is in the address, and kept on this device until the last one is done. */
import { api, ApiError, call } from '#lib/api/client';
import type { User } from '#lib/session.svelte';
import { stepFrom, type Step } from './steps';

/** Private, because it names a user: it goes when the session ends. */
const stored = (user: User) => `private-onboarding-${user.id}`;

export class Onboarding {
  busy = $state(false);
  failed = $state.raw<ApiError | undefined>();
  readonly #user: User;

  constructor(user: User) {
    this.#user = user;
  }

  stepFor(wanted: string | null): Step {
    return stepFrom(wanted, localStorage.getItem(stored(this.#user)), this.#user.isAdmin);
  }

  reach(step: Step): void {
    localStorage.setItem(stored(this.#user), step);
  }

  /** Tells the server that all was shown. False: it could not be told, and `failed` says why. */
  async finish(): Promise<boolean> {
    this.busy = true;
    this.failed = undefined;
    try {
      await call(api.PUT('/users/me/onboarding', { body: { isOnboarded: true } }));
      if (this.#user.isAdmin) await call(api.POST('/system-metadata/admin-onboarding', { body: { isOnboarded: true } }));
      localStorage.removeItem(stored(this.#user));
      return true;
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      this.failed = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
