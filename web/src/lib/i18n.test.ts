import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../messages';

const read = (language: string) =>
  JSON.parse(readFileSync(`messages/${language}.json`, 'utf8')) as Record<string, string>;
const en = read('en');

/** The names of the values that a message takes, sorted. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const visit = (elements: readonly unknown[]) => {
    for (const element of elements as { type: number; value?: string; options?: Record<string, { value: unknown[] }> }[]) {
      if (element.type !== 0 && element.type !== 7) names.add(element.value!);
      for (const option of Object.values(element.options ?? {})) visit(option.value);
    }
  };
  const parsed = parseMessage(message);
  if (typeof parsed !== 'string') visit(parsed);
  return [...names].sort();
}

describe.each(['de'])('%s', (language) => {
  const messages = read(language);

  it('has the keys of English and no other', () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.entries(en))('takes the same values: %s', (key, english) => {
    expect(placeholders(messages[key]!)).toEqual(placeholders(english));
  });
});
