/**
 * Tells taps, presses, drags and pinches apart from a stream of pointer events. Knows no DOM: the stage feeds it and
 * decides what a gesture means. Points are those of the events; one instance serves one surface.
 */
import type { Point } from './zoom';

export interface Pointer extends Point {
  id: number;
  /** Milliseconds, as Event.timeStamp. */
  time: number;
}

export interface Drag {
  /** The way the drag set out in; it does not change on the way. */
  axis: 'x' | 'y';
  /** From where it began. */
  total: Point;
  /** Since the last call. */
  step: Point;
  /** Pixels a millisecond, over the last moments. */
  velocity: Point;
}

export interface Pinch {
  /** How much further apart the fingers are than at the last call. */
  factor: number;
  /** The middle between the fingers. */
  at: Point;
  /** How far that middle moved. */
  step: Point;
}

export interface Handlers {
  tap(at: Point): void;
  doubleTap(at: Point): void;
  press(at: Point): void;
  /** The finger of a press went up, or the press became something else. */
  release(): void;
  drag(drag: Drag): void;
  dragEnd(drag: Drag): void;
  /** The drag became a pinch or was taken away by the system. */
  dragCancel(): void;
  pinch(pinch: Pinch): void;
  pinchEnd(): void;
}

/** A finger is never quite still. */
const SLOP = 8;
const PRESS_MS = 350;
const DOUBLE_MS = 260;
const DOUBLE_PX = 32;
/** Speed is measured over this long, so that a pause before letting go counts. */
const SPEED_MS = 90;

type Phase = 'idle' | 'down' | 'pressed' | 'drag' | 'pinch';

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const minus = (a: Point, b: Point): Point => ({ x: a.x - b.x, y: a.y - b.y });

export class Gestures {
  #phase: Phase = 'idle';
  #down = new Map<number, Pointer>();
  #start: Pointer | undefined;
  #axis: Drag['axis'] = 'x';
  #trail: Pointer[] = [];
  #lastTap: Pointer | undefined;
  #tapTimer: ReturnType<typeof setTimeout> | undefined;
  #pressTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly on: Handlers) {}

  /** Fingers or buttons are on the surface. */
  get active(): boolean {
    return this.#down.size > 0;
  }

  down(pointer: Pointer): void {
    this.#down.set(pointer.id, pointer);
    if (this.#down.size === 1) {
      this.#phase = 'down';
      this.#start = pointer;
      this.#trail = [pointer];
      this.#pressTimer = setTimeout(() => this.#press(pointer), PRESS_MS);
    } else if (this.#down.size === 2) {
      this.#leave();
      this.#phase = 'pinch';
    }
  }

  move(pointer: Pointer): void {
    const before = this.#down.get(pointer.id);
    if (!before) return;
    if (this.#phase === 'pinch') return this.#pinch(pointer, before);
    this.#down.set(pointer.id, pointer);
    if (this.#phase === 'down' || this.#phase === 'pressed') {
      const total = minus(pointer, this.#start!);
      if (Math.hypot(total.x, total.y) < SLOP) return;
      this.#leave();
      this.#phase = 'drag';
      this.#axis = Math.abs(total.x) >= Math.abs(total.y) ? 'x' : 'y';
    }
    if (this.#phase !== 'drag') return;
    this.#trail.push(pointer);
    this.on.drag(this.#dragged(pointer, before));
  }

  up(pointer: Pointer): void {
    const before = this.#down.get(pointer.id);
    if (!before) return;
    this.#down.delete(pointer.id);
    if (this.#phase === 'drag') this.on.dragEnd(this.#dragged(pointer, before));
    else if (this.#phase === 'down') this.#tap(pointer);
    else if (this.#phase === 'pinch') this.on.pinchEnd();
    if (this.#phase === 'pressed') this.#leave();
    this.#settle();
  }

  cancel(id: number): void {
    if (!this.#down.delete(id)) return;
    if (this.#phase === 'pinch') this.on.pinchEnd();
    else this.#leave();
    this.#settle();
  }

  /** Timers end with the surface. */
  destroy(): void {
    clearTimeout(this.#pressTimer);
    clearTimeout(this.#tapTimer);
  }

  /** After a pinch the finger that is left does nothing: a jump would be the alternative. */
  #settle(): void {
    clearTimeout(this.#pressTimer);
    this.#phase = 'idle';
  }

  /** What began is over, because something else begins. */
  #leave(): void {
    clearTimeout(this.#pressTimer);
    if (this.#phase === 'pressed') this.on.release();
    if (this.#phase === 'drag') this.on.dragCancel();
  }

  #press(at: Point): void {
    this.#phase = 'pressed';
    this.on.press(at);
  }

  #tap(pointer: Pointer): void {
    const last = this.#lastTap;
    clearTimeout(this.#tapTimer);
    if (last && pointer.time - last.time < DOUBLE_MS && distance(pointer, last) < DOUBLE_PX) {
      this.#lastTap = undefined;
      this.on.doubleTap(pointer);
      return;
    }
    this.#lastTap = pointer;
    this.#tapTimer = setTimeout(() => this.on.tap(pointer), DOUBLE_MS);
  }

  #pinch(pointer: Pointer, before: Pointer): void {
    const other = [...this.#down.values()].find((one) => one.id !== pointer.id);
    this.#down.set(pointer.id, pointer);
    if (!other) return;
    const apart = distance(before, other);
    const at = middle(pointer, other);
    const factor = apart > 0 ? distance(pointer, other) / apart : 1;
    this.on.pinch({ factor, at, step: minus(at, middle(before, other)) });
  }

  #dragged(pointer: Pointer, before: Pointer): Drag {
    this.#trail = this.#trail.filter((point) => pointer.time - point.time <= SPEED_MS);
    const first = this.#trail[0];
    const passed = first ? pointer.time - first.time : 0;
    const way = first ? minus(pointer, first) : { x: 0, y: 0 };
    const velocity = passed > 0 ? { x: way.x / passed, y: way.y / passed } : { x: 0, y: 0 };
    return { axis: this.#axis, total: minus(pointer, this.#start!), step: minus(pointer, before), velocity };
  }
}

const FLICK = 0.35;
const FLICK_LEAST = 24;

/** Which way a sideways drag that was let go leads on screen: 1 to what is on the right, −1 to the left, 0 stays. */
export function swipeStep(drag: Drag, width: number): 1 | -1 | 0 {
  const { x } = drag.total;
  const flicked = Math.abs(x) >= FLICK_LEAST && Math.abs(drag.velocity.x) >= FLICK;
  if (flicked && Math.sign(drag.velocity.x) !== Math.sign(x)) return 0;
  if (!flicked && Math.abs(x) < width / 3) return 0;
  return x < 0 ? 1 : -1;
}

/** Is a drag downwards meant to close? */
export function swipeCloses(drag: Drag, height: number): boolean {
  const { y } = drag.total;
  if (drag.axis !== 'y' || y <= 0 || drag.velocity.y < -FLICK) return false;
  return y > height / 5 || (y >= FLICK_LEAST && drag.velocity.y >= FLICK);
}
