import { pictureUrl, type Photo } from '#lib/photos';

/** Asks for the picture early, so that it is on its way while the viewer is being built. */
export function prefetchPicture(photo: Pick<Photo, 'id' | 'thumbhash'>): void {
  const image = new Image();
  image.fetchPriority = 'high';
  image.src = pictureUrl(photo, 'preview');
}
