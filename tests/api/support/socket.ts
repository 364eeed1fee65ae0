// A websocket as the apps open it.

import { io, type Socket } from 'socket.io-client';
import { inject } from 'vitest';

type Event = { name: string; arguments: unknown[] };

const LIMIT_MS = 5_000;

/** Events in the order in which they came; close it when done (or `await using`). */
export class Events implements AsyncDisposable {
  readonly seen: Event[] = [];
  readonly #socket: Socket;
  #wake = () => {};

  constructor(headers: Record<string, string>) {
    this.#socket = io(inject('url'), {
      path: '/api/socket.io',
      transports: ['websocket'],
      extraHeaders: headers,
      forceNew: true,
      reconnection: false,
    });
    this.#socket.onAny((name: string, ...rest: unknown[]) => this.#came({ name, arguments: rest }));
    this.#socket.on('disconnect', (reason) => this.#came({ name: 'disconnect', arguments: [reason] }));
    this.#socket.on('connect_error', (error) => this.#came({ name: 'connect_error', arguments: [error.message] }));
  }

  #came(event: Event) {
    this.seen.push(event);
    this.#wake();
  }

  /** The arguments of the first event of that name, now or soon. */
  async next(name: string): Promise<unknown[]> {
    const end = Date.now() + LIMIT_MS;
    for (;;) {
      const index = this.seen.findIndex((event) => event.name === name);
      if (index >= 0) return this.seen.splice(index, 1)[0]!.arguments;
      if (!(await this.#more(end - Date.now())))
        throw new Error(`no ${name} came; others: ${this.seen.map((event) => event.name).join(' ') || 'none'}`);
    }
  }

  emit(name: string, ...rest: unknown[]) {
    this.#socket.emit(name, ...rest);
  }

  #more(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), Math.max(ms, 0));
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async [Symbol.asyncDispose]() {
    this.#socket.disconnect();
  }
}

/** Connected and greeted, so that nothing sent from now on is missed. */
export async function listen(headers: Record<string, string>): Promise<Events> {
  const events = new Events(headers);
  await events.next('on_server_version');
  return events;
}
