/** Signing in with e-mail and password. */
import { api, call, type Schema } from '#lib/api/client';
import { t } from '#lib/i18n';
import { forgetDevice } from '#lib/session.svelte';
import { isEmail, type Problem } from './problem';
import { Submission } from './submission.svelte';

type Login = Schema['LoginResponseDto'];

export class SignIn extends Submission {
  email = $state('');
  password = $state('');

  /** Signs in. The answer when that worked; otherwise `problem` says why not. */
  submit(): Promise<Login | undefined> {
    return this.attempt(() => this.#check(), () => this.#send());
  }

  #check(): Problem | undefined {
    if (!isEmail(this.email.trim())) return { field: 'email', text: t('auth.emailInvalid') };
    if (!this.password) return { field: 'password', text: t('auth.passwordMissing') };
    return undefined;
  }

  async #send(): Promise<Login | undefined> {
    const answer = api.POST('/auth/login', { body: { email: this.email.trim(), password: this.password } });
    const status = (await answer.catch(() => undefined))?.response.status;
    if (status === 401) this.problem = { field: 'password', text: t('auth.wrong') };
    else if (status === 429) this.problem = { field: 'password', text: waitText((await answer).response) };
    if (this.problem) return undefined;
    const login = await call(answer);
    // Another person may have used this browser until now, without signing out.
    forgetDevice();
    return login;
  }
}

/** When to try again: in seconds while that is soon, else in minutes. */
function waitText(response: Response): string {
  const seconds = Number(response.headers.get('retry-after')) || 60;
  if (seconds <= 90) return t('auth.tooManySeconds', { count: seconds });
  return t('auth.tooManyMinutes', { count: Math.ceil(seconds / 60) });
}
