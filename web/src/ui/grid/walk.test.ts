import { beforeEach, describe, expect, it } from 'vitest';
import { monthKeys, monthOf, STYLE } from './fixture';
import { Geometry } from './geometry';
import { across, along, jump } from './walk';

let geometry: Geometry;
const keys = monthKeys(20);

beforeEach(() => {
  geometry = new Geometry(STYLE, '2026-11-01');
  geometry.setSections(keys.map((key) => ({ key, count: 30 })));
  for (const i of [0, 1, 11, 12]) geometry.setData(i, monthOf(keys[i]!, 3, 10));
});

describe('along', () => {
  it('passes from month to month, and ends at the ends', () => {
    expect(along(geometry, { section: 0, index: 29 }, 1)).toEqual({ section: 1, index: 0 });
    expect(along(geometry, { section: 1, index: 0 }, -1)).toEqual({ section: 0, index: 29 });
    expect(along(geometry, { section: 0, index: 0 }, -1)).toBeUndefined();
  });

  it('says which month is missing', () => {
    expect(along(geometry, { section: 1, index: 29 }, 1)).toEqual({ missing: keys[2] });
  });
});

describe('across', () => {
  it('goes down row by row to the nearest photo, and covers every row', () => {
    let spot = { section: 0, index: 0 };
    const rows = new Set([geometry.boxOf(spot)!.y]);
    for (let next = across(geometry, spot, 1); next && !('missing' in next); next = across(geometry, spot, 1)) {
      expect(geometry.boxOf(next)!.y).toBeGreaterThan(geometry.boxOf(spot)!.y);
      spot = next;
      rows.add(geometry.boxOf(spot)!.y);
    }
    const all = new Set([0, 1].flatMap((section) => Array.from({ length: 30 }, (_, index) => geometry.boxOf({ section, index })!.y)));
    expect(rows).toEqual(all);
  });

  it('takes what is nearest by eye', () => {
    const from = { section: 0, index: 2 };
    const to = across(geometry, from, 1) as typeof from;
    const middle = ({ x, w }: { x: number; w: number }) => x + w / 2;
    const row = geometry.boxOf(to)!.y;
    const distance = (index: number) => Math.abs(middle(geometry.boxOf({ section: 0, index })!) - middle(geometry.boxOf(from)!));
    for (let i = 0; i < 30; i++) {
      if (geometry.boxOf({ section: 0, index: i })!.y === row) expect(distance(to.index)).toBeLessThanOrEqual(distance(i));
    }
  });
});

describe('jump', () => {
  it('by days, across months', () => {
    expect(jump(geometry, { section: 0, index: 4 }, 'day', 1)).toEqual({ section: 0, index: 10 });
    expect(jump(geometry, { section: 0, index: 25 }, 'day', 1)).toEqual({ section: 1, index: 0 });
    expect(jump(geometry, { section: 1, index: 4 }, 'day', -1)).toEqual({ section: 0, index: 20 });
  });

  it('by months, to their first day both ways', () => {
    expect(jump(geometry, { section: 0, index: 17 }, 'month', 1)).toEqual({ section: 1, index: 0 });
    expect(jump(geometry, { section: 1, index: 17 }, 'month', -1)).toEqual({ section: 0, index: 0 });
    expect(jump(geometry, { section: 0, index: 17 }, 'month', -1)).toBeUndefined();
  });

  it('by years, to the newest month of each', () => {
    expect(jump(geometry, { section: 1, index: 0 }, 'year', 1)).toEqual({ section: 12, index: 0 });
    expect(jump(geometry, { section: 12, index: 5 }, 'year', -1)).toEqual({ section: 0, index: 0 });
    expect(jump(geometry, { section: 12, index: 5 }, 'year', 1)).toBeUndefined();
  });
});
