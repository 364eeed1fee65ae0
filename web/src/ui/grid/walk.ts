/** Steps through the list as keys take them. What is not here has no photos to step on: then a step says what it needs. */
import type { Geometry, Spot } from './geometry';

export type Step = Spot | { readonly missing: string } | undefined;
export type Unit = 'day' | 'month' | 'year';

/** The first or last photo of a section, on the way from where `step` leads. */
function enter(geometry: Geometry, section: number, step: 1 | -1): Step {
  const { key, data } = geometry.sections[section] ?? {};
  if (!key) return undefined;
  if (!data) return { missing: key };
  return { section, index: step > 0 ? 0 : data.length - 1 };
}

/** The next photo in the order of the list. */
export function along(geometry: Geometry, { section, index }: Spot, step: 1 | -1): Step {
  const { data } = geometry.sections[section]!;
  const next = index + step;
  if (data && next >= 0 && next < data.length) return { section, index: next };
  return enter(geometry, section + step, step);
}

/** The photo in the next row that is nearest by eye. */
export function across(geometry: Geometry, from: Spot, step: 1 | -1): Step {
  const box = geometry.boxOf(from)!;
  const middle = box.x + box.w / 2;
  let found: Spot | undefined;
  let row: number | undefined;
  let least = Infinity;
  for (let next = along(geometry, from, step); next; next = along(geometry, next, step)) {
    if ('missing' in next) return found ?? next;
    const other = geometry.boxOf(next)!;
    if (other.y === box.y) continue;
    row ??= other.y;
    if (other.y !== row) break;
    const distance = Math.abs(other.x + other.w / 2 - middle);
    if (distance < least) found = next;
    least = Math.min(least, distance);
  }
  return found;
}

/** The first photo of the next day, month or year; backwards, of the one before. */
export function jump(geometry: Geometry, from: Spot, unit: Unit, step: 1 | -1): Step {
  const { sections } = geometry;
  if (unit === 'day') {
    const { dayStarts } = sections[from.section]!.data!;
    const day = geometry.dayOf(from) + step;
    if (day >= 0 && day < dayStarts.length - 1) return { section: from.section, index: dayStarts[day]! };
    const next = enter(geometry, from.section + step, step);
    if (!next || 'missing' in next || step > 0) return next;
    return { section: next.section, index: sections[next.section]!.data!.dayStarts.at(-2)! };
  }
  if (unit === 'month') return enterAtStart(geometry, from.section + step);
  const year = Number(sections[from.section]!.key.slice(0, 4));
  const yearOf = (section: number) => Number(sections[section]!.key.slice(0, 4));
  let section = from.section;
  while (section >= 0 && section < sections.length && yearOf(section) === year) section += step;
  if (section < 0 || section >= sections.length) return undefined;
  // Backwards that is the year's last month: its first is where the year begins.
  if (step < 0) while (section > 0 && yearOf(section - 1) === yearOf(section)) section--;
  return enterAtStart(geometry, section);
}

function enterAtStart(geometry: Geometry, section: number): Step {
  return section < 0 ? undefined : enter(geometry, section, 1);
}
