import { expect, it } from 'vitest';
import { nextPhotoSize, type PhotoSize } from './density';

const USUAL: PhotoSize = { density: 'comfortable', columns: 3 };

it('steps through the densities, and stays at their ends', () => {
  expect(nextPhotoSize(USUAL, false, 1)).toEqual({ density: 'large', columns: 3 });
  expect(nextPhotoSize(USUAL, false, -1)).toEqual({ density: 'compact', columns: 3 });
  expect(nextPhotoSize({ ...USUAL, density: 'large' }, false, 1).density).toBe('large');
  expect(nextPhotoSize({ ...USUAL, density: 'compact' }, false, -1).density).toBe('compact');
});

it('on a phone larger photos are fewer beside each other', () => {
  expect(nextPhotoSize(USUAL, true, 1)).toEqual({ density: 'comfortable', columns: 2 });
  expect(nextPhotoSize(USUAL, true, -1).columns).toBe(5);
  expect(nextPhotoSize({ ...USUAL, columns: 9 }, true, -1).columns).toBe(9);
  expect(nextPhotoSize({ ...USUAL, columns: 2 }, true, 1).columns).toBe(2);
});
