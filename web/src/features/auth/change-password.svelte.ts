/** A new password for who is signed in. The server ends all other sessions with it. */
import { api, ApiError, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import { checkNewPassword, problemOf, type Problem } from './problem';

export class ChangePassword {
  current = $state('');
  next = $state('');
  busy = $state(false);
  problem = $state.raw<Problem | undefined>();

  /** True when the password is changed; otherwise `problem` says why not. */
  async submit(): Promise<boolean> {
    if (this.busy) return false;
    this.problem = this.#check();
    if (this.problem) return false;
    this.busy = true;
    try {
      await this.#send();
      this.current = this.next = '';
      return true;
    } catch (cause) {
      const wrong = cause instanceof ApiError && cause.status === 400;
      this.problem = wrong ? { field: 'current', text: t('auth.wrongCurrent') } : problemOf(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #check(): Problem | undefined {
    if (!this.current) return { field: 'current', text: t('auth.passwordMissing') };
    const short = checkNewPassword(this.next);
    if (short) return { field: 'next', text: short };
    if (this.next === this.current) return { field: 'next', text: t('auth.passwordSame') };
    return undefined;
  }

  async #send(): Promise<void> {
    await call(
      api.POST('/auth/change-password', {
        body: { password: this.current, newPassword: this.next, invalidateSessions: true },
      }),
    );
    // Compat: the call above leaves "should change the password" as it was; setting the password this way ends it.
    await call(api.PUT('/users/me', { body: { password: this.next } }));
  }
}
