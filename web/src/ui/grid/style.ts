/** How the grid looks at a width and density. The numbers are those of tokens.css, where they are for eyes. */
import type { Density, PhotoSize } from '#lib/density';
import type { GridStyle } from './section';

const ROWS: Record<Density, { row: number; gap: number }> = {
  comfortable: { row: 212, gap: 4 },
  compact: { row: 132, gap: 2 },
  large: { row: 320, gap: 8 },
};
const PHONE = 640;
const PHONE_GAP = 2;

export const isPhone = (container: number): boolean => container < PHONE;

/**
 * @param width of the photos
 * @param container of what holds them: decides on phone or not
 * @param start so much of it lies below the page's header
 */
export function gridStyle(width: number, container: number, start: number, { density, columns }: PhotoSize): GridStyle {
  if (isPhone(container)) {
    const row = Math.floor((width + PHONE_GAP) / columns - PHONE_GAP);
    const heads = { monthHead: 52, dayHead: 58, firstDayHead: 46 };
    return { width, row, gap: PHONE_GAP, columns, ...heads, start, end: 16 };
  }
  return { width, ...ROWS[density], columns: 0, monthHead: 56, dayHead: 62, firstDayHead: 46, start, end: 40 };
}
