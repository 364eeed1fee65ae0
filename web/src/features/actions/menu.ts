/** What can be done with photos, as the items of a menu. */
import type { MenuItem } from '#ui';
import { t } from '#lib/i18n';
import type { Photo } from '#lib/photos';
import type { PhotoActions } from './photo-actions.svelte';

/** @param reason why nothing of it can be done now */
export function menuItems(actions: PhotoActions, photos: Photo[], reason: string | undefined): MenuItem[] {
  return actions.for(photos).map((action) => ({
    title: t(action.title),
    icon: action.icon,
    shortcut: action.key,
    danger: action.title === 'actions.delete',
    disabled: Boolean(reason),
    reason,
    run: () => void action.run(photos),
  }));
}
