/** When something was: in words while that is under a week, else the date. */
import { currentLocale } from '#lib/i18n';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];
const WEEK = 7 * 86_400;

export function ago(then: Date, now = new Date(), locale = currentLocale()): string {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  if (seconds >= WEEK) return new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(then);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (seconds >= length) return words.format(-Math.floor(seconds / length), unit);
  }
  return words.format(0, 'second');
}
