/**
 * The stage: how the open picture is zoomed and moved, and what fingers, wheel and keys do to it. Knows nothing of the
 * list: it says when a swipe leads on or closes.
 */
import { Gestures, type Drag, type Pinch, swipeCloses, swipeStep } from './gestures';
import { arrowPan, clamp, fit, FITTED, limits, oneToOne, pan, type Point, type Size, toggled, wheelFactor, type Zoom, zoomAt, ZOOM_STEP } from './zoom';

export interface StageEvents {
  /** Swiped towards what is on the right (1) or left (−1) of the picture. False: nothing is there. */
  step(side: 1 | -1): Promise<boolean>;
  canStep(side: 1 | -1): boolean;
  close(): void;
  tap(at: Point, pointer: string): void;
  press(): void;
  release(): void;
}

/** Between two pictures while one is swiped after the other. */
export const SLIDE_GAP = 24;
/** At the end of the list a swipe pulls this share of its way. */
const RESISTANCE = 0.25;
/** A picture that is pulled down gets smaller, to this at the bottom. */
const PULLED_SCALE = 0.7;

export class StageState {
  size = $state.raw<Size>({ width: 0, height: 0 });
  zoom = $state.raw<Zoom>(FITTED);
  /** How far the picture is swiped aside or pulled down. */
  offset = $state.raw<Point>({ x: 0, y: 0 });
  /** Changes of zoom and offset glide instead of following the finger. */
  gliding = $state(false);
  ratio = $state(1);
  /** Width and height of the original; of the preview until that is known. */
  pixels = $state.raw<Size>({ width: 0, height: 0 });
  /** Videos are not zoomed: their controls need the gestures. */
  zoomable = $state(true);

  readonly fitted = $derived(fit(this.size, this.ratio));
  readonly one = $derived(this.pixels.width ? oneToOne(this.fitted, this.pixels, devicePixelRatio) : 1);
  readonly zoomed = $derived(Math.abs(this.zoom.scale - 1) > 0.001);
  /** 0 in place, 1 pulled down to the bottom. */
  readonly pulled = $derived(this.size.height ? Math.max(0, this.offset.y) / this.size.height : 0);
  readonly pulledScale = $derived(1 - this.pulled * (1 - PULLED_SCALE));

  readonly gestures: Gestures;
  #pointer = 'mouse';
  #origin: Point = { x: 0, y: 0 };
  #glide: { timer: ReturnType<typeof setTimeout>; done: () => void } | undefined;

  constructor(
    private readonly events: StageEvents,
    /** How long a glide lasts; none for those who want less motion. */
    private readonly glideMs: () => number,
  ) {
    this.gestures = new Gestures({
      tap: (at) => this.events.tap(this.#local(at), this.#pointer),
      doubleTap: (at) => this.toggle(this.#local(at)),
      press: () => this.events.press(),
      release: () => this.events.release(),
      drag: (drag) => this.#drag(drag),
      dragEnd: (drag) => void this.#dragEnd(drag),
      dragCancel: () => this.#letGo(),
      pinch: (pinch) => this.#pinch(pinch),
      pinchEnd: () => this.#pinchEnd(),
    });
  }

  /** Another picture is open: fitted and in place. */
  reset(): void {
    this.zoom = FITTED;
    this.offset = { x: 0, y: 0 };
  }

  /** Back to fitted and in place, gliding. */
  settle(): void {
    void this.#glideTo(() => this.reset());
  }

  /** Where the fitted picture is in the window. */
  get place(): { left: number; top: number; width: number; height: number } {
    const { width, height } = this.fitted;
    return { left: this.#origin.x - width / 2, top: this.#origin.y - height / 2, width, height };
  }

  /** Where the stage is in the window: pointers come in the window's coordinates. */
  measure(box: DOMRect): void {
    this.size = { width: box.width, height: box.height };
    this.#origin = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    if (this.zoomed) this.zoom = clamp(this.zoom, this.fitted, this.size);
  }

  down(event: PointerEvent): void {
    this.#pointer = event.pointerType;
    this.#finishGlide();
    this.gestures.down(pointerOf(event));
  }

  move(event: PointerEvent): void {
    this.gestures.move(pointerOf(event));
  }

  up(event: PointerEvent): void {
    this.gestures.up(pointerOf(event));
  }

  wheel(event: WheelEvent): void {
    if (!this.zoomable) return;
    this.#finishGlide();
    this.#scaleTo(this.zoom.scale * wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey), this.#local(event));
  }

  /** Between fitted and 1:1; around the middle when no point is given. */
  toggle(at: Point = { x: 0, y: 0 }): void {
    if (!this.zoomable) return;
    this.#glideTo(() => this.#scaleTo(toggled(this.zoom.scale, this.one), at));
  }

  zoomIn(): void {
    this.#glideTo(() => this.#scaleTo(this.zoom.scale * ZOOM_STEP, { x: 0, y: 0 }));
  }

  zoomOut(): void {
    this.#glideTo(() => this.#scaleTo(this.zoom.scale / ZOOM_STEP, { x: 0, y: 0 }));
  }

  /** An arrow key moves a zoomed picture. False: it is not zoomed, the key means something else. */
  arrow(key: string): boolean {
    const way = this.zoomed ? arrowPan(key, this.size) : undefined;
    if (!way) return false;
    this.#glideTo(() => (this.zoom = pan(this.zoom, way, this.fitted, this.size)));
    return true;
  }

  destroy(): void {
    this.gestures.destroy();
    this.#finishGlide();
  }

  #local(at: { x: number; y: number }): Point {
    return { x: at.x - this.#origin.x, y: at.y - this.#origin.y };
  }

  #scaleTo(scale: number, at: Point): void {
    if (!this.zoomable) return;
    const { least, most } = limits(this.one);
    const wanted = Math.min(most, Math.max(least, scale));
    // Close to fitted is meant as fitted, so that the next swipe moves on.
    this.zoom = zoomAt(this.zoom, Math.abs(wanted - 1) < 0.03 ? 1 : wanted, at, this.fitted, this.size);
  }

  #drag(drag: Drag): void {
    if (this.zoomed) this.zoom = pan(this.zoom, drag.step, this.fitted, this.size);
    else if (this.#pointer === 'mouse') return;
    else if (drag.axis === 'y') this.offset = { x: drag.total.x, y: Math.max(0, drag.total.y) };
    else this.offset = { x: drag.total.x * (this.events.canStep(drag.total.x < 0 ? 1 : -1) ? 1 : RESISTANCE), y: 0 };
  }

  async #dragEnd(drag: Drag): Promise<void> {
    if (this.zoomed || this.#pointer === 'mouse') return;
    if (swipeCloses(drag, this.size.height)) return this.events.close();
    const side = drag.axis === 'x' ? swipeStep(drag, this.size.width) : 0;
    if (!side || !this.events.canStep(side)) return this.#letGo();
    await this.#glideTo(() => (this.offset = { x: -side * (this.size.width + SLIDE_GAP), y: 0 }));
    this.gliding = false;
    if (!(await this.events.step(side))) this.#letGo();
  }

  #letGo(): void {
    void this.#glideTo(() => (this.offset = { x: 0, y: 0 }));
  }

  #pinch(pinch: Pinch): void {
    if (!this.zoomable) return;
    const at = this.#local(pinch.at);
    const { least, most } = limits(this.one);
    // A pinch may go a little below fitted and springs back.
    const scale = Math.min(most, Math.max(least * PULLED_SCALE, this.zoom.scale * pinch.factor));
    this.zoom = pan(zoomAt(this.zoom, scale, at, this.fitted, this.size), pinch.step, this.fitted, this.size);
  }

  #pinchEnd(): void {
    if (this.zoom.scale < 1) this.#glideTo(() => (this.zoom = FITTED));
  }

  /** Resolves when the glide is over, or cut short by the next gesture. */
  #glideTo(change: () => void): Promise<void> {
    this.#finishGlide();
    const length = this.glideMs();
    this.gliding = length > 0;
    change();
    return new Promise((done) => {
      const timer = setTimeout(() => this.#finishGlide(), length);
      this.#glide = { timer, done };
    });
  }

  #finishGlide(): void {
    const glide = this.#glide;
    this.#glide = undefined;
    clearTimeout(glide?.timer);
    this.gliding = false;
    glide?.done();
  }
}

function pointerOf(event: PointerEvent) {
  return { id: event.pointerId, x: event.clientX, y: event.clientY, time: event.timeStamp };
}
