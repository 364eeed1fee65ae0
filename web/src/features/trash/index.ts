/** What was deleted and can still come back. */
export { Trash } from './trash.svelte';
export { default as TrashView } from './TrashView.svelte';
