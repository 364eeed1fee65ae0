/** Name and e-mail of who is signed in. */
import { isEmail, problemOf, type Problem } from '#features/auth';
import { api, ApiError, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import type { Session } from '#lib/session.svelte';

export class AccountForm {
  name = $state('');
  email = $state('');
  busy = $state(false);
  problem = $state.raw<Problem | undefined>();
  readonly #session: Session;
  readonly changed = $derived.by(() => this.name.trim() !== this.#session.user.name || this.email.trim() !== this.#session.user.email);

  constructor(session: Session) {
    this.#session = session;
    this.name = session.user.name;
    this.email = session.user.email;
  }

  /** True when it is saved; otherwise `problem` says why not. */
  async save(): Promise<boolean> {
    if (this.busy) return false;
    this.problem = this.#check();
    if (this.problem) return false;
    this.busy = true;
    try {
      const body = { name: this.name.trim(), email: this.email.trim() };
      this.#session.user = await call(api.PUT('/users/me', { body }));
      this.email = this.#session.user.email;
      return true;
    } catch (cause) {
      const taken = cause instanceof ApiError && cause.status === 400;
      this.problem = taken ? { field: 'email', text: t('settings.emailTaken') } : problemOf(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #check(): Problem | undefined {
    if (!this.name.trim()) return { field: 'name', text: t('auth.nameMissing') };
    if (!isEmail(this.email.trim())) return { field: 'email', text: t('auth.emailInvalid') };
    return undefined;
  }
}
