/** Keeps a timeline as the server says it is, while others upload, delete and edit. Nothing on screen jumps. */
import { toPhoto } from '#features/viewer';
import type { Schema } from '#lib/api/client';
import type { Events } from '#lib/events';
import type { Photo } from '#lib/photos';
import type { Timeline } from './timeline.svelte';

/** Uploads come one by one; the grid takes them together. */
const TOGETHER_MS = 250;

/** Does a photo belong in a list of this filter? What the filter asks beyond this, only the server knows. */
export function belongs(photo: Photo, { isTrashed, isFavorite, visibility }: Timeline['filter']): boolean {
  return (
    photo.isTrashed === (isTrashed ?? false) &&
    (isFavorite === undefined || photo.isFavorite === isFavorite) &&
    (visibility === undefined ? photo.visibility === 'timeline' || photo.visibility === 'archive' : photo.visibility === visibility)
  );
}

/** Returns what ends it. */
export function followEvents(timeline: Timeline, events: Events): () => void {
  const isSimple = !timeline.filter.albumId && !timeline.filter.personId && !timeline.filter.tagId;
  let arrived: Photo[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function arrive(photos: Photo[]) {
    arrived.push(...photos);
    timer ??= setTimeout(() => {
      timer = undefined;
      // One event may follow another about the same photo: the last one counts.
      const photos = [...new Map(arrived.splice(0).map((photo) => [photo.id, photo])).values()];
      // Those that were listed before they had a picture get it now.
      for (const photo of photos) if (timeline.get(photo.id)) timeline.update([photo.id], photo);
      timeline.insert(photos);
    }, TOGETHER_MS);
  }

  function update(asset: Schema['AssetResponseDto']) {
    const photo = toPhoto(asset);
    const old = timeline.get(photo.id);
    if (!belongs(photo, timeline.filter)) return void timeline.remove([photo.id]);
    if (!old) return isSimple && arrive([photo]);
    const stays = old.takenAt === photo.takenAt && old.instant === photo.instant;
    if (stays && Math.abs(old.ratio - photo.ratio) < 0.01) return timeline.update([photo.id], photo);
    timeline.remove([photo.id]);
    timeline.insert([photo]);
  }

  const leave = (ids: readonly string[]) => {
    arrived = arrived.filter(({ id }) => !ids.includes(id));
    timeline.remove(ids);
  };
  const refresh = () => void timeline.refresh();
  const isTrash = timeline.filter.isTrashed === true;
  const ends = [
    events.on('on_upload_success', (asset) => {
      const photo = toPhoto(asset);
      if (isSimple && belongs(photo, timeline.filter)) arrive([photo]);
    }),
    events.on('on_asset_update', update),
    events.on('on_asset_trash', isTrash ? refresh : leave),
    events.on('on_asset_restore', isTrash ? leave : refresh),
    events.on('on_asset_delete', (id) => leave([id])),
    events.on('on_asset_hidden', (id) => leave([id])),
    events.on('on_asset_stack_update', refresh),
    events.on('again', refresh),
  ];
  return () => {
    clearTimeout(timer);
    for (const end of ends) end();
  };
}
