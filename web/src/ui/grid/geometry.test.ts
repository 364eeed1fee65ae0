import { beforeEach, describe, expect, it } from 'vitest';
import { monthKeys, monthOf, STYLE } from './fixture';
import { Geometry, lastNotAbove } from './geometry';

const VIEW = 836;
let geometry: Geometry;
const keys = monthKeys(24);
/** Days of 20 photos, as many in a month as its number. */
const load = (index: number) => geometry.setData(index, monthOf(keys[index]!, index + 1, 20));

beforeEach(() => {
  geometry = new Geometry(STYLE, '2026-11-01');
  geometry.setSections(keys.map((key, i) => ({ key, count: 20 * (i + 1) })));
});

describe('before any photo is here', () => {
  it('everything has a place', () => {
    expect(geometry.count).toBe(20 * 300);
    for (let i = 0; i < keys.length; i++) expect(geometry.tops[i + 1]! - geometry.tops[i]!).toBeGreaterThan(100);
    expect(geometry.height).toBe(geometry.tops[24]! + STYLE.end);
  });

  it('estimates come near to what is found', () => {
    load(0);
    load(1);
    const estimated = geometry.sections[20]!.height;
    load(20);
    expect(Math.abs(geometry.sections[20]!.height / estimated - 1)).toBeLessThan(0.15);
  });
});

describe('a million photos', () => {
  it('are measured at once', () => {
    const large = new Geometry(STYLE, '2026-11-01');
    large.setSections(monthKeys(240).map((key) => ({ key, count: 4167 })));
    const started = performance.now();
    large.setData(100, monthOf(keys[3]!, 28, 250));
    expect(performance.now() - started).toBeLessThan(60);
    expect(large.height).toBeGreaterThan(40_000_000);
  });
});

describe('what is where', () => {
  beforeEach(() => [2, 3, 4].forEach(load));

  it('finds a section, also at its edges and beyond the ends', () => {
    expect(geometry.sectionAt(-5)).toBe(0);
    expect(geometry.sectionAt(geometry.tops[3]!)).toBe(3);
    expect(geometry.sectionAt(geometry.tops[3]! - 1)).toBe(2);
    expect(geometry.sectionAt(1e9)).toBe(23);
  });

  it('finds every photo where it is drawn', () => {
    for (let index = 0; index < 80; index++) {
      const box = geometry.boxOf({ section: 3, index })!;
      const spot = geometry.spotIn(box.y, box.y + 1)!;
      expect(geometry.boxOf(spot)!.y).toBe(box.y);
    }
  });

  it('finds photos by id, in the months that are here', () => {
    expect(geometry.find('2025-09/3/7')).toEqual({ section: 3, index: 67 });
    expect(geometry.dayOf({ section: 3, index: 67 })).toBe(3);
    expect(geometry.find('2025-12/0/0')).toBeUndefined();
  });

  it('draws the rows that reach into the view, no others', () => {
    const { layout } = geometry.sections[4]!;
    const [from, to] = geometry.photosIn(4, 1, 300, 500);
    const { y, h } = layout!.boxes;
    for (let i = 20; i < 40; i++) expect(i >= from && i < to).toBe(y[i]! + h[i]! > 300 && y[i]! < 500);
  });
});

describe('an anchor', () => {
  it('keeps its photo in place when a month above turns out otherwise', () => {
    load(5);
    const place = geometry.tops[5]! + 777;
    const anchor = geometry.anchorIn(place, place + VIEW)!;
    const before = geometry.boxOf(geometry.find(anchor.id!)!)!.y - place;
    load(2);
    load(4);
    const after = geometry.placeOf(anchor)!;
    expect(after).not.toBe(place);
    expect(geometry.boxOf(geometry.find(anchor.id!)!)!.y - after).toBe(before);
  });

  it('is a photo further down when the month at the top is not here', () => {
    load(7);
    const place = geometry.tops[7]! - 200;
    const anchor = geometry.anchorIn(place, place + VIEW)!;
    expect(anchor.key).toBe(keys[7]);
    load(6);
    expect(geometry.tops[7]! - geometry.placeOf(anchor)!).toBe(200);
  });

  it('is a share of the month while no photo is here', () => {
    const place = geometry.tops[9]! + geometry.sections[9]!.height / 2;
    const anchor = geometry.anchorIn(place, place + 10)!;
    expect(anchor.id).toBeUndefined();
    load(9);
    expect(geometry.placeOf(anchor)).toBe(geometry.tops[9]! + Math.round(geometry.sections[9]!.height / 2));
  });

  it('survives that its month is forgotten and comes again', () => {
    load(5);
    const place = geometry.tops[5]! + 500;
    const anchor = geometry.anchorIn(place, place + VIEW)!;
    geometry.setData(5, null);
    expect(Math.abs(geometry.placeOf(anchor)! - place)).toBeLessThanOrEqual(1);
    load(5);
    expect(geometry.placeOf(anchor)).toBe(place);
  });

  it('keeps its photo when the width changes', () => {
    load(5);
    const place = geometry.tops[5]! + 500;
    const anchor = geometry.anchorIn(place, place + VIEW)!;
    geometry.setStyle({ ...STYLE, width: 700 });
    expect(geometry.boxOf(geometry.find(anchor.id!)!)!.y - geometry.placeOf(anchor)!).toBe(anchor.offset);
  });
});

it('keeps the photos of months whose count stays when the list changes', () => {
  load(1);
  geometry.setSections([{ key: '2026-01-01', count: 3 }, ...keys.map((key, i) => ({ key, count: 20 * (i + 1) }))]);
  expect(geometry.sections[2]!.data?.length).toBe(40);
  expect(geometry.sections[0]!.data).toBeNull();
});

it('searches what grows', () => {
  expect([-1, 0, 5, 10, 99].map((limit) => lastNotAbove([0, 5, 5, 10], limit, 0, 4))).toEqual([-1, 0, 2, 3, 3]);
});
