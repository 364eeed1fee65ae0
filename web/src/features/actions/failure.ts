/** A refusal as a toast: what happened, what is safe, what to do, and the request's id to copy. */
import type { ToastOptions } from '#ui';
import { ApiError } from '#lib/api/client';
import { t } from '#lib/i18n';

export function failureToast(what: string, reason: unknown, retry?: () => void | Promise<void>): ToastOptions {
  const error = reason instanceof ApiError ? reason : undefined;
  const advice = !error || error.offline ? t('actions.failed.offline') : t('actions.failed.server', { reason: error.message });
  const text = `${what} ${advice}`;
  const id = error?.id;
  // Without HTTPS a page may not copy: then the id is there to be read.
  if (id && !navigator.clipboard) return { tone: 'error', text: `${text} ${t('actions.failed.id', { id })}` };
  if (id) {
    const run = () => navigator.clipboard.writeText(id);
    return { tone: 'error', text, action: { title: t('actions.failed.copy'), run } };
  }
  return retry ? { tone: 'error', text, action: { title: t('actions.failed.retry'), run: retry } } : { tone: 'error', text };
}
