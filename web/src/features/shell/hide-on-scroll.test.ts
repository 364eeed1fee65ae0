import { describe, expect, it } from 'vitest';
import { hides } from './hide-on-scroll';

describe('hides', () => {
  it.each([
    ['hides on the way down', 200, 260, true],
    ['returns on the way up', 260, 200, false],
    ['ignores a trembling finger', 200, 204, undefined],
    ['is always there at the top', 0, 90, false],
  ])('%s', (_, before, now, expected) => {
    expect(hides(before, now)).toBe(expected);
  });
});
