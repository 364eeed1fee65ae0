import { describe, expect, it } from 'vitest';
import { Way } from './hide-on-scroll';

const walk = (...offsets: number[]) => {
  const way = new Way();
  return offsets.map((offset) => way.hides(offset));
};

describe('Way', () => {
  it('hides on the way down and returns on the way up', () => {
    expect(walk(120, 160, 200, 180, 160)).toEqual([undefined, true, true, undefined, false]);
  });

  it('ignores a trembling finger', () => {
    expect(walk(120, 160, 163, 158, 161)).toEqual([undefined, true, undefined, undefined, undefined]);
  });

  it('ignores a jump by which the page puts itself right', () => {
    expect(walk(120, 200, 280, 220, 300, 380)).toEqual([undefined, true, true, undefined, undefined, true]);
  });

  it('is always there at the top', () => {
    expect(walk(200, 400, 90)).toEqual([undefined, true, false]);
  });
});
