/** One photo, large: everything about looking at it. Only PhotoViewer is here at first; it brings the rest. */
export { default as PhotoViewer } from './PhotoViewer.svelte';
export { prefetchPicture } from './prefetch';
export { toPhoto } from './to-photo';
