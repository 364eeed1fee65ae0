import { describe, expect, it } from 'vitest';
import { backoff } from './backoff';

describe('backoff', () => {
  it('doubles from one second and stops at half a minute', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 100].map((attempt) => backoff(attempt, 0.5))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('spreads by a fifth to both sides', () => {
    expect(backoff(0, 0)).toBe(800);
    expect(backoff(0, 0.9999)).toBe(1200);
  });
});
