import type { Photo } from '#lib/photos';
import type { Shortcut } from '#lib/shortcuts';
import type { PhotoActions } from './photo-actions.svelte';

/** The keys of a page with photos: what can be done with those selected, and undo. */
export function photoKeys(actions: PhotoActions, photos: Photo[]): Shortcut[] {
  const keys = actions.for(photos).flatMap((action): Shortcut[] => {
    const { key, title } = action;
    return key ? [{ key, title, run: () => action.run(photos) }] : [];
  });
  return [...keys, { key: 'Control+z', title: 'actions.undo', run: () => void actions.undoLast() }];
}
