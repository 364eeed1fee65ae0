/** Loading pictures: what is abandoned is not fetched on, what failed tells why. */
import type { MessageKey } from '#lib/i18n';

/** Attachment of an <img>: when it goes away before it was loaded, so does its request. */
export function abandonable(image: HTMLImageElement): () => void {
  return () => {
    if (!image.complete) image.removeAttribute('src');
  };
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
