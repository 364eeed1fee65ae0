/** Where a panel goes beside its anchor: arithmetic only, so that it can be tested without a page. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface Size {
  width: number;
  height: number;
}
export interface Wish {
  side?: 'below' | 'above' | undefined;
  /** Which edges are in line: by the direction of the text. */
  align?: 'start' | 'centre' | 'end' | undefined;
  rtl?: boolean | undefined;
  gap?: number | undefined;
}
export interface Place {
  x: number;
  y: number;
  side: 'below' | 'above';
  /** Room on that side: the panel scrolls inside it. */
  maxHeight: number;
}

/** Distance to the edges of the window. */
const MARGIN = 8;
const GAP = 6;

/** The wished side unless it lacks room and the other has more; never outside the window. */
export function place(anchor: Box, panel: Size, view: Size, wish: Wish = {}): Place {
  const gap = wish.gap ?? GAP;
  const room = {
    above: anchor.y - gap - MARGIN,
    below: view.height - (anchor.y + anchor.height) - gap - MARGIN,
  };
  let side = wish.side ?? 'below';
  const other = side === 'below' ? 'above' : 'below';
  if (room[side] < panel.height && room[other] > room[side]) side = other;
  const maxHeight = Math.max(0, room[side]);
  const height = Math.min(panel.height, maxHeight);
  const y = side === 'below' ? anchor.y + anchor.height + gap : anchor.y - gap - height;
  return { x: across(anchor, panel.width, view.width, wish), y: clamp(y, view.height - height), side, maxHeight };
}

function across(anchor: Box, width: number, viewWidth: number, wish: Wish): number {
  const align = wish.align ?? 'start';
  if (align === 'centre') return clamp(anchor.x + (anchor.width - width) / 2, viewWidth - width);
  const toLeft = (align === 'start') !== Boolean(wish.rtl);
  return clamp(toLeft ? anchor.x : anchor.x + anchor.width - width, viewWidth - width);
}

/** Between the margins; a panel wider than the window begins at its start. */
function clamp(position: number, room: number): number {
  return Math.max(MARGIN, Math.min(position, room - MARGIN));
}
