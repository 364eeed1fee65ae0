import { describe, expect, it } from 'vitest';
import { ScrollMap, isGreatMove } from './scroll';

const VIEW = 836;

describe('a list that fits', () => {
  const map = new ScrollMap(120_000, VIEW);

  it('is scrolled as it is', () => {
    expect(map.height).toBe(120_000);
    for (const place of [0, 1, 5000, map.end]) {
      expect(map.toContainer(place)).toBe(place);
      expect(map.toList(place)).toBe(place);
    }
  });

  it('shorter than the view has one place only', () => {
    const short = new ScrollMap(300, VIEW);
    expect([short.height, short.end, short.toList(0), short.clamp(50)]).toEqual([VIEW, 0, 0, 0]);
  });
});

describe('a list of a million photos', () => {
  const height = 61_234_567;
  const map = new ScrollMap(height, VIEW);
  const bottom = map.height - VIEW;

  it('stays below what browsers cut', () => expect(map.height).toBeLessThan(17_000_000));

  it('is reached from the first to the last pixel', () => {
    expect(map.toList(0)).toBe(0);
    expect(map.toList(bottom)).toBe(height - VIEW);
    expect(map.toContainer(height - VIEW)).toBe(bottom);
  });

  it('is one to one near both ends', () => {
    expect(map.toList(1000)).toBe(1000);
    expect(map.toList(bottom - 1000)).toBe(height - VIEW - 1000);
  });

  it('grows with the position, and back again is the same place to within a pixel of the container', () => {
    const pitch = height / map.height + 1;
    let before = -1;
    for (let position = 0; position <= bottom; position += 9973) {
      const place = map.toList(position);
      expect(place).toBeGreaterThan(before);
      expect(Math.abs(map.toContainer(place) - position)).toBeLessThanOrEqual(1);
      expect(Math.abs(map.toList(map.toContainer(place)) - place)).toBeLessThan(pitch);
      before = place;
    }
  });
});

it('tells a hand from a scroll bar', () => {
  expect(isGreatMove(120, VIEW)).toBe(false);
  expect(isGreatMove(-3600, VIEW)).toBe(false);
  expect(isGreatMove(40_000, VIEW)).toBe(true);
});
