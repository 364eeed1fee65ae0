/** The chrome leaves when nobody has moved for a while. It stays while the keyboard's focus is in it. */
const STILL_MS = 3000;

export class Idle {
  still = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `busy`: something in the chrome is in use, so it stays. */
  constructor(private readonly busy: () => boolean) {
    this.wake();
  }

  wake(): void {
    this.still = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), STILL_MS);
  }

  /** A tap on the picture: away with it, or back. */
  toggle(): void {
    if (this.still) return this.wake();
    clearTimeout(this.#timer);
    this.still = true;
  }

  destroy(): void {
    clearTimeout(this.#timer);
  }

  #rest(): void {
    if (this.busy()) this.wake();
    else this.still = true;
  }
}
