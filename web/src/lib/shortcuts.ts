/**
 * Keys. Every screen adds its actions while it is there; the newest list that knows a key gets it, so a dialog or the
 * viewer on top of the grid comes first. Never while somebody types.
 *
 * Made by the root layout (`new Shortcuts()`, `watch()`); screens call `getShortcuts().add(...)` in an effect.
 */
import { createContext } from 'svelte';
import type { MessageKey } from './i18n';

export interface Shortcut {
  /** As KeyboardEvent names them, modifiers first: 'f', 'Shift+Delete', 'Control+k' (Control means Cmd on a Mac). */
  key: string;
  title: MessageKey;
  when?: () => boolean;
  run: () => void | Promise<void>;
}

export interface ShortcutGroup {
  title: MessageKey;
  shortcuts: () => readonly Shortcut[];
  /** Nothing below this list hears a key while it is there: the viewer, a dialog with keys of its own. */
  exclusive?: boolean;
  /** Heard in spite of an exclusive list on top, and while a dialog is open: help. */
  everywhere?: boolean;
  /** Belongs to a modal dialog. All other lists are not heard while one is open. */
  inDialog?: boolean;
}

type Pressed = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/**
 * Is this key the one that `wanted` names? Letters are compared without case and Shift counts; with other characters
 * ('?', '+') Shift is how some layouts make them, so it does not count.
 */
export function isPressed(wanted: string, event: Pressed): boolean {
  const parts = wanted.split(/\+(?!$)/);
  const key = parts.pop()!;
  const has = (modifier: string) => parts.includes(modifier);
  if (key.toLowerCase() !== event.key.toLowerCase()) return false;
  if (has('Control') !== (event.ctrlKey || event.metaKey) || has('Alt') !== event.altKey) return false;
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  return isSign && !has('Shift') ? true : has('Shift') === event.shiftKey;
}

/** Does this element take text? Buttons and check boxes do not; Space and Enter are theirs, all else is ours. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'submit'].includes(target.type);
}

/** Space and Enter press what has the focus, before they mean anything else. */
function pressesTarget(event: KeyboardEvent): boolean {
  if (event.key !== ' ' && event.key !== 'Enter') return false;
  return event.target instanceof HTMLElement && event.target.closest('button, a[href], input, summary, [role="slider"]') !== null;
}

export class Shortcuts {
  readonly #groups: ShortcutGroup[] = [];

  /** Adds a list of keys on top. Returns what takes it away; call it in an effect and return that. */
  add(group: ShortcutGroup): () => void {
    this.#groups.push(group);
    return () => {
      const at = this.#groups.indexOf(group);
      if (at >= 0) this.#groups.splice(at, 1);
    };
  }

  /** What can be pressed now, from the newest list down; what holds everywhere comes last. */
  groups(): ShortcutGroup[] {
    const from = this.#groups.findLastIndex((group) => group.exclusive);
    const heard = this.#groups.filter((group, at) => at >= from || group.everywhere).reverse();
    return [...heard.filter((group) => !group.everywhere), ...heard.filter((group) => group.everywhere)];
  }

  /** Runs what the key means here. True when it meant something. */
  press(event: Pressed, dialogOpen = false): boolean {
    for (const group of this.groups()) {
      if (dialogOpen && !group.inDialog && !group.everywhere) continue;
      for (const shortcut of group.shortcuts()) {
        if (!isPressed(shortcut.key, event) || shortcut.when?.() === false) continue;
        void shortcut.run();
        return true;
      }
    }
    return false;
  }

  /** Listens to the whole page. Returns what ends that. */
  watch(): () => void {
    const onkeydown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isTyping(event.target) || pressesTarget(event)) return;
      if (this.press(event, document.querySelector('dialog:modal') !== null)) event.preventDefault();
    };
    addEventListener('keydown', onkeydown);
    return () => removeEventListener('keydown', onkeydown);
  }
}

export const [getShortcuts, setShortcuts] = createContext<Shortcuts>();
