/** The arithmetic of zooming. Points and shifts are CSS pixels, measured from the middle of the stage. */

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** `scale` 1 fits the stage; x and y are how far the picture's middle is from the stage's. */
export interface Zoom extends Point {
  scale: number;
}

export const FITTED: Zoom = { scale: 1, x: 0, y: 0 };

/** One press of + or −. */
export const ZOOM_STEP = 1.5;
/** How much of a picture that covers the stage an arrow key moves. */
const PAN_SHARE = 0.15;
/** Beyond one picture pixel for one of the screen's. */
const BEYOND = 4;
/** A picture whose own pixels are about as large as the fitted ones is shown twice as large by a double click. */
const SAME_SIZE = 1.1;
const DOUBLE = 2;

/** The largest size of a picture inside the stage. */
export function fit(stage: Size, ratio: number): Size {
  if (stage.width <= 0 || stage.height <= 0) return { width: 0, height: 0 };
  const width = Math.min(stage.width, stage.height * ratio);
  return { width, height: width / ratio };
}

/** The scale at which one pixel of the picture is one of the screen. */
export function oneToOne(fitted: Size, pixels: Size, density: number): number {
  return fitted.width > 0 ? pixels.width / density / fitted.width : 1;
}

export function limits(one: number): { least: number; most: number } {
  return { least: Math.min(1, one), most: Math.max(BEYOND, one * BEYOND) };
}

/** Where a double click, a double tap or z goes: between fitted and 1:1. */
export function toggled(scale: number, one: number): number {
  if (Math.abs(scale - 1) > 0.01) return 1;
  return one > SAME_SIZE ? one : DOUBLE;
}

/** Keeps the edges of the picture outside the stage, or the picture in the middle where it is smaller. */
export function clamp(zoom: Zoom, fitted: Size, stage: Size): Zoom {
  const room = (length: number, space: number) => Math.max(0, (length * zoom.scale - space) / 2);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value)) || 0;
  return {
    scale: zoom.scale,
    x: within(zoom.x, room(fitted.width, stage.width)),
    y: within(zoom.y, room(fitted.height, stage.height)),
  };
}

/** Zooms so that what is under `at` stays there, as far as the picture's edges allow. */
export function zoomAt(zoom: Zoom, scale: number, at: Point, fitted: Size, stage: Size): Zoom {
  const factor = scale / zoom.scale;
  return clamp(
    { scale, x: at.x - (at.x - zoom.x) * factor, y: at.y - (at.y - zoom.y) * factor },
    fitted,
    stage,
  );
}

export function pan(zoom: Zoom, by: Point, fitted: Size, stage: Size): Zoom {
  return clamp({ scale: zoom.scale, x: zoom.x + by.x, y: zoom.y + by.y }, fitted, stage);
}

/** The picture's way for an arrow key: what is to the right comes into view, so the picture goes left. */
export function arrowPan(key: string, stage: Size): Point | undefined {
  const across = stage.width * PAN_SHARE;
  const down = stage.height * PAN_SHARE;
  const ways: Record<string, Point> = {
    ArrowLeft: { x: across, y: 0 },
    ArrowRight: { x: -across, y: 0 },
    ArrowUp: { x: 0, y: down },
    ArrowDown: { x: 0, y: -down },
  };
  return ways[key];
}

/** A wheel notch is about 100 px; a trackpad's pinch comes as small deltas with the control key held. */
export function wheelFactor(deltaY: number, deltaMode: number, pinch: boolean): number {
  const LINE = 33;
  const pixels = deltaMode === 0 ? deltaY : deltaY * LINE;
  return Math.exp(-pixels * (pinch ? 0.01 : 0.0022));
}

/** Does the preview have fewer pixels than the screen shows of it now? */
export function wantsOriginal(zoom: Zoom, fitted: Size, preview: Size, pixels: Size, density: number): boolean {
  return pixels.width > preview.width && fitted.width * zoom.scale * density > preview.width;
}
