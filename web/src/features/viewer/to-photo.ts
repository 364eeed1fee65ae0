/** A photo that was opened by its link and is in no list that is loaded. */
import type { Photo } from '#lib/photos';
import type { AssetInfo } from './facts';

export function toPhoto(info: AssetInfo): Photo {
  return {
    id: info.id,
    ownerId: info.ownerId,
    ratio: info.width && info.height ? info.width / info.height : 1,
    thumbhash: info.thumbhash,
    isImage: info.type === 'IMAGE',
    isFavorite: info.isFavorite,
    isTrashed: info.isTrashed,
    visibility: info.visibility,
    durationMs: info.duration,
    takenAt: info.localDateTime.slice(0, 19),
    instant: Date.parse(info.fileCreatedAt),
    city: info.exifInfo?.city ?? null,
    country: info.exifInfo?.country ?? null,
    livePhotoVideoId: info.livePhotoVideoId ?? null,
    projectionType: info.exifInfo?.projectionType ?? null,
    stackCount: info.stack?.assetCount ?? 0,
  };
}
