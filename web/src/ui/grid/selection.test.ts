import { beforeEach, describe, expect, it } from 'vitest';
import { monthKeys, monthOf, STYLE } from './fixture';
import { Grid } from './grid.svelte';
import { Selection } from './selection.svelte';

const keys = monthKeys(3);
let grid: Grid;
let selection: Selection;
const photo = (id: string) => grid.photoAt(grid.geometry.find(id)!);
const ids = () => selection.photos().map(({ id }) => id);

beforeEach(() => {
  grid = new Grid('2026-11-01');
  grid.resize(836, STYLE);
  grid.setSections(keys.map((key) => ({ key, count: 12 })));
  grid.ensure = (wanted) => {
    for (const key of wanted) grid.setData(key, monthOf(key, 3, 4));
    return Promise.resolve();
  };
  grid.setData(keys[0]!, monthOf(keys[0]!, 3, 4));
  selection = new Selection(grid);
});

it('a click selects, another takes back', () => {
  selection.toggle(photo('2025-12/0/1'));
  expect([selection.active, selection.has('2025-12/0/1')]).toEqual([true, true]);
  selection.toggle(photo('2025-12/0/1'));
  expect(selection.active).toBe(false);
});

describe('a range', () => {
  it('goes from the last one to here, either way', async () => {
    selection.toggle(photo('2025-12/1/0'));
    await selection.extend(photo('2025-12/1/2'));
    expect(ids()).toEqual(['2025-12/1/0', '2025-12/1/1', '2025-12/1/2']);
    await selection.extend(photo('2025-12/0/3'));
    expect(selection.size).toBe(6 - 2 + 0);
    expect(selection.has('2025-12/0/3')).toBe(true);
  });

  it('fetches what lies between', async () => {
    grid.setData(keys[2]!, monthOf(keys[2]!, 3, 4));
    selection.toggle(photo('2025-12/2/3'));
    await selection.extend(photo('2025-10/0/0'));
    expect(selection.size).toBe(1 + 12 + 1);
  });

  it('shows itself before it is made', () => {
    selection.toggle(photo('2025-12/0/0'));
    selection.showRange(photo('2025-12/0/2'));
    expect([...selection.preview]).toEqual(['2025-12/0/0', '2025-12/0/1', '2025-12/0/2']);
    selection.showRange(undefined);
    expect([selection.preview.size, selection.size]).toEqual([0, 1]);
  });
});

describe('a day', () => {
  it('has none, some or all', () => {
    expect(selection.ofDay('2025-12-28', 4)).toBe('none');
    selection.toggle(photo('2025-12/0/0'));
    expect(selection.ofDay('2025-12-28', 4)).toBe('some');
    selection.toggleDay(0, 0);
    expect(selection.ofDay('2025-12-28', 4)).toBe('all');
    selection.toggleDay(0, 0);
    expect(selection.size).toBe(0);
  });
});

describe('a stroke', () => {
  it('paints, and takes back what it leaves', () => {
    selection.toggle(photo('2025-12/0/2'));
    selection.beginStroke(photo('2025-12/0/0'));
    selection.strokeTo(photo('2025-12/1/1'));
    expect(selection.size).toBe(6);
    selection.strokeTo(photo('2025-12/0/1'));
    expect(ids().sort()).toEqual(['2025-12/0/0', '2025-12/0/1', '2025-12/0/2']);
    selection.endStroke();
  });

  it('takes out when it begins on a selected photo', () => {
    selection.toggleDay(0, 0);
    selection.beginStroke(photo('2025-12/0/1'));
    selection.strokeTo(photo('2025-12/0/2'));
    expect(ids()).toEqual(['2025-12/0/0', '2025-12/0/3']);
    selection.strokeTo(photo('2025-12/0/1'));
    expect(ids().sort()).toEqual(['2025-12/0/0', '2025-12/0/2', '2025-12/0/3']);
  });
});

it('everything means months that are not here, too', async () => {
  await selection.all();
  expect(selection.size).toBe(36);
});

it('forgets photos that are gone', () => {
  selection.toggleDay(0, 1);
  selection.drop(['2025-12/1/0', 'unknown']);
  expect(selection.size).toBe(3);
  expect(selection.ofDay('2025-12-27', 4)).toBe('some');
});
