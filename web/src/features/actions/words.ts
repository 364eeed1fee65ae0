/** Photos in words: how many of what, and which. */
import { t } from '#lib/i18n';
import type { Photo } from '#lib/photos';
import { formatMoment } from '#lib/time';

/** '1 photo', '12 videos', '3 photos and videos' */
export function countWords(photos: readonly Photo[]): string {
  const videos = photos.filter((photo) => !photo.isImage).length;
  const kind = videos === 0 ? 'photo' : videos === photos.length ? 'video' : 'both';
  return t('actions.count', { kind, count: photos.length });
}

/** 'Sunday 14 June 2026, 19:42, Konstanz, Germany': what a photo without a title is called. */
export function photoName(photo: Photo): string {
  return [formatMoment(photo.takenAt), photo.city, photo.country].filter(Boolean).join(', ');
}
