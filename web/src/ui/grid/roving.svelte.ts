/** The one photo of the grid that has the focus, or had it last: moved by keys, found again after the viewer. */
import { tick } from 'svelte';
import type { Photo } from '#lib/photos';
import type { Spot } from './geometry';
import type { Grid } from './grid.svelte';
import { across, along, jump, type Step, type Unit } from './walk';

export class Roving {
  id = $state<string>();
  readonly #grid: Grid;
  /** Counts moves: one that waited for a month is late when another came. */
  #move = 0;

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  get spot(): Spot | undefined {
    return this.id ? this.#grid.geometry.find(this.id) : undefined;
  }

  /** The photo, while it is on screen. */
  get photo(): Photo | undefined {
    return this.seen && this.#grid.photoAt(this.seen);
  }

  /** Where it is, while that is on screen: whoever scrolled on means what they see. */
  get seen(): Spot | undefined {
    const { geometry, place, view } = this.#grid;
    const box = this.spot && geometry.boxOf(this.spot);
    return box && box.y < place + view && box.y + box.h > place ? this.spot : undefined;
  }

  /** To the next photo; to the first on screen when none there had the focus. */
  along(step: 1 | -1): Promise<void> {
    return this.#step((from) => along(this.#grid.geometry, from, step));
  }

  across(step: 1 | -1): Promise<void> {
    return this.#step((from) => across(this.#grid.geometry, from, step));
  }

  jump(unit: Unit, step: 1 | -1): Promise<void> {
    const from = this.seen ?? this.#grid.firstInView();
    return this.#step((spot) => jump(this.#grid.geometry, spot, unit, step), from, true);
  }

  async toEnd(step: 1 | -1): Promise<void> {
    const { sections } = this.#grid.geometry;
    const section = step > 0 ? sections.length - 1 : 0;
    if (!sections.length) return;
    this.#grid.go(step > 0 ? Infinity : 0);
    await this.#grid.ensure([sections[section]!.key]);
    const length = sections[section]!.data?.length ?? 0;
    if (length) await this.focus({ section, index: step > 0 ? length - 1 : 0 });
    if (step < 0) this.#grid.go(0);
  }

  async page(step: 1 | -1): Promise<void> {
    const { geometry } = this.#grid;
    this.#grid.go(this.#grid.place + step * 0.9 * this.#grid.view);
    const { place, view } = this.#grid;
    const section = geometry.sections[geometry.sectionAt(place)];
    if (section && !section.data) await this.#grid.ensure([section.key]);
    const first = geometry.spotIn(this.#grid.place, this.#grid.place + view);
    const box = first && geometry.boxOf(first);
    // A row that is cut off at the top is no place for the focus.
    const cut = first && box && box.y < place ? across(geometry, first, 1) : first;
    if (cut && !('missing' in cut)) await this.focus(cut);
  }

  async focus(spot: Spot): Promise<void> {
    const { id } = this.#grid.photoAt(spot);
    this.id = id;
    this.#grid.reveal(spot);
    await tick();
    this.#grid.focusTile(id);
  }

  async #step(next: (from: Spot) => Step, start = this.seen, toTop = false): Promise<void> {
    const move = ++this.#move;
    const { geometry } = this.#grid;
    if (!start) {
      const first = this.#grid.firstInView();
      return first && this.focus(first);
    }
    const from = this.#grid.photoAt(start).id;
    for (;;) {
      const spot = geometry.find(from);
      const to = spot && next(spot);
      if (!to) return;
      if (!('missing' in to)) {
        if (toTop) this.#grid.goToDay(to);
        return this.focus(to);
      }
      this.#grid.goToSection(geometry.indexOfKey(to.missing), 0);
      await this.#grid.ensure([to.missing]);
      if (move !== this.#move) return;
    }
  }
}
