/**
 * Parses the messages when the app is built, so that the parser, a tenth of the first load, stays here: a message becomes
 * the syntax tree that intl-messageformat takes as well, or a plain text when there is nothing to put in.
 */
import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import type { Plugin } from 'vite';

const FILE = /\/messages\/[a-z]{2}\.json$/;
const PARSER = '@formatjs/icu-messageformat-parser';

export function parseMessage(message: string): string | MessageFormatElement[] {
  const elements = parse(message, { ignoreTag: true, captureLocation: false });
  const [only] = elements;
  return elements.length === 1 && only?.type === TYPE.literal ? only.value : elements;
}

export function messages(): Plugin {
  return {
    name: 'tintype-messages',
    enforce: 'pre',
    config: (_, { command }) => {
      const alias = [{ find: new RegExp(`^${PARSER}$`), replacement: `${PARSER}/no-parser.js` }];
      return command === 'build' ? { resolve: { alias } } : {};
    },
    transform(code, id) {
      if (!FILE.test(id)) return undefined;
      const texts = Object.entries(JSON.parse(code) as Record<string, string>);
      return { code: JSON.stringify(Object.fromEntries(texts.map(([key, text]) => [key, parseMessage(text)]))), map: null };
    },
  };
}
