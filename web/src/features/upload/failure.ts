/** What an answer of the server means for a file. */
import { ApiError } from '#lib/api/client';
import type { Failure } from './item';

const GATEWAY = [502, 503, 504];

/** No answer, or one of a proxy before a server that does not run. It may also be this one request: ask. */
export const isAway = (cause: unknown): boolean =>
  cause instanceof ApiError && (cause.status === 0 || GATEWAY.includes(cause.status));

export const isSignedOut = (cause: unknown): boolean => cause instanceof ApiError && cause.status === 401;

/** Would the same file get the same answer again? */
export function isFinal(cause: unknown): boolean {
  return cause instanceof ApiError && cause.status >= 400 && cause.status < 500 && cause.status !== 408 && cause.status !== 429;
}

export function failureOf(cause: unknown): Failure {
  if (!(cause instanceof ApiError)) return { kind: 'refused' };
  const { status, message, id } = cause;
  if (isAway(cause)) return { kind: 'connection', id };
  if (status === 507) return { kind: 'full', id };
  if (status === 413) return { kind: 'too-big', id };
  if (status >= 500) return { kind: 'server', id };
  if (message.startsWith('Quota')) return { kind: 'quota', id };
  if (message.startsWith('Unsupported file type')) return { kind: 'type', id };
  if (message === 'File is empty') return { kind: 'empty', id };
  return { kind: 'refused', detail: message, id };
}

/** What is wrong with the file itself stays wrong. */
export const canRetry = ({ kind }: Failure): boolean => kind !== 'empty' && kind !== 'type';
