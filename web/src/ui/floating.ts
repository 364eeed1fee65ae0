/**
 * Panels above the page beside an anchor: menus and popovers. They are native popovers where the browser has them
 * (Firefox since 125), so nothing clips them; their styles place them likewise without. Where they go is our own
 * arithmetic, because anchors in CSS are younger still.
 */
import type { Attachment } from 'svelte/attachments';
import { place, type Box, type Wish } from './place';

export interface FloatingOptions {
  /** Where it belongs: an element, or a point for context menus. */
  anchor: Element | Box;
  side?: Wish['side'];
  align?: Wish['align'];
  /** Called when the pointer goes down outside, Escape is pressed or the focus leaves. Without it, it just stays. */
  onclose?: ((reason: 'outside' | 'escape' | 'focus') => void) | undefined;
}

/** Presses that closed a panel: they do nothing else, so a press beside a menu does not close the dialog below it too. */
export const closingPresses = new WeakSet<Event>();

export function floating(options: FloatingOptions): Attachment<HTMLElement> {
  return (panel) => {
    panel.popover = 'manual';
    panel.showPopover?.();
    const move = () => position(panel, options);
    move();
    const stop = new AbortController();
    const { signal } = stop;
    // Capture: any scroller may carry the anchor away.
    addEventListener('scroll', move, { capture: true, passive: true, signal });
    addEventListener('resize', move, { signal });
    const resized = new ResizeObserver(move);
    resized.observe(panel);
    if (options.onclose) watch(panel, options.anchor, options.onclose, signal);
    return () => {
      stop.abort();
      resized.disconnect();
    };
  };
}

function position(panel: HTMLElement, { anchor, side, align }: FloatingOptions): void {
  const box = anchor instanceof Element ? anchor.getBoundingClientRect() : anchor;
  const rtl = getComputedStyle(anchor instanceof Element ? anchor : panel).direction === 'rtl';
  panel.style.removeProperty('--room');
  const size = { width: panel.offsetWidth, height: panel.offsetHeight };
  const view = { width: document.documentElement.clientWidth, height: innerHeight };
  const found = place(box, size, view, { side, align, rtl });
  panel.style.setProperty('--room', `${found.maxHeight}px`);
  panel.style.translate = `${found.x}px ${found.y}px`;
  panel.dataset.side = found.side;
}

function watch(
  panel: HTMLElement,
  anchor: Element | Box,
  onclose: NonNullable<FloatingOptions['onclose']>,
  signal: AbortSignal,
): void {
  const belongs = (target: EventTarget | null) =>
    target instanceof Node && (panel.contains(target) || (anchor instanceof Element && anchor.contains(target)));

  document.addEventListener(
    'pointerdown',
    (event) => {
      if (belongs(event.target)) return;
      closingPresses.add(event);
      onclose('outside');
    },
    { capture: true, signal },
  );
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape') return;
      // Taken here, so that a dialog below stays open.
      event.preventDefault();
      event.stopPropagation();
      onclose('escape');
    },
    { capture: true, signal },
  );
  panel.addEventListener(
    'focusout',
    (event) => {
      if (event.relatedTarget && !belongs(event.relatedTarget)) onclose('focus');
    },
    { signal },
  );
}
