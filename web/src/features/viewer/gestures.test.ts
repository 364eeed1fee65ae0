import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Drag, Gestures, type Handlers, type Pinch, swipeCloses, swipeStep } from './gestures';

type Call = [name: string, what?: unknown];

/** Handlers that write down what they heard. */
function listening() {
  const calls: Call[] = [];
  const note = (name: string) => (what?: unknown) => void calls.push(what === undefined ? [name] : [name, what]);
  const names = ['tap', 'doubleTap', 'press', 'release', 'drag', 'dragEnd', 'dragCancel', 'pinch', 'pinchEnd'] as const;
  const on = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Handlers;
  return { calls, gestures: new Gestures(on), names: () => calls.map(([name]) => name) };
}

const at = (x: number, y: number, time: number, id = 1) => ({ id, x, y, time });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('taps', () => {
  it('is a tap after nothing followed', () => {
    const { gestures, names } = listening();
    gestures.down(at(10, 10, 0));
    gestures.up(at(12, 11, 60));
    expect(names()).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(names()).toEqual(['tap']);
  });

  it('is one double tap and no tap', () => {
    const { gestures, names } = listening();
    for (const time of [0, 150]) {
      gestures.down(at(10, 10, time));
      gestures.up(at(10, 10, time + 40));
    }
    vi.advanceTimersByTime(1000);
    expect(names()).toEqual(['doubleTap']);
  });

  it('is no double tap when far apart: the later one counts', () => {
    const { gestures, names } = listening();
    gestures.down(at(10, 10, 0));
    gestures.up(at(10, 10, 40));
    gestures.down(at(200, 10, 150));
    gestures.up(at(200, 10, 190));
    vi.advanceTimersByTime(1000);
    expect(names()).toEqual(['tap']);
  });
});

describe('press', () => {
  it('begins when the finger stays, ends when it goes', () => {
    const { gestures, names } = listening();
    gestures.down(at(10, 10, 0));
    vi.advanceTimersByTime(400);
    expect(names()).toEqual(['press']);
    gestures.up(at(10, 10, 900));
    expect(names()).toEqual(['press', 'release']);
    vi.advanceTimersByTime(1000);
    expect(names()).toEqual(['press', 'release']);
  });

  it('ends when the finger sets out', () => {
    const { gestures, names } = listening();
    gestures.down(at(10, 10, 0));
    vi.advanceTimersByTime(400);
    gestures.move(at(40, 10, 420));
    expect(names()).toEqual(['press', 'release', 'drag']);
  });
});

describe('drag', () => {
  it('keeps the axis it set out in and tells its speed', () => {
    const { gestures, calls } = listening();
    gestures.down(at(100, 100, 0));
    gestures.move(at(80, 104, 16));
    gestures.move(at(60, 160, 32));
    gestures.up(at(40, 160, 48));
    const [name, end] = calls.at(-1) as [string, Drag];
    expect(name).toBe('dragEnd');
    expect(end.axis).toBe('x');
    expect(end.total).toEqual({ x: -60, y: 60 });
    expect(end.velocity.x).toBeCloseTo(-60 / 48);
  });

  it('has no speed after a rest', () => {
    const { gestures, calls } = listening();
    gestures.down(at(100, 100, 0));
    gestures.move(at(40, 100, 16));
    gestures.up(at(40, 100, 400));
    expect((calls.at(-1) as [string, Drag])[1].velocity).toEqual({ x: 0, y: 0 });
  });

  it('is given up for a pinch', () => {
    const { gestures, calls, names } = listening();
    gestures.down(at(0, 0, 0));
    gestures.move(at(50, 0, 16));
    gestures.down(at(150, 0, 20, 2));
    gestures.move(at(250, 0, 36, 2));
    expect(names()).toEqual(['drag', 'dragCancel', 'pinch']);
    const pinch = calls.at(-1)![1] as Pinch;
    expect(pinch).toEqual({ factor: 2, at: { x: 150, y: 0 }, step: { x: 50, y: 0 } });
  });

  it('does not jump with the finger that is left after a pinch', () => {
    const { gestures, names } = listening();
    gestures.down(at(0, 0, 0));
    gestures.down(at(100, 0, 5, 2));
    gestures.move(at(120, 0, 20, 2));
    gestures.up(at(120, 0, 30, 2));
    gestures.move(at(300, 0, 40));
    gestures.up(at(300, 0, 50));
    vi.advanceTimersByTime(1000);
    expect(names()).toEqual(['pinch', 'pinchEnd']);
    gestures.down(at(0, 0, 60));
    gestures.move(at(60, 0, 70));
    expect(names().at(-1)).toBe('drag');
  });

  it('is cancelled by the system', () => {
    const { gestures, names } = listening();
    gestures.down(at(0, 0, 0));
    gestures.move(at(50, 0, 16));
    gestures.cancel(1);
    expect(names()).toEqual(['drag', 'dragCancel']);
    expect(gestures.active).toBe(false);
  });
});

describe('swipes', () => {
  const drag = (x: number, y: number, vx: number, vy: number, axis: Drag['axis']): Drag => ({
    axis,
    total: { x, y },
    step: { x: 0, y: 0 },
    velocity: { x: vx, y: vy },
  });

  it('leads on by distance or by a flick', () => {
    expect(swipeStep(drag(-140, 0, 0, 0, 'x'), 390)).toBe(1);
    expect(swipeStep(drag(-30, 0, -0.6, 0, 'x'), 390)).toBe(1);
    expect(swipeStep(drag(60, 0, 0.5, 0, 'x'), 390)).toBe(-1);
  });
  it('stays after a short or a regretted drag', () => {
    expect(swipeStep(drag(-60, 0, -0.1, 0, 'x'), 390)).toBe(0);
    expect(swipeStep(drag(-200, 0, 0.6, 0, 'x'), 390)).toBe(0);
  });
  it('closes downwards only', () => {
    expect(swipeCloses(drag(0, 200, 0, 0, 'y'), 800)).toBe(true);
    expect(swipeCloses(drag(0, 60, 0, 0.6, 'y'), 800)).toBe(true);
    expect(swipeCloses(drag(0, 60, 0, 0.1, 'y'), 800)).toBe(false);
    expect(swipeCloses(drag(0, -300, 0, -1, 'y'), 800)).toBe(false);
    expect(swipeCloses(drag(0, 300, 0, -0.6, 'y'), 800)).toBe(false);
  });
});
