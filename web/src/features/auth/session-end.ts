/**
 * Notices that the session has ended, wherever that shows first: forgets what is private on this device and leads to
 * sign-in, from where one comes back to the same page.
 */
import { goto } from '$app/navigation';
import { ownPath } from '#lib/continue';
import { t } from '#lib/i18n';
import { routes } from '#lib/routes';
import { currentUser, forgetDevice } from '#lib/session.svelte';
import type { Toasts } from '#ui';

export class SessionEnd {
  readonly #toasts: Toasts;
  #checking = false;

  constructor(toasts: Toasts) {
    this.#toasts = toasts;
  }

  /** Somebody got 401. That may be about a wrong password or a locked folder, so the session itself is asked for. */
  async note(path: string): Promise<void> {
    const here = ownPath(location.pathname + location.search, location.origin);
    if (this.#checking || !here || path === '/api/users/me') return;
    this.#checking = true;
    try {
      if (await currentUser()) return;
      forgetDevice();
      await goto(routes.login(here));
      this.#toasts.show({ text: t('auth.ended'), id: 'session' });
    } catch {
      // No answer: the connection is somebody else's concern, and the next 401 comes here again.
    } finally {
      this.#checking = false;
    }
  }
}
