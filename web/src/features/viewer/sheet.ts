/** On a phone the information is a sheet: it follows the finger that holds its head, and leaves when pulled down. */
import { tokenMs } from './flight';
import { type Drag, Gestures, swipeCloses } from './gestures';

const nothing = () => {};

/** Attachment of the panel. `onclose`: it was pulled away. */
export const sheet = (onclose: () => void) => (panel: HTMLElement) => {
  const isSheet = () => panel.offsetWidth >= (panel.parentElement?.offsetWidth ?? Infinity);
  const place = (y: number, glide: boolean) => {
    panel.style.transition = glide ? `transform ${tokenMs('--t-2')}ms` : '';
    panel.style.transform = y ? `translateY(${y}px)` : '';
  };
  const follow = ({ axis, total }: Drag) => axis === 'y' && place(Math.max(0, total.y), false);
  const gestures = new Gestures({
    tap: nothing,
    doubleTap: nothing,
    press: nothing,
    release: nothing,
    pinch: nothing,
    pinchEnd: nothing,
    drag: follow,
    dragCancel: () => place(0, true),
    dragEnd: (drag) => (swipeCloses(drag, panel.offsetHeight) ? onclose() : place(0, true)),
  });

  const pointer = (event: PointerEvent) => ({ id: event.pointerId, x: event.clientX, y: event.clientY, time: event.timeStamp });
  const onpointerdown = (event: PointerEvent) => {
    const target = event.target as Element;
    if (!isSheet() || !target.closest('header') || target.closest('button')) return;
    panel.setPointerCapture(event.pointerId);
    gestures.down(pointer(event));
  };
  const onpointermove = (event: PointerEvent) => gestures.move(pointer(event));
  const onpointerup = (event: PointerEvent) => gestures.up(pointer(event));
  const onpointercancel = (event: PointerEvent) => gestures.cancel(event.pointerId);
  const listeners = { pointerdown: onpointerdown, pointermove: onpointermove, pointerup: onpointerup, pointercancel: onpointercancel };
  for (const [name, listener] of Object.entries(listeners)) panel.addEventListener(name, listener as EventListener);
  return () => {
    gestures.destroy();
    for (const [name, listener] of Object.entries(listeners)) panel.removeEventListener(name, listener as EventListener);
  };
};
