/** Two fingers on the grid of a phone: apart for larger photos, together for smaller ones, a step at a time. */

/** The fingers' distance grows by so much for one step. */
const STEP = 1.4;

/** The steps that a distance asks for, when `from` was that of the last step. */
export function pinchStep(from: number, distance: number): 1 | -1 | 0 {
  if (distance >= from * STEP) return 1;
  return distance <= from / STEP ? -1 : 0;
}

export interface Pinching {
  /** Elsewhere two fingers are the browser's, which zooms the page. */
  enabled: () => boolean;
  onstep: (step: 1 | -1) => void;
}

/** Attach to the scroll container. */
export function pinching({ enabled, onstep }: Pinching) {
  return (scroller: HTMLElement) => {
    let from: number | undefined;

    function onstart({ touches }: TouchEvent) {
      from = touches.length === 2 && enabled() ? distanceOf(touches) : undefined;
    }

    function onmove(event: TouchEvent) {
      if (from === undefined) return;
      if (event.cancelable) event.preventDefault();
      const distance = distanceOf(event.touches);
      const step = pinchStep(from, distance);
      if (step === 0) return;
      from = distance;
      onstep(step);
    }

    const abort = new AbortController();
    const { signal } = abort;
    for (const name of ['touchstart', 'touchend', 'touchcancel'] as const) scroller.addEventListener(name, onstart, { signal });
    scroller.addEventListener('touchmove', onmove, { signal, passive: false });
    return () => abort.abort();
  };
}

function distanceOf(touches: TouchList): number {
  const [a, b] = [touches[0]!, touches[1]!];
  return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
}
