/**
 * A word or two about a control, 400 ms after the pointer rests on it or the keyboard reaches it. It only repeats or adds
 * to what assistive technology is told by the control's own name and description, so it is not read aloud itself.
 */
import type { Attachment } from 'svelte/attachments';
import { keyCaps } from './keys';
import { place } from './place';

const DELAY_MS = 400;
/** Once one was shown, its neighbours show theirs without waiting. */
const WARM_MS = 300;

let panel: HTMLElement | undefined;
let owner: Element | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let hiddenAt = -Infinity;

export function tooltip(text: string | undefined, shortcut?: string): Attachment<HTMLElement> {
  return (element) => {
    if (!text) return;
    const stop = new AbortController();
    const { signal } = stop;
    const show = () => later(element, text, shortcut);
    const hide = () => hideFor(element);
    element.addEventListener('pointerenter', (event) => event.pointerType !== 'touch' && show(), { signal });
    element.addEventListener('pointerleave', hide, { signal });
    element.addEventListener('pointerdown', hide, { signal });
    element.addEventListener('focusin', () => element.matches(':focus-visible') && show(), { signal });
    element.addEventListener('focusout', hide, { signal });
    return () => {
      stop.abort();
      hide();
    };
  };
}

function later(element: HTMLElement, text: string, shortcut: string | undefined): void {
  clearTimeout(timer);
  owner = element;
  const wait = performance.now() - hiddenAt < WARM_MS ? 0 : DELAY_MS;
  timer = setTimeout(() => show(element, text, shortcut), wait);
}

function show(element: HTMLElement, text: string, shortcut: string | undefined): void {
  // A menu that this control opened says more.
  if (!element.isConnected || element.getAttribute('aria-expanded') === 'true') return;
  panel ??= make();
  panel.replaceChildren(text, ...(shortcut ? keyCaps(shortcut).map(cap) : []));
  document.body.append(panel);
  panel.showPopover?.();
  const view = { width: document.documentElement.clientWidth, height: innerHeight };
  const size = { width: panel.offsetWidth, height: panel.offsetHeight };
  const { x, y } = place(element.getBoundingClientRect(), size, view, { align: 'centre' });
  panel.style.translate = `${x}px ${y}px`;
  document.addEventListener('keydown', onKey, true);
  addEventListener('scroll', hide, { capture: true, passive: true });
}

function hideFor(element: Element): void {
  if (owner !== element) return;
  clearTimeout(timer);
  hide();
}

function hide(): void {
  if (!panel?.isConnected) return;
  panel.remove();
  hiddenAt = performance.now();
  document.removeEventListener('keydown', onKey, true);
  removeEventListener('scroll', hide, { capture: true });
}

function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape') hide();
}

function make(): HTMLElement {
  const made = document.createElement('div');
  made.className = 'tooltip';
  made.popover = 'manual';
  made.ariaHidden = 'true';
  return made;
}

function cap(text: string): HTMLElement {
  const made = document.createElement('kbd');
  made.textContent = text;
  return made;
}
