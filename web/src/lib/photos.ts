/**
 * What lists of photos (timeline, trash, later albums and search) and those who show or act on photos agree on.
 */

/** One photo or video as a list knows it: enough for its tile, before anything else is asked. */
export interface Photo {
  id: string;
  ownerId: string;
  /** Width by height as shown. */
  ratio: number;
  /** Base64; null before the thumbnail was made. */
  thumbhash: string | null;
  isImage: boolean;
  isFavorite: boolean;
  isTrashed: boolean;
  visibility: 'timeline' | 'archive' | 'hidden' | 'locked';
  durationMs: number | null;
  /** Where the picture was taken, by the clock of that place: 'YYYY-MM-DDTHH:MM:SS'. */
  takenAt: string;
  /** When that was, in milliseconds since 1970: what the server lists the photos of a day by. */
  instant: number;
  city: string | null;
  country: string | null;
  livePhotoVideoId: string | null;
  projectionType: string | null;
  stackCount: number;
}

/** A list that a photo was opened from: the viewer walks along it. Positions never come from loaded images. */
export interface PhotoList {
  get(id: string): Photo | undefined;
  /** Finds a photo by a link, when its part of the list is not loaded yet. */
  find(id: string): Promise<Photo | undefined>;
  /** The next (1) or previous (-1) in the order on screen; undefined at the end. Loads what is needed. */
  neighbour(id: string, step: 1 | -1): Promise<Photo | undefined>;
  /** The first (-1) or last (1) of all. Loads what is needed. */
  edge(side: 1 | -1): Promise<Photo | undefined>;
  /** Up to `count` loaded photos on each side, in order, the photo among them: the filmstrip. */
  around(id: string, count: number): Photo[];
  /** Its place in the whole list, loaded or not. */
  position(id: string): { index: number; count: number } | undefined;
  /** Scrolls the tile into view, so that closing the viewer finds it. */
  reveal(id: string): void;
  /** Where the tile is on screen; undefined while it is not there. */
  rectOf(id: string): DOMRect | undefined;
  /** Gives the tile the keyboard's focus, when it is on screen. */
  focus(id: string): void;
  /** Changes what is shown, in the same frame; a refusal is taken back with the photos that were given. */
  remove(ids: readonly string[]): Photo[];
  insert(photos: readonly Photo[]): void;
  update(ids: readonly string[], change: Partial<Photo>): void;
}

export type Rendition = 'thumbnail' | 'preview' | 'fullsize';

/** The address of a picture. The thumbhash changes with the picture, so what is cached is never stale. */
export function pictureUrl(photo: Pick<Photo, 'id' | 'thumbhash'>, size: Rendition): string {
  const version = photo.thumbhash ? `&c=${encodeURIComponent(photo.thumbhash)}` : '';
  return `/api/assets/${photo.id}/thumbnail?size=${size}${version}`;
}

export const originalUrl = (id: string) => `/api/assets/${id}/original`;
export const playbackUrl = (id: string) => `/api/assets/${id}/video/playback`;
