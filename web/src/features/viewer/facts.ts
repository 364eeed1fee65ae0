/** What the information panel says about a photo, as text. Absent facts are undefined or left out, never "unknown". */
import type { Schema } from '#lib/api/client';
import { formatBytes } from '#lib/bytes';

export type AssetInfo = Schema['AssetResponseDto'];
type Exif = Partial<Schema['ExifResponseDto']>;

const SEPARATOR = ' · ';
const MINUTE_MS = 60_000;

/** '1/125 s', '2 s'; '0.004' becomes a fraction, as photographers say it. */
export function exposureTime(text: string | null | undefined, locale: string): string | undefined {
  if (!text) return undefined;
  const fraction = /^(\d+)\/(\d+)$/.exec(text);
  const seconds = fraction ? Number(fraction[1]) / Number(fraction[2]) : Number(text);
  if (!Number.isFinite(seconds) || seconds <= 0) return undefined;
  if (seconds >= 0.3) return `${number(seconds, locale, 1)} s`;
  return `1/${number(1 / seconds, locale, 0)} s`;
}

function number(value: number, locale: string, digits: number): string {
  return value.toLocaleString(locale, { maximumFractionDigits: digits, useGrouping: false });
}

/** '50 mm · ƒ/2.8 · 1/125 s · ISO 800' */
export function exposure(exif: Exif, locale: string): string | undefined {
  const parts = [
    exif.focalLength ? `${number(exif.focalLength, locale, 1)} mm` : undefined,
    exif.fNumber ? `ƒ/${number(exif.fNumber, locale, 1)}` : undefined,
    exposureTime(exif.exposureTime, locale),
    exif.iso ? `ISO ${exif.iso}` : undefined,
  ];
  return joined(parts);
}

/** Makers repeat themselves in the model: 'NIKON CORPORATION' 'NIKON Z 6' is 'NIKON Z 6'. */
export function camera(exif: Exif): string | undefined {
  const make = exif.make?.trim() ?? '';
  const model = exif.model?.trim() ?? '';
  const first = make.split(/\s+/)[0]!.toLowerCase();
  if (first && model.toLowerCase().startsWith(first)) return model;
  return [make, model].filter(Boolean).join(' ') || undefined;
}

/** '24.0 MP · 6000 × 4000 · 1.7 MB' */
export function fileFacts(info: AssetInfo, locale: string): string | undefined {
  const { width, height } = info;
  const pixels = width && height ? width * height : 0;
  const parts = [
    pixels && info.type === 'IMAGE' ? megapixels(pixels, locale) : undefined,
    pixels ? `${width} × ${height}` : undefined,
    info.exifInfo?.fileSizeInByte ? formatBytes(info.exifInfo.fileSizeInByte) : undefined,
  ];
  return joined(parts);
}

function megapixels(pixels: number, locale: string): string {
  const millions = (pixels / 1e6).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return `${millions} MP`;
}

/** Wall-clock time, written as if it were UTC, whether or not a Z ends it. */
function wallClock(text: string): Date {
  return new Date(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);
}

/** 'Sunday, 14 June 2026' */
export function longDate(wall: string, locale: string): string {
  return wallClock(wall).toLocaleDateString(locale, { dateStyle: 'full', timeZone: 'UTC' });
}

/** '14 Jun 2026' */
export function mediumDate(wall: string, locale: string): string {
  return wallClock(wall).toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** '19:42' */
export function shortTime(wall: string, locale: string): string {
  return wallClock(wall).toLocaleTimeString(locale, { timeStyle: 'short', timeZone: 'UTC' });
}

/** '19:42:08, GMT+2'. The zone only where the picture told it: otherwise it would be a guess. */
export function exactTime(info: AssetInfo, locale: string): string {
  const time = wallClock(info.localDateTime).toLocaleTimeString(locale, { timeStyle: 'medium', timeZone: 'UTC' });
  if (!info.exifInfo?.timeZone) return time;
  const minutes = Math.round((Date.parse(info.localDateTime) - Date.parse(info.fileCreatedAt)) / MINUTE_MS);
  return `${time}, ${offsetName(minutes)}`;
}

/** 120 is 'GMT+2', −570 is 'GMT−9:30'. */
export function offsetName(minutes: number): string {
  if (!minutes) return 'GMT';
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `GMT${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** 'Konstanz, Germany'; undefined when no name is known. */
export function placeName(place: { city?: string | null; country?: string | null; state?: string | null }): string | undefined {
  return [place.city ?? place.state, place.country].filter(Boolean).join(', ') || undefined;
}

/** '47.6603, 9.1758'; four digits are about ten metres. */
export function coordinates(exif: Exif, locale: string): string | undefined {
  if (exif.latitude == null || exif.longitude == null) return undefined;
  const one = (value: number) => value.toLocaleString(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 });
  return `${one(exif.latitude)}, ${one(exif.longitude)}`;
}

/** '0:07', '12:30', '1:02:03' */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function joined(parts: (string | undefined)[]): string | undefined {
  return parts.filter(Boolean).join(SEPARATOR) || undefined;
}
