// The app's own words, so that tests look for what a person reads.

import en from '../../../web/messages/en.json' with { type: 'json' };

export const words: Readonly<Record<keyof typeof en, string>> = en;

/** A message with values, as a pattern: what stands in braces may be anything. */
export function like(message: string): RegExp {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/''/g, "'");
  let pattern = '';
  let depth = 0;
  let text = '';
  for (const character of message) {
    if (character === '{' && depth++ === 0) {
      pattern += `${literal(text)}.+`;
      text = '';
    } else if (character === '}') depth--;
    else if (depth === 0) text += character;
  }
  return new RegExp(`^${pattern}${literal(text)}$`);
}
