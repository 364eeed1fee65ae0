import { describe, expect, it } from 'vitest';
import { arrowPan, clamp, fit, FITTED, limits, oneToOne, pan, toggled, wantsOriginal, wheelFactor, zoomAt } from './zoom';

const stage = { width: 1000, height: 600 };
const fitted = fit(stage, 1.5);

/** The point of the picture (from its middle, in fitted pixels) that is under a point of the stage. */
const under = (zoom: { scale: number; x: number; y: number }, at: { x: number; y: number }) => ({
  x: (at.x - zoom.x) / zoom.scale,
  y: (at.y - zoom.y) / zoom.scale,
});

describe('fit', () => {
  it('is bounded by height for a picture that is narrower than the stage', () => {
    expect(fitted).toEqual({ width: 900, height: 600 });
  });
  it('is bounded by width for a panorama', () => {
    expect(fit(stage, 4)).toEqual({ width: 1000, height: 250 });
  });
  it('is nothing on a stage that has no size yet', () => {
    expect(fit({ width: 0, height: 0 }, 1.5)).toEqual({ width: 0, height: 0 });
  });
});

describe('zoomAt', () => {
  it('keeps the point under the pointer where the edges leave room', () => {
    const at = { x: 120, y: -40 };
    const first = zoomAt(FITTED, 3, at, fitted, stage);
    expect(under(first, at)).toEqual({ x: at.x, y: at.y });
    const second = zoomAt(first, 5, { x: -200, y: 90 }, fitted, stage);
    expect(under(second, { x: -200, y: 90 }).x).toBeCloseTo(under(first, { x: -200, y: 90 }).x);
    expect(under(second, { x: -200, y: 90 }).y).toBeCloseTo(under(first, { x: -200, y: 90 }).y);
  });
  it('comes back to the middle when zoomed out', () => {
    const near = zoomAt(FITTED, 4, { x: 400, y: 250 }, fitted, stage);
    expect(zoomAt(near, 1, { x: -300, y: 0 }, fitted, stage)).toEqual(FITTED);
  });
  it('does not open a gap between the picture and the edge of the stage', () => {
    const zoom = zoomAt(FITTED, 1.2, { x: 500, y: 300 }, fitted, stage);
    expect(Math.abs(zoom.x)).toBeLessThanOrEqual((900 * 1.2 - 1000) / 2);
    expect(Math.abs(zoom.y)).toBeLessThanOrEqual((600 * 1.2 - 600) / 2);
  });
});

describe('clamp and pan', () => {
  it('holds a picture in the middle while it is smaller than the stage', () => {
    expect(clamp({ scale: 0.5, x: 80, y: 80 }, fitted, stage)).toEqual({ scale: 0.5, x: 0, y: 0 });
  });
  it('stops at the edge', () => {
    expect(pan({ scale: 2, x: 0, y: 0 }, { x: 5000, y: -5000 }, fitted, stage)).toEqual({ scale: 2, x: 400, y: -300 });
  });
  it('moves the picture against the arrow', () => {
    expect(arrowPan('ArrowRight', stage)!.x).toBeLessThan(0);
    expect(arrowPan('ArrowUp', stage)!.y).toBeGreaterThan(0);
    expect(arrowPan('Home', stage)).toBeUndefined();
  });
});

describe('scales', () => {
  it('knows 1:1 on a dense screen', () => {
    expect(oneToOne(fitted, { width: 3600, height: 2400 }, 2)).toBe(2);
  });
  it('toggles between fitted and 1:1', () => {
    expect(toggled(1, 4)).toBe(4);
    expect(toggled(4, 4)).toBe(1);
    expect(toggled(2.3, 4)).toBe(1);
  });
  it('shows a small picture larger rather than smaller', () => {
    expect(toggled(1, 0.4)).toBe(2);
    expect(limits(0.4)).toEqual({ least: 0.4, most: 4 });
  });
  it('goes beyond 1:1', () => {
    expect(limits(5)).toEqual({ least: 1, most: 20 });
  });
  it('turns a wheel notch into a step, and back into the same', () => {
    expect(wheelFactor(-100, 0, false)).toBeGreaterThan(1.15);
    expect(wheelFactor(100, 0, false) * wheelFactor(-100, 0, false)).toBeCloseTo(1);
    expect(wheelFactor(3, 1, false)).toBeCloseTo(wheelFactor(99, 0, false));
  });
});

describe('wantsOriginal', () => {
  const preview = { width: 1440, height: 960 };
  const pixels = { width: 6000, height: 4000 };
  it('keeps the preview while it has enough pixels', () => {
    expect(wantsOriginal(FITTED, fitted, preview, pixels, 1)).toBe(false);
    expect(wantsOriginal({ ...FITTED, scale: 1.6 }, fitted, preview, pixels, 1)).toBe(false);
  });
  it('asks for more when zoomed past it', () => {
    expect(wantsOriginal({ ...FITTED, scale: 1.7 }, fitted, preview, pixels, 1)).toBe(true);
    expect(wantsOriginal(FITTED, fitted, preview, pixels, 2)).toBe(true);
  });
  it('asks for nothing when the preview is all there is', () => {
    expect(wantsOriginal({ ...FITTED, scale: 9 }, fitted, preview, preview, 2)).toBe(false);
  });
});
