/** The first account, which looks after the server. Signs in with it right away. */
import { api, ApiError, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import { checkNewPassword, isEmail, problemOf, type Problem } from './problem';
import { SignIn } from './sign-in.svelte';

export class Register {
  name = $state('');
  email = $state('');
  password = $state('');
  busy = $state(false);
  problem = $state.raw<Problem | undefined>();

  /** True when the account is there and signed in; otherwise `problem` says why not. */
  async submit(): Promise<boolean> {
    if (this.busy) return false;
    this.problem = this.#check();
    if (this.problem) return false;
    this.busy = true;
    try {
      await call(api.POST('/auth/admin-sign-up', { body: this.#account() }));
      return await this.#signIn();
    } catch (cause) {
      // A business rule: an administrator exists by now, or signing up is switched off.
      const closed = cause instanceof ApiError && cause.status === 400;
      this.problem = closed ? { text: t('auth.registerClosed'), id: cause.id } : problemOf(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #account() {
    return { name: this.name.trim(), email: this.email.trim(), password: this.password };
  }

  #check(): Problem | undefined {
    if (!this.name.trim()) return { field: 'name', text: t('auth.nameMissing') };
    if (!isEmail(this.email.trim())) return { field: 'email', text: t('auth.emailInvalid') };
    const short = checkNewPassword(this.password);
    return short ? { field: 'password', text: short } : undefined;
  }

  async #signIn(): Promise<boolean> {
    const signIn = new SignIn();
    signIn.email = this.email;
    signIn.password = this.password;
    if (await signIn.submit()) return true;
    this.problem = signIn.problem;
    return false;
  }
}
