/** The first account, which looks after the server. Signs in with it right away. */
import { api, call } from '#lib/api/client';
import { t } from '#lib/i18n';
import { checkAccount, checkNewPassword, type Problem } from './problem';
import { SignIn } from './sign-in.svelte';
import { Submission } from './submission.svelte';

export class Register extends Submission {
  name = $state('');
  email = $state('');
  password = $state('');

  /** True when the account is there and signed in; otherwise `problem` says why not. */
  async submit(): Promise<boolean> {
    const body = { name: this.name.trim(), email: this.email.trim(), password: this.password };
    const isIn = await this.attempt(
      () => this.#check(),
      async () => {
        await call(api.POST('/auth/admin-sign-up', { body }));
        return this.#signIn();
      },
      // A business rule: an administrator exists by now, or signing up is switched off.
      ({ status, id }) => (status === 400 ? { text: t('auth.registerClosed'), id } : undefined),
    );
    return isIn ?? false;
  }

  #check(): Problem | undefined {
    const short = checkNewPassword(this.password);
    return checkAccount(this) ?? (short ? { field: 'password', text: short } : undefined);
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
