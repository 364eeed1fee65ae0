/** What can be done with photos, for everything that shows them. */
export { default as ActionDialogs } from './ActionDialogs.svelte';
export { failureToast } from './failure';
export { PhotoActions, type PhotoActionsOptions } from './photo-actions.svelte';
export { countWords, photoName } from './words';
