/**
 * On phones the header leaves while one scrolls down and returns on the way up. Scroll events do not bubble, so this
 * listens while they are on their way down: whatever box of the page scrolls, it hears of it.
 */
const SLACK = 8;
const TOP = 96;

/** Which way one scrolls. A single jump is the page putting itself right, so a way counts from its second step. */
export class Way {
  #last: number;
  #sign = 0;

  constructor(start = 0) {
    this.#last = start;
  }

  /** Does the header hide at this offset? Undefined while nothing changes. */
  hides(now: number): boolean | undefined {
    const move = now - this.#last;
    if (now > TOP && Math.abs(move) < SLACK) return undefined;
    this.#last = now;
    if (now <= TOP) return false;
    const confirmed = Math.sign(move) === this.#sign;
    this.#sign = Math.sign(move);
    return confirmed ? move > 0 : undefined;
  }
}

export class ScrollWatch {
  readonly #onchange: (hidden: boolean) => void;
  #box: Element | undefined;
  #way = new Way();

  constructor(onchange: (hidden: boolean) => void) {
    this.#onchange = onchange;
  }

  /** Watches what scrolls in `root`, and the page itself. Returns what ends that. */
  watch(root: HTMLElement): () => void {
    const onscroll = ({ target }: Event) => {
      const box = target instanceof Element ? target : document.scrollingElement!;
      // Rows that go sideways and small boxes inside the page are not the page.
      if (target !== document && (!root.contains(box) || box.clientHeight < innerHeight / 2)) return;
      if (box !== this.#box) this.#way = new Way();
      this.#box = box;
      const hidden = this.#way.hides(box.scrollTop);
      if (hidden !== undefined) this.#onchange(hidden);
    };
    document.addEventListener('scroll', onscroll, { capture: true, passive: true });
    return () => document.removeEventListener('scroll', onscroll, { capture: true });
  }

  /** To the top of what was scrolled last. */
  toTop(): void {
    (this.#box?.isConnected ? this.#box : document.scrollingElement)?.scrollTo({ top: 0 });
  }
}
