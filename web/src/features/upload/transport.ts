/** What the queue asks of the server: has it these files, take this one, are you there. */
import { api, ApiError, call, noteAnswer } from '#lib/api/client';
import type { Item } from './item';

export interface Verdict {
  /** The server has these very bytes. */
  known: boolean;
  isTrashed: boolean;
}

export interface UploadServer {
  /** One verdict for each, in order. Throws ApiError. */
  check(items: readonly Item[]): Promise<Verdict[]>;
  /** Throws ApiError, or the reason of the signal. */
  send(item: Item, onprogress: (bytes: number) => void, signal: AbortSignal): Promise<'created' | 'duplicate'>;
  /** Is the server there? Never throws. */
  reachable(): Promise<boolean>;
}

const PATH = '/api/assets';
/** A connection that moves nothing for so long is given up. */
const STALLED_MS = 60_000;
/** The server has all bytes and writes them to its disk. */
const ANSWER_MS = 180_000;

export const uploadServer: UploadServer = {
  async check(items) {
    const assets = items.map(({ key, checksum }) => ({ id: String(key), checksum }));
    const { results } = await call(api.POST('/assets/bulk-upload-check', { body: { assets } }));
    const byKey = new Map(results.map((result) => [result.id, result]));
    return items.map(({ key }) => {
      const result = byKey.get(String(key));
      return { known: result?.action === 'reject', isTrashed: result?.isTrashed ?? false };
    });
  },

  send,

  async reachable() {
    try {
      return (await api.GET('/server/ping')).response.ok;
    } catch {
      return false;
    }
  },
};

/** The fields that the server wants; the name first, because the file's type is judged by it. */
export function uploadForm(item: Item): FormData {
  const form = new FormData();
  const date = dateOf(item.file!).toISOString();
  form.set('filename', item.name);
  form.set('fileCreatedAt', date);
  form.set('fileModifiedAt', date);
  form.set('assetData', item.file!, item.name);
  if (item.sidecar) form.set('sidecarData', item.sidecar, item.sidecar.name);
  return form;
}

/** A clock that was wrong gives years that the server does not take; the date inside the photo counts more anyway. */
function dateOf(file: File): Date {
  const changed = new Date(file.lastModified);
  const year = changed.getUTCFullYear();
  return year >= 1 && year <= 9999 ? changed : new Date();
}

/** By XMLHttpRequest: fetch does not tell how much of a body has left. */
function send(item: Item, onprogress: (bytes: number) => void, signal: AbortSignal): Promise<'created' | 'duplicate'> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), ms);
    };
    const aborted = () => request.abort();
    const lost = () => {
      if (signal.aborted) return reject(signal.reason);
      noteAnswer({ status: 0, path: PATH });
      reject(new ApiError(0, 'no answer', undefined));
    };

    request.open('POST', PATH);
    request.setRequestHeader('x-immich-checksum', item.checksum);
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded }) => {
      limit(STALLED_MS);
      onprogress(Math.min(loaded, item.size));
    };
    request.upload.onload = () => limit(ANSWER_MS);
    request.onload = () => {
      noteAnswer({ status: request.status, path: PATH });
      const status = (request.response as { status?: string } | null)?.status;
      if (status === 'created' || status === 'duplicate') resolve(status);
      else reject(errorOf(request));
    };
    request.onerror = request.onabort = lost;
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
    };
    signal.addEventListener('abort', aborted, { once: true });
    limit(STALLED_MS);
    request.send(uploadForm(item));
  });
}

function errorOf(request: XMLHttpRequest): ApiError {
  const message = (request.response as { message?: unknown } | null)?.message;
  // A success without the answer that belongs to it comes from something between us and the server.
  const status = request.status < 400 ? 502 : request.status;
  return new ApiError(status, typeof message === 'string' ? message : '', request.getResponseHeader('x-correlation-id') ?? undefined);
}
