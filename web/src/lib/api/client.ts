/**
 * The API, typed by our own description of it (schema.d.ts is generated, see tools/build-web).
 *
 * `api.GET('/users/me')` and its like give `{ data, error, response }`; `call()` turns that into data or an ApiError.
 */
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schema = components['schemas'];

/** What went wrong, as the server told it, or that it could not be asked at all. */
export class ApiError extends Error {
  constructor(
    /** 0: no answer (no network, server gone, limit of time). */
    readonly status: number,
    message: string,
    /** To look the request up in the server's log; small print with a copy button. */
    readonly id: string | undefined,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

const CORRELATION_HEADER = 'x-correlation-id';
const TIMEOUT_MS = 30_000;

type Watcher = (answer: { status: number; path: string }) => void;
let watcher: Watcher = () => {};

/** One listener hears of every answer, so that a lost server and an ended session are noticed in one place. */
export function watchAnswers(listener: Watcher): void {
  watcher = listener;
}

/** For the requests that fetch cannot make (uploads with progress): they are answers, too. */
export function noteAnswer(answer: { status: number; path: string }): void {
  watcher(answer);
}

async function limitedFetch(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const path = new URL(request.url).pathname;
  try {
    const response = await fetch(request, { signal });
    watcher({ status: response.status, path });
    return response;
  } catch (cause) {
    if (!request.signal.aborted) watcher({ status: 0, path });
    throw cause;
  }
}

export const api = createClient<paths>({ baseUrl: '/api', fetch: limitedFetch });

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** The data of an answer. Throws ApiError; an abort by the caller passes as it is. */
export async function call<T>(answer: Answer<T>): Promise<T> {
  let result: Awaited<Answer<T>>;
  try {
    result = await answer;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiError(0, 'no answer', undefined);
  }
  const { data, response } = result;
  if (response.ok) return data as T;
  throw new ApiError(response.status, messageOf(result.error), response.headers.get(CORRELATION_HEADER) ?? undefined);
}

function messageOf(error: unknown): string {
  const message = (error as { message?: unknown } | undefined)?.message;
  return Array.isArray(message) ? message.join('; ') : typeof message === 'string' ? message : 'unknown error';
}
