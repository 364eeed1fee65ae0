/** Where the rail and the bottom bar lead. A new page is one line here; groups are set apart by a line. */
import type { IconName } from '#lib/icons';
import type { MessageKey } from '#lib/i18n';
import { routes } from '#lib/routes';

export interface Destination {
  title: MessageKey;
  icon: IconName;
  href: string;
  /** Phones have room for few: these are in the bar itself, all others in its last tab. */
  inBar?: boolean;
}

export function destinationGroups(): Destination[][] {
  return [
    [{ title: 'nav.photos', icon: 'photos', href: routes.photos(), inBar: true }],
    [{ title: 'nav.trash', icon: 'trash', href: routes.trash() }],
  ];
}

/** Is this page, or one below it (an open photo), where the link leads? */
export function isHere(href: string, path: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}
