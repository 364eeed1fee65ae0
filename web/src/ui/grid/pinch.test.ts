import { expect, it } from 'vitest';
import { pinchStep } from './pinch';

it('fingers that tremble change nothing', () => {
  for (const distance of [80, 95, 100, 110, 130]) expect(pinchStep(100, distance)).toBe(0);
});

it('apart is larger, together is smaller', () => {
  expect(pinchStep(100, 140)).toBe(1);
  expect(pinchStep(140, 100)).toBe(-1);
});
