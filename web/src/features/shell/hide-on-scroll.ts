/**
 * On phones the header leaves while one scrolls down and returns on the way up. Scroll events do not bubble, so this
 * listens while they are on their way down: whatever box of the page scrolls, it hears of it.
 */
const SLACK = 8;
const TOP = 96;

/** The direction from one offset to the next; undefined while that is no more than a trembling finger. */
export function hides(before: number, now: number): boolean | undefined {
  if (now <= TOP) return false;
  if (Math.abs(now - before) < SLACK) return undefined;
  return now > before;
}

/** Calls `onchange` with whether the header hides. Returns what ends that. */
export function watchScroll(root: HTMLElement, onchange: (hidden: boolean) => void): () => void {
  const last = new WeakMap<Element, number>();
  const onscroll = ({ target }: Event) => {
    const box = target instanceof Element ? target : document.scrollingElement!;
    // Sideways rows and boxes inside the page are not the page.
    if (target !== document && (!root.contains(box) || box.clientHeight < innerHeight / 2)) return;
    const hidden = hides(last.get(box) ?? 0, box.scrollTop);
    if (hidden === undefined) return;
    last.set(box, box.scrollTop);
    onchange(hidden);
  };
  document.addEventListener('scroll', onscroll, { capture: true, passive: true });
  return () => document.removeEventListener('scroll', onscroll, { capture: true });
}
