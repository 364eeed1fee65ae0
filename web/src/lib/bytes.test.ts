import { describe, expect, it } from 'vitest';
import { formatBytes } from './bytes';

describe('formatBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1_234_567, '1.23 MB'],
    [252_000_000_000, '252 GB'],
    [1_280_000_000_000, '1.28 TB'],
    [4_200_000_000_000_000_000, '4200 PB'],
  ])('%i is %s', (bytes, text) => {
    expect(formatBytes(bytes).replace(',', '')).toBe(text);
  });
});
