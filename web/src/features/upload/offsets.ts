/** Where the rows of a list begin, of which only those that were seen have a known height. */
export function offsetsOf<Key>(
  rows: readonly { key: Key }[],
  heights: ReadonlyMap<Key, number>,
  estimate: number,
): Float64Array {
  const offsets = new Float64Array(rows.length + 1);
  rows.forEach(({ key }, i) => (offsets[i + 1] = offsets[i]! + (heights.get(key) ?? estimate)));
  return offsets;
}

/** The row at `y`: the last one that begins there or above. */
export function firstAt(offsets: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(offsets.length - 2, 0);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsets[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
