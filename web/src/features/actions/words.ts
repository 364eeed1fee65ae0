/** Photos in words: how many of what, and which. */
import { currentLocale, t } from '#lib/i18n';
import type { Photo } from '#lib/photos';

/** '1 photo', '12 videos', '3 photos and videos' */
export function countWords(photos: readonly Photo[]): string {
  const videos = photos.filter((photo) => !photo.isImage).length;
  const kind = videos === 0 ? 'photo' : videos === photos.length ? 'video' : 'both';
  return t('actions.count', { kind, count: photos.length });
}

/** 'Sunday, 14 June 2026, 19:42, Konstanz': what a photo without a title is called. */
export function photoName(photo: Photo): string {
  const taken = new Date(`${photo.takenAt.replace(/Z$/, '')}Z`);
  const when = taken.toLocaleString(currentLocale(), { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' });
  return [when, photo.city].filter(Boolean).join(', ');
}
