/** Photos by their dates: what a timeline is (`Timeline`), and how it looks (`TimelineView`). */
export { getTimeline, setTimeline, Timeline, type Filter } from './timeline.svelte';
export { default as TimelineView } from './TimelineView.svelte';
