/** The frame of the signed-in pages, and what belongs to every page. */
export { default as ErrorPage } from './ErrorPage.svelte';
export { default as HomeLink } from './HomeLink.svelte';
export { default as Shell } from './Shell.svelte';
export { default as UpdateNotice } from './UpdateNotice.svelte';
