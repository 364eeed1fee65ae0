import { expect, it } from 'vitest';
import { firstAt, offsetsOf } from './offsets';

const rows = ['a', 'b', 'c', 'd'].map((key) => ({ key }));

it('mixes known heights with the estimate', () => {
  expect([...offsetsOf(rows, new Map([['b', 100]]), 50)]).toEqual([0, 50, 150, 200, 250]);
});

it.each([
  [-20, 0],
  [0, 0],
  [49, 0],
  [50, 1],
  [149, 1],
  [150, 2],
  [9999, 3],
])('finds the row at %i', (y, row) => {
  expect(firstAt(offsetsOf(rows, new Map([['b', 100]]), 50), y)).toBe(row);
});

it('finds nothing in an empty list', () => {
  expect(firstAt(offsetsOf([], new Map(), 50), 10)).toBe(0);
});
