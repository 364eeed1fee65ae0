/** What can be done with photos, for everything that shows them. */
export { default as ActionDialogs } from './ActionDialogs.svelte';
export { photoKeys } from './keys';
export { menuItems } from './menu';
export { failureToast } from './failure';
export { PhotoActions, type PhotoActionsOptions } from './photo-actions.svelte';
export { default as SelectionActions } from './SelectionActions.svelte';
export { countWords, photoName } from './words';
