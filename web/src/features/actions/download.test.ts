import { expect, it } from 'vitest';
import { archiveName } from './download';

it('names archives by the day, and numbers several', () => {
  const day = new Date(2026, 5, 4, 23, 59);
  expect(archiveName(day, 0, 1)).toBe('tintype-2026-06-04.zip');
  expect(archiveName(day, 1, 3)).toBe('tintype-2026-06-04-2.zip');
});
