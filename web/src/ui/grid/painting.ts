/**
 * Selecting by pointer: a drag from a check or from empty space paints, a long press on touch begins and sliding
 * paints on; near an edge the list scrolls along. Clicks are the grid's own business.
 */
import type { Photo } from '#lib/photos';
import type { Selection } from './selection.svelte';

const LONG_PRESS_MS = 420;
/** A pointer trembles so much without meaning to move. */
const SLACK = 6;
/** Where the list scrolls along, and how fast at the very edge: pixels, pixels a frame. */
const EDGE = 72;
const EDGE_SPEED = 24;

export interface Canvas {
  photoAt(target: Element | null): Photo | undefined;
  selection: Selection;
}

/** Attach to the scroll container. */
export function painting({ photoAt, selection }: Canvas) {
  return (scroller: HTMLElement) => {
    let start: { id: number; x: number; y: number; photo: Photo | undefined } | undefined;
    let at = { x: 0, y: 0 };
    let press: ReturnType<typeof setTimeout> | undefined;
    let frame = 0;
    let swallowsClick = false;

    const under = () => photoAt(document.elementFromPoint(at.x, at.y));

    function begin(photo: Photo | undefined) {
      if (!photo) return;
      selection.beginStroke(photo);
      frame = requestAnimationFrame(scrollAtEdge);
    }

    function follow() {
      const photo = under();
      if (photo) selection.strokeTo(photo);
    }

    function scrollAtEdge() {
      const { top, bottom } = scroller.getBoundingClientRect();
      const above = Math.max(0, top + EDGE - at.y);
      const below = Math.max(0, at.y - (bottom - EDGE));
      const speed = ((below - above) / EDGE) * EDGE_SPEED;
      if (speed) {
        scroller.scrollTop += speed;
        follow();
      }
      frame = requestAnimationFrame(scrollAtEdge);
    }

    function end() {
      clearTimeout(press);
      cancelAnimationFrame(frame);
      if (selection.painting) {
        swallowsClick = true;
        setTimeout(() => (swallowsClick = false));
      }
      selection.endStroke();
      start = undefined;
    }

    function ondown(event: PointerEvent) {
      // Two fingers pinch.
      if (start && event.pointerType === 'touch' && !selection.painting) return end();
      if (event.button !== 0 || event.shiftKey || start) return;
      const target = event.target as Element;
      at = { x: event.clientX, y: event.clientY };
      const photo = photoAt(target);
      const isTouch = event.pointerType === 'touch';
      if (!isTouch && photo && !target.closest('[data-check]')) return;
      if (target.closest('button:not([data-check])')) return;
      start = { id: event.pointerId, ...at, photo };
      if (isTouch) press = setTimeout(() => begin(photo), LONG_PRESS_MS);
    }

    function onmove(event: PointerEvent) {
      if (event.pointerId !== start?.id) return;
      at = { x: event.clientX, y: event.clientY };
      if (selection.painting) return follow();
      if (Math.hypot(at.x - start.x, at.y - start.y) < SLACK) return;
      if (event.pointerType === 'touch') return end();
      scroller.setPointerCapture(event.pointerId);
      begin(start.photo ?? under());
    }

    // The list must not scroll under a finger that paints. Cheap: while nobody paints it answers at once.
    const ontouchmove = (event: TouchEvent) => void (selection.painting && event.cancelable && event.preventDefault());
    const oncontextmenu = (event: Event) => void (start && press && selection.painting && event.preventDefault());
    // The focus stays with the photo: its check is only for the pointer.
    const onmousedown = (event: MouseEvent) => void ((event.target as Element).closest('[data-check]') && event.preventDefault());
    function onclick(event: MouseEvent) {
      if (!swallowsClick) return;
      swallowsClick = false;
      event.preventDefault();
      event.stopPropagation();
    }

    const abort = new AbortController();
    const { signal } = abort;
    scroller.addEventListener('pointerdown', ondown, { signal });
    scroller.addEventListener('pointermove', onmove, { signal });
    scroller.addEventListener('pointerup', end, { signal });
    scroller.addEventListener('pointercancel', end, { signal });
    scroller.addEventListener('touchmove', ontouchmove, { signal, passive: false });
    scroller.addEventListener('contextmenu', oncontextmenu, { signal });
    scroller.addEventListener('mousedown', onmousedown, { signal });
    scroller.addEventListener('click', onclick, { signal, capture: true });
    return () => {
      end();
      abort.abort();
    };
  };
}
