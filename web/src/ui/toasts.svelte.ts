/**
 * Short messages about what was done or failed: one at a time. The newest is shown at once, unless the pointer or the
 * focus is on the one that is there. Results go after six seconds; errors stay until they are closed.
 */
import { createContext } from 'svelte';

export interface ToastAction {
  title: string;
  run(): void | Promise<void>;
}
export interface ToastOptions {
  text: string;
  action?: ToastAction | undefined;
  tone?: 'plain' | 'error' | undefined;
  /** A later toast with the same id takes this one's place: progress, then result. */
  id?: string | undefined;
  /** Stays until it is closed or something newer comes: an offer, not a result. */
  sticky?: boolean | undefined;
}
export interface Toast extends ToastOptions {
  id: string;
  tone: 'plain' | 'error';
}

export const SHOWN_MS = 6000;

export class Toasts {
  current = $state.raw<Toast | undefined>();
  /** Came while another was held. */
  #arrived: Toast[] = [];
  /** Pushed aside by something newer, and not closed yet. */
  #errors: Toast[] = [];
  #held = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #made = 0;

  /** Shows a toast, now or as soon as the one in use is let go. Returns its id, for `close`. */
  show(options: ToastOptions): string {
    const toast: Toast = { ...options, tone: options.tone ?? 'plain', id: options.id ?? `toast-${++this.#made}` };
    this.#forget(toast.id);
    if (this.current?.id === toast.id) this.#set(toast);
    else if (this.current && this.#held) this.#arrived.push(toast);
    else this.#replace(toast);
    return toast.id;
  }

  /** Takes away the toast that is shown, or the one with that id. */
  close(id = this.current?.id): void {
    if (id === undefined) return;
    this.#forget(id);
    if (this.current?.id !== id) return;
    this.#held = false;
    this.#set(this.#errors.shift());
    this.#bringArrived();
  }

  /** The pointer or the focus is on the toast: its time stands still. */
  hold(): void {
    this.#held = true;
    clearTimeout(this.#timer);
  }

  /** Let go: its time begins anew, or what waited is shown. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#arm();
    this.#bringArrived();
  }

  #bringArrived(): void {
    for (const toast of this.#arrived.splice(0)) this.#replace(toast);
  }

  #forget(id: string): void {
    this.#arrived = this.#arrived.filter((toast) => toast.id !== id);
    this.#errors = this.#errors.filter((toast) => toast.id !== id);
  }

  #replace(toast: Toast): void {
    if (this.current?.tone === 'error') this.#errors.unshift(this.current);
    this.#set(toast);
  }

  #set(toast: Toast | undefined): void {
    this.current = toast;
    this.#arm();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.current?.tone === 'plain' && !this.current.sticky && !this.#held) this.#timer = setTimeout(() => this.close(), SHOWN_MS);
  }
}

export const [getToasts, setToasts] = createContext<Toasts>();
