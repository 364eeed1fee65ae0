/** Name and e-mail of who is signed in. */
import { checkAccount, Submission } from '#features/auth';
import { api, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import type { Session } from '#lib/session.svelte';

export class AccountForm extends Submission {
  name = $state('');
  email = $state('');
  readonly #session: Session;
  readonly changed = $derived.by(() => this.name.trim() !== this.#session.user.name || this.email.trim() !== this.#session.user.email);

  constructor(session: Session) {
    super();
    this.#session = session;
    this.name = session.user.name;
    this.email = session.user.email;
  }

  /** True when it is saved; otherwise `problem` says why not. */
  async save(): Promise<boolean> {
    const body = { name: this.name.trim(), email: this.email.trim() };
    const user = await this.attempt(
      () => checkAccount(this),
      () => call(api.PUT('/users/me', { body })),
      ({ status }) => (status === 400 ? { field: 'email', text: t('settings.emailTaken') } : undefined),
    );
    if (!user) return false;
    this.#session.user = user;
    this.email = user.email;
    return true;
  }
}
