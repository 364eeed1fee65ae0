/** What this is, which version, where its source is, and whose work is in it. */
export { default as Notices } from './Notices.svelte';
export { default as Source } from './Source.svelte';
export { default as Versions } from './Versions.svelte';
