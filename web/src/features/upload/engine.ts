/** What does the work, loaded with the first file (uploads.svelte.ts). */
export { byFolder, walk } from './collect';
export { Hasher } from './hasher';
export { Queue } from './queue';
export { uploadServer } from './transport';
export { sortOut } from './sort-out';
