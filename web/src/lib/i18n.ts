/**
 * All text that people read. English is the source (messages/en.json, ICU MessageFormat, parsed by messages.ts when the
 * app is built); other languages have the same keys (i18n.test.ts). The language is chosen once, before the first page,
 * and changing it reloads.
 */
import type { MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import en from '#messages/en.json';

export type MessageKey = keyof typeof en;
export type Values = Record<string, string | number | Date>;

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = 'language';
/** What the build makes of a file of messages: those without values and plurals stay texts. */
type Messages = Record<MessageKey, string | MessageFormatElement[]>;
const parsed = (file: Record<MessageKey, string>) => file as unknown as Messages;

const loaders: Record<Exclude<Language, 'en'>, () => Promise<{ default: Record<MessageKey, string> }>> = {
  de: () => import('#messages/de.json'),
};

let messages = parsed(en);
let locale = 'en';
const formats = new Map<MessageKey, IntlMessageFormat>();

/** The text of a key, with its values put in. */
export function t(key: MessageKey, values?: Values): string {
  const message = messages[key];
  if (typeof message === 'string') return message;
  let format = formats.get(key);
  if (!format) {
    format = new IntlMessageFormat(message, locale);
    formats.set(key, format);
  }
  return format.format(values) as string;
}

/** For Intl: the browser's own region (en-GB, de-AT) where the language is the same. */
export function currentLocale(): string {
  return locale;
}

export function currentLanguage(): Language {
  return languageOf(locale) ?? 'en';
}

function languageOf(tag: string): Language | undefined {
  const language = tag.toLowerCase().split('-')[0]!;
  return language in LANGUAGES ? (language as Language) : undefined;
}

function chosen(): { language: Language; locale: string } {
  const stored = localStorage.getItem(STORED);
  const wanted = stored ? [stored] : navigator.languages;
  for (const tag of wanted) {
    const language = languageOf(tag);
    if (!language) continue;
    const regional = navigator.languages.find((other) => languageOf(other) === language);
    return { language, locale: regional ?? language };
  }
  return { language: 'en', locale: 'en' };
}

/** Loads the chosen language. Call once, before anything is shown; English stays when it cannot be loaded. */
export async function loadLanguage(): Promise<void> {
  const choice = chosen();
  if (choice.language !== 'en') {
    try {
      messages = parsed((await loaders[choice.language]()).default);
    } catch {
      return;
    }
  }
  locale = choice.locale;
  document.documentElement.lang = choice.language;
}

export function chooseLanguage(language: Language): void {
  localStorage.setItem(STORED, language);
  location.reload();
}
