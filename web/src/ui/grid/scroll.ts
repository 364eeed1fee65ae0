/**
 * How the position of a scroll container stands for a place in a list that is far higher than browsers allow
 * (Chromium cuts at 33.5 million pixels, Firefox at 17.9; a million photos need some 60).
 *
 * The container is as high as the list, up to a limit. Two rules connect them:
 *
 * - Small moves (wheel, touch, arrow keys) are the same distance in both. The grid keeps the difference between the
 *   place in the list and the position of the container, and draws with it.
 * - Great moves (scroll bar, Home and End, a script) go by proportion: `toList`. Near both ends proportion is one to
 *   one, so that whoever scrolls towards an end gets there and not against a wall.
 *
 * When the list comes to rest, the container is put to where proportion wants it (`toContainer`) and the difference is
 * changed by as much, so nothing moves on screen. The same difference takes up every correction of heights above the
 * screen: while someone scrolls, nobody writes the scroll position.
 *
 * The limit is far below the browsers': the compositor counts in 32-bit floats, which are exact to a quarter of a
 * pixel up to four million.
 */

const HIGHEST = 4_000_000;
/** So much of both ends is one to one. */
const END = 400_000;

export class ScrollMap {
  readonly #list: number;
  readonly #container: number;
  readonly height: number;

  /** @param height of the list @param view of the window onto it */
  constructor(height: number, view: number) {
    this.height = Math.max(view, Math.min(height, HIGHEST));
    this.#list = Math.max(0, height - view);
    this.#container = this.height - view;
  }

  get end(): number {
    return this.#list;
  }

  clamp(place: number): number {
    return Math.min(this.#list, Math.max(0, place));
  }

  toList(position: number): number {
    return this.#convert(position, this.#container, this.#list);
  }

  toContainer(place: number): number {
    return Math.round(this.#convert(place, this.#list, this.#container));
  }

  #convert(value: number, from: number, to: number): number {
    if (from === to || value <= 0) return Math.min(to, Math.max(0, value));
    const end = Math.min(END, from / 3, to / 3);
    if (value <= end) return value;
    if (value >= from - end) return Math.min(to, to - (from - value));
    return end + ((value - end) / (from - 2 * end)) * (to - 2 * end);
  }
}

/** Is a move of the container by so much more than hands do in the time between two events? */
export function isGreatMove(distance: number, view: number): boolean {
  return Math.abs(distance) > Math.max(8 * view, 6000);
}
