/** What the error page is told when a page could not be loaded. Undefined is SvelteKit's own answer (404 and the like). */
import type { HandleClientError } from '@sveltejs/kit/hooks';
import { ApiError } from '#lib/api/client';

export const handleError: HandleClientError = ({ kind, error }) => {
  if (error instanceof ApiError) {
    return {
      // No answer is no status; the error page needs one all the same.
      status: error.offline ? 503 : error.status,
      message: error.message,
      offline: error.offline,
      ...(error.id && { id: error.id }),
    };
  }
  if (kind === 'unknown') console.error(error);
  return undefined;
};
