/** Uploads: one `Uploads` for the signed-in pages, shown by `UploadPanel`, fed by `DropTarget` and `uploads.pick()`. */
export { default as DropTarget } from './DropTarget.svelte';
export { default as UploadPanel } from './UploadPanel.svelte';
export { getUploads, setUploads, Uploads } from './uploads.svelte';
