/** Dates and times of photos, by the clock of where they were taken: text 'YYYY-MM-DD…' that no time zone shifts. */
import { currentLocale } from './i18n';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(local: string, name: string, options: Intl.DateTimeFormatOptions): string {
  let format = formats.get(name);
  if (!format) {
    format = new Intl.DateTimeFormat(currentLocale(), { ...options, timeZone: 'UTC' });
    formats.set(name, format);
  }
  return format.format(Date.parse(local.length > 10 ? `${local}Z` : `${local}T00:00:00Z`));
}

const thisYear = () => new Date().getFullYear().toString();

/** 'Sunday, 14 June'; with the year when it is another than this. */
export function formatDay(local: string): string {
  return local.startsWith(thisYear())
    ? format(local, 'day', { weekday: 'long', day: 'numeric', month: 'long' })
    : format(local, 'dayOfYear', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
}

/** 'Sunday 14 June 2026, 19:42': for those who hear it. */
export function formatMoment(local: string): string {
  return format(local, 'moment', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
}

/** 'June 2026'. */
export function formatMonth(local: string): string {
  return format(local, 'month', { month: 'long', year: 'numeric' });
}

/** '0:42', '1:02:05'. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  if (hours) parts.unshift(hours);
  return parts.map((part, i) => (i ? part.toString().padStart(2, '0') : part.toString())).join(':');
}
