/**
 * Where the photos of one day go. Arithmetic on typed arrays, no DOM: a day of 7,000 photos takes under a millisecond,
 * so nothing here needs to be done in pieces.
 */

/** How wide a day is and how its rows are made. Lengths are whole CSS pixels. */
export interface RowStyle {
  readonly width: number;
  /** The height that justified rows aim for. */
  readonly row: number;
  readonly gap: number;
  /** Squares in so many columns; 0: justified rows. */
  readonly columns: number;
}

/** Boxes of photos, by index. `y` counts from the first row of the photo's day. */
export class Boxes {
  readonly x: Uint16Array;
  readonly y: Uint32Array;
  readonly w: Uint16Array;
  readonly h: Uint16Array;

  constructor(length: number) {
    this.x = new Uint16Array(length);
    this.y = new Uint32Array(length);
    this.w = new Uint16Array(length);
    this.h = new Uint16Array(length);
  }
}

/** A panorama is cropped in the grid before it makes a row of its own that is a ribbon; so is a tall screenshot. */
const NARROWEST = 0.4;
const WIDEST = 3.2;
/** A last row that is nearly full is stretched so far at most; otherwise it keeps the height of the others. */
const STRETCH = 1.2;

function ratioOf(ratios: Float32Array, index: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, ratios[index]!));
}

/** Lays out the photos [from, to) of a day into `boxes`. Returns the height of all rows, without a gap at the end. */
export function layoutRows(ratios: Float32Array, from: number, to: number, style: RowStyle, boxes: Boxes): number {
  if (from >= to) return 0;
  return style.columns > 0 ? squares(from, to, style, boxes) : justified(ratios, from, to, style, boxes);
}

function squares(from: number, to: number, { width, gap, columns }: RowStyle, boxes: Boxes): number {
  const pitch = (width + gap) / columns;
  const side = Math.floor(pitch - gap);
  for (let i = from; i < to; i++) {
    const column = (i - from) % columns;
    boxes.x[i] = Math.round(column * pitch);
    boxes.y[i] = Math.floor((i - from) / columns) * (side + gap);
    // The columns share what rounding left over, so that the last one ends at the edge.
    boxes.w[i] = Math.round((column + 1) * pitch) - gap - boxes.x[i]!;
    boxes.h[i] = side;
  }
  return Math.ceil((to - from) / columns) * (side + gap) - gap;
}

function justified(ratios: Float32Array, from: number, to: number, style: RowStyle, boxes: Boxes): number {
  const { width, row, gap } = style;
  let top = 0;
  let usual = row;
  for (let start = from; start < to; ) {
    // As many photos as bring the row, scaled to the width, down to the height aimed for.
    let sum = 0;
    let end = start;
    let height = Infinity;
    while (end < to && height > row) {
      sum += ratioOf(ratios, end++);
      height = (width - gap * (end - start - 1)) / sum;
    }
    // One photo less may come closer.
    if (height < row && end - start > 1) {
      const without = sum - ratioOf(ratios, end - 1);
      const higher = (width - gap * (end - start - 2)) / without;
      if (higher - row < row - height) {
        end--;
        height = higher;
      }
    }
    const full = end < to || height <= row * STRETCH;
    height = Math.max(1, Math.round(full ? height : usual));
    if (full) usual = Math.min(height, row);
    placeRow(ratios, start, end, top, height, full ? width : 0, gap, boxes);
    top += height + gap;
    start = end;
  }
  return top - gap;
}

/** One row. `edge`: where its last photo has to end; 0: wherever it does. */
function placeRow(
  ratios: Float32Array,
  start: number,
  end: number,
  top: number,
  height: number,
  edge: number,
  gap: number,
  boxes: Boxes,
): void {
  let sum = 0;
  for (let i = start; i < end; i++) sum += ratioOf(ratios, i);
  // From the exact height, not the rounded one, or the last photo pays for the rounding of all.
  const scale = edge > 0 ? (edge - gap * (end - start - 1)) / sum : height;
  let position = 0;
  for (let i = start; i < end; i++) {
    const next = position + ratioOf(ratios, i) * scale;
    boxes.x[i] = Math.round(position);
    boxes.y[i] = top;
    boxes.w[i] = Math.max(1, Math.round(next) - boxes.x[i]!);
    boxes.h[i] = height;
    position = next + gap;
  }
}
