/** Actions are data: the same list feeds toolbar, context menu, shortcuts and command palette. */
import type { MessageKey } from './i18n';
import type { IconName } from './icons';

export interface Action<Subject> {
  title: MessageKey;
  icon: IconName;
  /** As KeyboardEvent names them, with modifiers first: 'Delete', 'Shift+Delete', 'f'. */
  key?: string;
  /** Is it offered for this subject? */
  when(subject: Subject): boolean;
  run(subject: Subject): void | Promise<void>;
}
