/** The keys of the grid, as the table of shortcuts shows them. UI.md §5. */
import type { Shortcut } from '#lib/shortcuts';
import type { Grid } from './grid.svelte';
import type { Roving } from './roving.svelte';
import type { Selection } from './selection.svelte';

export interface Keyed {
  grid: Grid;
  roving: Roving;
  selection: Selection;
  /** Left is forward. */
  rtl: () => boolean;
  ongotodate: (() => void) | undefined;
  /** Photos larger (1) or smaller (-1). */
  onzoom: (step: 1 | -1) => void;
}

export function gridKeys({ grid, roving, selection, rtl, ongotodate, onzoom }: Keyed): Shortcut[] {
  const side = (step: 1 | -1) => () => roving.along(rtl() ? (-step as 1 | -1) : step);
  const toggle = () => {
    const { photo } = roving;
    if (photo) selection.toggle(photo);
  };
  const extend = () => {
    const { photo } = roving;
    if (photo) return selection.extend(photo);
  };
  const selectMore = () => {
    const spot = roving.seen ?? grid.firstInView();
    if (!spot) return;
    const day = grid.geometry.dayOf(spot);
    return selection.isDaySelected(spot.section, day) ? selection.all() : selection.toggleDay(spot.section, day);
  };
  const idle = () => !selection.active;
  return [
    { key: 'ArrowRight', title: 'grid.key.right', run: side(1) },
    { key: 'ArrowLeft', title: 'grid.key.left', run: side(-1) },
    { key: 'ArrowDown', title: 'grid.key.down', run: () => roving.across(1) },
    { key: 'ArrowUp', title: 'grid.key.up', run: () => roving.across(-1) },
    { key: 'Home', title: 'grid.key.first', run: () => roving.toEnd(-1) },
    { key: 'End', title: 'grid.key.last', run: () => roving.toEnd(1) },
    { key: ' ', title: 'grid.key.pageDown', run: () => roving.page(1) },
    { key: 'PageDown', title: 'grid.key.pageDown', run: () => roving.page(1) },
    { key: 'PageUp', title: 'grid.key.pageUp', run: () => roving.page(-1) },
    { key: 'd', title: 'grid.key.day', run: () => roving.jump('day', 1) },
    // With a selection this is "download": the list below hears it.
    { key: 'Shift+D', title: 'grid.key.dayBack', when: idle, run: () => roving.jump('day', -1) },
    { key: 'm', title: 'grid.key.month', run: () => roving.jump('month', 1) },
    { key: 'Shift+M', title: 'grid.key.monthBack', run: () => roving.jump('month', -1) },
    { key: 'y', title: 'grid.key.year', run: () => roving.jump('year', 1) },
    { key: 'Shift+Y', title: 'grid.key.yearBack', run: () => roving.jump('year', -1) },
    { key: 'g', title: 'grid.key.date', when: () => ongotodate !== undefined, run: () => ongotodate?.() },
    { key: '+', title: 'grid.key.larger', run: () => onzoom(1) },
    { key: '-', title: 'grid.key.smaller', run: () => onzoom(-1) },
    { key: 'x', title: 'grid.key.select', run: toggle },
    { key: 'Shift+X', title: 'grid.key.range', run: extend },
    { key: 'Control+a', title: 'grid.key.all', run: selectMore },
    { key: 'Escape', title: 'grid.key.clear', when: () => selection.active, run: () => selection.clear() },
  ];
}
