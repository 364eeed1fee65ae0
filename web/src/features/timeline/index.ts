export { default as TimelineView } from './TimelineView.svelte';
export { getTimeline, setTimeline, Timeline, type Filter } from './timeline.svelte';
