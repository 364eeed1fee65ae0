/** A grid of photos of any number, without any knowledge of where they come from. */
export { default as DayHead } from './DayHead.svelte';
export { default as PhotoGrid } from './PhotoGrid.svelte';
export { default as Scrubber } from './Scrubber.svelte';
export { default as SelectionBar } from './SelectionBar.svelte';
export { default as Tile } from './Tile.svelte';

export { paintBlur } from './blur';
export type { Anchor, Spot } from './geometry';
export { Grid } from './grid.svelte';
export type { SectionData } from './section';
export { Selection, type Share } from './selection.svelte';
