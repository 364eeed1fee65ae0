// How large the targets for fingers are.

import type { Page } from 'playwright-core';

/** What on screen is smaller than 44 px both by its box and by where a finger reaches it; links within text may be. */
export const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const SIZE = 44;
    const controls = 'a[href], button, input, select, textarea, [role=slider], [role=menuitem]';
    const targetOf = (element: Element) => (element.matches('input') && element.closest('label')) || element;
    const reached = (element: Element, x: number, y: number) => {
      const inside = x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
      return !inside || element.contains(document.elementFromPoint(x, y));
    };
    const isLarge = (element: Element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const [x, y, reach] = [left + width / 2, top + height / 2, SIZE / 2 - 1];
      const wide = width >= SIZE || (reached(element, x - reach, y) && reached(element, x + reach, y));
      const high = height >= SIZE || (reached(element, x, y - reach) && reached(element, x, y + reach));
      return wide && high;
    };
    const isThere = (element: Element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const seen = element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && width > 1 && height > 1;
      return seen && element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    };
    const inText = (element: Element) => element.matches('a') && element.closest('p, li') !== null && getComputedStyle(element).display === 'inline';
    return [...document.querySelectorAll(controls)]
      .map(targetOf)
      .filter((element) => isThere(element) && !inText(element) && !isLarge(element))
      .map((element) => {
        const { width, height } = element.getBoundingClientRect();
        const name = element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40);
        return `${element.tagName.toLowerCase()} "${name}" ${Math.round(width)}×${Math.round(height)}`;
      });
  });
