/** What a form says when it was refused: in our words, and beside the field that it is about when there is one. */
import { ApiError } from '#lib/api/client';
import { t } from '#lib/i18n';

export interface Problem {
  /** The field's name; without one, it is about all of the form. */
  field?: string;
  text: string;
  /** There was no answer: over as soon as the server is back. */
  offline?: boolean;
  /** The request, to look it up in the server's log. */
  id?: string | undefined;
}

/** For all that a form does not expect. */
export function problemOf(cause: unknown): Problem {
  if (!(cause instanceof ApiError)) throw cause;
  if (cause.offline) return { text: t('auth.noAnswer'), offline: true };
  return { text: t('auth.refused', { status: cause.status }), id: cause.id };
}

/** The same, when `known` has better words for some refusals. */
export function refusalOf(cause: unknown, known: (cause: ApiError) => Problem | undefined): Problem {
  return (cause instanceof ApiError && known(cause)) || problemOf(cause);
}

/** The address part of HTML's own rule, which the server follows too. */
const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
export const PASSWORD_MIN = 8;

export const isEmail = (text: string) => EMAIL.test(text);

export function checkAccount({ name, email }: { name: string; email: string }): Problem | undefined {
  if (!name.trim()) return { field: 'name', text: t('auth.nameMissing') };
  if (!isEmail(email.trim())) return { field: 'email', text: t('auth.emailInvalid') };
  return undefined;
}

export function checkNewPassword(password: string): string | undefined {
  if ([...password].length >= PASSWORD_MIN) return undefined;
  return t('auth.passwordShort', { count: PASSWORD_MIN });
}

/** The error of one field. */
export const errorOf = (problem: Problem | undefined, field: string) => (problem?.field === field ? problem.text : undefined);
