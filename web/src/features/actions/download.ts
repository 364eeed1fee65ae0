/**
 * Originals to this device. One is a plain download; many come as archives, which the server fills while it sends. An
 * archive is put together by the browser (in its own store, not in memory, once it is large) before it is saved.
 */
import { api, ApiError, call } from '#lib/api/client';
import { originalUrl, type Photo } from '#lib/photos';
import { batches } from './batches';

/** A browser keeps this much of a download in its own store without trouble; more is cut into several archives. */
const ARCHIVE_BYTES = 1024 ** 3;
const CORRELATION_HEADER = 'x-correlation-id';

/** Lets the browser save what an address gives. Without a name it is the one that the server says. */
function save(url: string, name = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** The original as it was uploaded, and the moving part of a live photo. */
function downloadOne(photo: Photo): void {
  save(originalUrl(photo.id));
  if (photo.livePhotoVideoId) save(originalUrl(photo.livePhotoVideoId));
}

/** The ids of each archive, as the server divides them. */
async function archivesOf(photos: readonly Photo[]): Promise<string[][]> {
  const result: string[][] = [];
  for (const part of batches(photos)) {
    const assetIds = part.map((photo) => photo.id);
    const info = await call(api.POST('/download/info', { body: { assetIds, archiveSize: ARCHIVE_BYTES } }));
    result.push(...info.archives.map((archive) => archive.assetIds));
  }
  return result;
}

/** Not through the API client: its limit of time is for answers, not for gigabytes. */
async function fetchArchive(assetIds: string[], signal: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch('/api/download/archive', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ assetIds }),
      signal,
    });
    if (response.ok) return await response.blob();
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, 'no answer', undefined);
  }
  throw new ApiError(response.status, 'no archive', response.headers.get(CORRELATION_HEADER) ?? undefined);
}

/** 'tintype-2026-06-14.zip'; a number when there are several. */
export function archiveName(now: Date, index: number, count: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `tintype-${day}${count > 1 ? `-${index + 1}` : ''}.zip`;
}

/** Browsers drop downloads that begin in the same moment. */
const APART_MS = 400;

async function downloadEach(photos: readonly Photo[], signal: AbortSignal): Promise<void> {
  for (const photo of photos) {
    signal.throwIfAborted();
    downloadOne(photo);
    await new Promise((done) => setTimeout(done, APART_MS));
  }
}

/** A server that does not make archives says so. */
const hasNoArchives = (reason: unknown) => reason instanceof ApiError && (reason.status === 404 || reason.status === 501);

/** Saves the photos' originals. `onarchive` hears which archive of how many is being made. */
export async function download(
  photos: readonly Photo[],
  signal: AbortSignal,
  onarchive: (index: number, count: number) => void,
): Promise<void> {
  if (photos.length === 1) return downloadOne(photos[0]!);
  const archives = await archivesOf(photos).catch((reason) => {
    if (!hasNoArchives(reason)) throw reason;
  });
  if (!archives) return downloadEach(photos, signal);
  for (const [index, assetIds] of archives.entries()) {
    onarchive(index, archives.length);
    const url = URL.createObjectURL(await fetchArchive(assetIds, signal));
    save(url, archiveName(new Date(), index, archives.length));
    // The browser has opened it by then; the memory is given back.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
