/** Loading pictures: what is abandoned is not fetched on, what failed tells why. */
import { thumbHashToDataURL } from 'thumbhash';
import type { MessageKey } from '#lib/i18n';
import { pictureUrl, type Photo } from '#lib/photos';

/** Attachment of an <img>: when it goes away before it was loaded, so does its request. */
export function abandonable(image: HTMLImageElement): () => void {
  return () => {
    if (!image.complete) image.removeAttribute('src');
  };
}

/** The blur that is there before any picture, as a background. */
export function blur(photo: Pick<Photo, 'thumbhash'>): string | undefined {
  if (!photo.thumbhash) return undefined;
  const bytes = Uint8Array.from(atob(photo.thumbhash), (char) => char.charCodeAt(0));
  return `url("${thumbHashToDataURL(bytes)}")`;
}

/** Asks for the picture early, so that it is on its way while the viewer is being built. */
export function prefetchPicture(photo: Pick<Photo, 'id' | 'thumbhash'>): void {
  const image = new Image();
  image.fetchPriority = 'high';
  image.src = pictureUrl(photo, 'preview');
}

/** An <img> only says that it failed. The answer to the same question says why. */
export async function whyBroken(url: string): Promise<MessageKey> {
  try {
    const response = await fetch(url, { headers: { range: 'bytes=0-0' }, signal: AbortSignal.timeout(10_000) });
    if (response.ok) return 'viewer.broken.damaged';
    if (response.status === 404) return 'viewer.broken.notMade';
    if (response.status === 400 || response.status === 401 || response.status === 403) return 'viewer.broken.noAccess';
    return 'viewer.broken.server';
  } catch {
    return 'viewer.broken.offline';
  }
}
