/** A new password for who is signed in. The server ends all other sessions with it. */
import { api, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import { checkNewPassword, type Problem } from './problem';
import { Submission } from './submission.svelte';

export class ChangePassword extends Submission {
  current = $state('');
  next = $state('');

  /** True when the password is changed; otherwise `problem` says why not. */
  async submit(): Promise<boolean> {
    const isDone = await this.attempt(
      () => this.#check(),
      () => this.#send(),
      ({ status }) => (status === 400 ? { field: 'current', text: t('auth.wrongCurrent') } : undefined),
    );
    return isDone ?? false;
  }

  #check(): Problem | undefined {
    if (!this.current) return { field: 'current', text: t('auth.passwordMissing') };
    const short = checkNewPassword(this.next);
    if (short) return { field: 'next', text: short };
    if (this.next === this.current) return { field: 'next', text: t('auth.passwordSame') };
    return undefined;
  }

  async #send(): Promise<true> {
    await call(
      api.POST('/auth/change-password', {
        body: { password: this.current, newPassword: this.next, invalidateSessions: true },
      }),
    );
    // Compat: the call above leaves "should change the password" as it was; setting the password this way ends it.
    await call(api.PUT('/users/me', { body: { password: this.next } }));
    this.current = this.next = '';
    return true;
  }
}
