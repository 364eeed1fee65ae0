import { describe, expect, it } from 'vitest';
import { place } from './place';

const view = { width: 1000, height: 600 };
const panel = { width: 200, height: 300 };

describe('place', () => {
  it('opens below, in line with the start', () => {
    expect(place({ x: 100, y: 50, width: 40, height: 40 }, panel, view)).toMatchObject({ x: 100, y: 96, side: 'below' });
  });

  it('is in line with the end, mirrored in right-to-left text', () => {
    const anchor = { x: 500, y: 50, width: 40, height: 40 };
    expect(place(anchor, panel, view, { align: 'end' }).x).toBe(340);
    expect(place(anchor, panel, view, { align: 'end', rtl: true }).x).toBe(500);
    expect(place(anchor, panel, view, { align: 'start', rtl: true }).x).toBe(340);
    expect(place(anchor, panel, view, { align: 'centre' }).x).toBe(420);
  });

  it('turns to the side with room', () => {
    const low = place({ x: 100, y: 500, width: 40, height: 40 }, panel, view);
    expect(low).toMatchObject({ side: 'above', y: 194 });
    const high = place({ x: 100, y: 20, width: 40, height: 40 }, panel, view, { side: 'above' });
    expect(high).toMatchObject({ side: 'below', y: 66 });
  });

  it('keeps the wished side and says how much room there is when no side is enough', () => {
    const tall = place({ x: 100, y: 250, width: 40, height: 40 }, { width: 200, height: 900 }, view);
    expect(tall).toMatchObject({ side: 'below', y: 296, maxHeight: 296 });
  });

  it('stays in the window', () => {
    expect(place({ x: 970, y: 50, width: 40, height: 40 }, panel, view).x).toBe(792);
    expect(place({ x: -30, y: 50, width: 40, height: 40 }, panel, view).x).toBe(8);
    expect(place({ x: 10, y: 50, width: 40, height: 40 }, { width: 1200, height: 20 }, view).x).toBe(8);
  });
});
