/** Items that wait for their turn, in order. (A Set keeps the places of what left it, and gets slow to begin.) */
import type { Item } from './item';

export class Line {
  #items: Item[] = [];
  #head = 0;

  add(item: Item): void {
    this.#items.push(item);
  }

  /** The first that still waits: others have been stopped in between. */
  get first(): Item | undefined {
    while (this.#head < this.#items.length && this.#items[this.#head]!.stage !== 'waiting') this.#head++;
    if (this.#head === this.#items.length) this.#head = this.#items.length = 0;
    return this.#items[this.#head];
  }
}
