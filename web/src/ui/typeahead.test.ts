import { describe, expect, it } from 'vitest';
import { Typeahead } from './typeahead';

const labels = ['Download', 'Archive', 'Delete', 'Add to album', 'Édition'];

describe('Typeahead', () => {
  it('goes to the next label with that letter, round the end', () => {
    const typeahead = new Typeahead();
    expect(typeahead.find('d', labels, -1, 0)).toBe(0);
    expect(typeahead.find('d', labels, 0, 100)).toBe(2);
    expect(typeahead.find('d', labels, 2, 200)).toBe(0);
  });

  it('takes quick letters as one word and stays where the word fits', () => {
    const typeahead = new Typeahead();
    expect(typeahead.find('d', labels, -1, 0)).toBe(0);
    expect(typeahead.find('e', labels, 0, 300)).toBe(2);
    expect(typeahead.find('l', labels, 2, 600)).toBe(2);
  });

  it('begins a new word after a pause', () => {
    const typeahead = new Typeahead();
    typeahead.find('d', labels, -1, 0);
    expect(typeahead.typing(500)).toBe(true);
    expect(typeahead.typing(1000)).toBe(false);
    expect(typeahead.find('a', labels, 0, 1000)).toBe(1);
  });

  it('takes a space as part of a word', () => {
    const typeahead = new Typeahead();
    [...'add t'].reduce((at, letter, i) => typeahead.find(letter, labels, at, i * 100), -1);
    expect(typeahead.find('o', labels, 3, 500)).toBe(3);
  });

  it('ignores case and accents, and says when nothing fits', () => {
    expect(new Typeahead().find('E', labels, -1, 0)).toBe(4);
    expect(new Typeahead().find('q', labels, 0, 0)).toBe(-1);
    expect(new Typeahead().find('q', [], -1, 0)).toBe(-1);
  });
});
