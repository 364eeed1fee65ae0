import { describe, expect, it } from 'vitest';
import { Boxes, layoutRows, type RowStyle } from './rows';

const style: RowStyle = { width: 1120, row: 212, gap: 4, columns: 0 };

/** The same "random" ratios on every run. */
function ratios(count: number): Float32Array {
  const usual = [4 / 3, 3 / 4, 1.5, 16 / 9, 1, 2 / 3, 9 / 16, 2.5];
  let seed = 7;
  return Float32Array.from({ length: count }, () => usual[(seed = (seed * 16807) % 2147483647) % usual.length]!);
}

function rowsOf(boxes: Boxes, count: number): number[][] {
  const rows: number[][] = [];
  for (let i = 0; i < count; i++) {
    if (i === 0 || boxes.y[i] !== boxes.y[i - 1]) rows.push([]);
    rows.at(-1)!.push(i);
  }
  return rows;
}

describe('justified rows', () => {
  const count = 500;
  const boxes = new Boxes(count);
  const height = layoutRows(ratios(count), 0, count, style, boxes);
  const rows = rowsOf(boxes, count);

  it('end at the edge, but for the last', () => {
    for (const row of rows.slice(0, -1)) {
      const last = row.at(-1)!;
      expect(boxes.x[last]! + boxes.w[last]!).toBe(style.width);
    }
  });

  it('have one gap between neighbours and between rows', () => {
    for (const row of rows)
      for (const i of row.slice(1)) expect(boxes.x[i]).toBe(boxes.x[i - 1]! + boxes.w[i - 1]! + style.gap);
    for (let r = 1; r < rows.length; r++) {
      const above = rows[r - 1]![0]!;
      expect(boxes.y[rows[r]![0]!]).toBe(boxes.y[above]! + boxes.h[above]! + style.gap);
    }
    expect(height).toBe(boxes.y[count - 1]! + boxes.h[count - 1]!);
  });

  it('are near the height aimed for', () => {
    const heights = rows.map((row) => boxes.h[row[0]!]!);
    expect(Math.min(...heights)).toBeGreaterThan(style.row * 0.7);
    expect(Math.max(...heights)).toBeLessThanOrEqual(style.row * 1.35);
    expect(heights.reduce((a, b) => a + b) / heights.length / style.row).toBeCloseTo(1, 1);
  });

  it('show photos nearly whole', () => {
    const wanted = ratios(count);
    for (let i = 0; i < count; i++) expect(boxes.w[i]! / boxes.h[i]! / wanted[i]!).toBeCloseTo(1, 1);
  });
});

describe('a row that is not full', () => {
  it('keeps the height of the others and does not reach the edge', () => {
    const boxes = new Boxes(6);
    layoutRows(Float32Array.of(1.5, 1.5, 1.5, 1.5, 1.5, 1.5), 0, 6, { ...style, width: 4 * 300 + 12, row: 200 }, boxes);
    expect([...boxes.h]).toEqual([200, 200, 200, 200, 200, 200]);
    expect(boxes.x[5]! + boxes.w[5]!).toBe(604);
  });

  it('does not make a single photo a wall', () => {
    const boxes = new Boxes(1);
    expect(layoutRows(Float32Array.of(1), 0, 1, style, boxes)).toBe(212);
    expect(boxes.w[0]).toBe(212);
  });
});

it('crops a panorama that would be a ribbon', () => {
  const boxes = new Boxes(1);
  layoutRows(Float32Array.of(40), 0, 1, { ...style, width: 320 }, boxes);
  expect(boxes.w[0]).toBe(320);
  expect(boxes.h[0]).toBe(100);
});

describe('squares', () => {
  it('fill the width in columns', () => {
    const boxes = new Boxes(7);
    const height = layoutRows(new Float32Array(7).fill(1), 0, 7, { width: 390, row: 0, gap: 2, columns: 3 }, boxes);
    expect([...boxes.y]).toEqual([0, 0, 0, 130, 130, 130, 260]);
    expect(boxes.x[2]! + boxes.w[2]!).toBe(390);
    expect(height).toBe(388);
  });
});

it('lays out only its part of the photos', () => {
  const boxes = new Boxes(30);
  layoutRows(ratios(30), 10, 20, style, boxes);
  expect(boxes.w[9]).toBe(0);
  expect(boxes.w[20]).toBe(0);
  expect(boxes.y[10]).toBe(0);
});
