import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import de from '#messages/de.json';
import en from '#messages/en.json';

/** The names of the values that a message takes, sorted. */
function placeholders(message: string): string[] {
  const names = new Set<string>();
  const visit = (elements: readonly unknown[]) => {
    for (const element of elements as { type: number; value?: string; options?: Record<string, { value: unknown[] }> }[]) {
      if (element.type !== 0 && element.type !== 7) names.add(element.value!);
      for (const option of Object.values(element.options ?? {})) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(message, 'en', undefined, { ignoreTag: true }).getAst());
  return [...names].sort();
}

describe.each([['de', de]])('%s', (_, messages: Record<string, string>) => {
  it('has the keys of English and no other', () => {
    expect(Object.keys(messages).sort()).toEqual(Object.keys(en).sort());
  });

  it.each(Object.entries(en))('takes the same values: %s', (key, english) => {
    expect(placeholders(messages[key]!)).toEqual(placeholders(english));
  });
});
