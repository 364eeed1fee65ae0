/** Finding an item by typing its first letters, as native menus do. */

/** Letters closer together than this are one word. */
const PAUSE_MS = 700;

export class Typeahead {
  #typed = '';
  #last = -Infinity;

  /** True while a word is being typed: the space bar belongs to it then. */
  typing(now: number): boolean {
    return this.#typed !== '' && now - this.#last <= PAUSE_MS;
  }

  /** The index of the label to go to, or -1. The same letter again goes round the labels that begin with it. */
  find(letter: string, labels: readonly string[], current: number, now: number): number {
    if (!this.typing(now)) this.#typed = '';
    this.#last = now;
    this.#typed += fold(letter);
    const repeated = [...this.#typed].every((typed) => typed === this.#typed[0]);
    const wanted = repeated ? this.#typed[0]! : this.#typed;
    // A first letter looks further on; a longer word may still fit where we are.
    const first = repeated ? current + 1 : Math.max(current, 0);
    for (let step = 0; step < labels.length; step++) {
      const index = (first + step) % labels.length;
      if (fold(labels[index]!).startsWith(wanted)) return index;
    }
    return -1;
  }
}

/** Without case and accents: 'e' finds 'Éclair'. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLocaleLowerCase();
}
