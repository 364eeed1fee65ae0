/** One photo, large: everything about looking at it. Loaded when the first one is opened. */
export { prefetchPicture } from './pictures';
export { default as Viewer } from './Viewer.svelte';
