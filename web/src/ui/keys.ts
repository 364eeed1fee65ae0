/** How a shortcut ('Shift+Delete', 'Control+k', 'ArrowLeft') is written on a key cap. */
import { t, type MessageKey } from '#lib/i18n';

const NAMES: Record<string, MessageKey> = {
  Control: 'ui.key.control',
  Shift: 'ui.key.shift',
  Alt: 'ui.key.alt',
  Delete: 'ui.key.delete',
  Escape: 'ui.key.escape',
  Enter: 'ui.key.enter',
  Home: 'ui.key.home',
  End: 'ui.key.end',
  ' ': 'ui.key.space',
  Space: 'ui.key.space',
};
const SIGNS: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Meta: '⌘' };

/** The caps of one shortcut, in the order they are pressed. A '+' that is the key itself is kept. */
export function keyCaps(shortcut: string): string[] {
  const parts = shortcut === '+' ? ['+'] : shortcut.split(/\+(?=.)/);
  return parts.map((part) => {
    const name = NAMES[part];
    if (name) return t(name);
    return SIGNS[part] ?? (part.length === 1 ? part.toLocaleUpperCase() : part);
  });
}
