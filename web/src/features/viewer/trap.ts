/**
 * Keeps the keyboard's focus inside the viewer, and gives it back by `giveBack` afterwards. Not a modal <dialog>: that would make
 * toasts, with their undo, unreachable. Dialogs and toasts above the viewer are left alone.
 */
const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), select, video, [tabindex="0"]';
const ABOVE = 'dialog, [popover], [role="status"], [role="alert"]';

const isReachable = (element: HTMLElement) =>
  element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');

export const trapFocus = (giveBack: () => void) => (viewer: HTMLElement) => {
  viewer.focus({ preventScroll: true });

  const onkeydown = (event: KeyboardEvent) => {
    if (event.key !== 'Tab' || event.defaultPrevented) return;
    const inside = [...viewer.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isReachable);
    const [first, last] = [inside[0], inside.at(-1)];
    const at = document.activeElement;
    const target = event.shiftKey ? (at === first || at === viewer ? last : undefined) : at === last ? first : undefined;
    if (!target) return;
    event.preventDefault();
    target.focus();
  };
  const onfocusin = (event: FocusEvent) => {
    const target = event.target as Element | null;
    if (!target || viewer.contains(target) || target.closest(ABOVE)) return;
    viewer.focus({ preventScroll: true });
  };

  viewer.addEventListener('keydown', onkeydown);
  document.addEventListener('focusin', onfocusin);
  return () => {
    viewer.removeEventListener('keydown', onkeydown);
    document.removeEventListener('focusin', onfocusin);
    giveBack();
  };
};
