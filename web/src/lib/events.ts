/**
 * What the server tells by itself: photos that came, changed or went. One websocket for the whole app; its client is
 * loaded when `start` is called, after the first photos. It reconnects by itself, with growing pauses.
 *
 * Made by the layout of the signed-in pages; found through `getEvents()`. What was told while there was no connection
 * is lost: whoever shows photos asks again on `again`.
 */
import type { Socket } from 'socket.io-client';
import { createContext } from 'svelte';
import type { Schema } from './api/client';

/** The server's events by their names on the wire, and our own about the connection. */
export interface EventMap {
  on_upload_success: [asset: Schema['AssetResponseDto']];
  on_asset_update: [asset: Schema['AssetResponseDto']];
  on_asset_trash: [ids: string[]];
  on_asset_restore: [ids: string[]];
  on_asset_delete: [id: string];
  on_asset_hidden: [id: string];
  on_asset_stack_update: [];
  /** This session was signed out elsewhere. */
  on_session_delete: [id: string];
  on_server_version: [version: { major: number; minor: number; patch: number }];
  /** Connected after a loss. */
  again: [];
  lost: [];
  /** By the server itself, so probably the session. */
  ended: [];
}

type Listener<Name extends keyof EventMap> = (...args: EventMap[Name]) => void;
type AnyListener = (...args: unknown[]) => void;
export type EventsState = 'off' | 'connecting' | 'on' | 'lost';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const CONNECT_LIMIT_MS = 10_000;

export class Events {
  state: EventsState = 'off';
  readonly #listeners = new Map<keyof EventMap, Set<AnyListener>>();
  #socket: Socket | undefined;
  #stopped = false;

  /** Returns what ends it. */
  on<Name extends keyof EventMap>(name: Name, listener: Listener<Name>): () => void {
    let listeners = this.#listeners.get(name);
    if (!listeners) this.#listeners.set(name, (listeners = new Set()));
    listeners.add(listener as AnyListener);
    return () => listeners.delete(listener as AnyListener);
  }

  /** Connects. A second call does nothing. */
  async start(): Promise<void> {
    if (this.state !== 'off' || this.#stopped) return;
    this.state = 'connecting';
    try {
      const { io } = await import('socket.io-client');
      if (this.#stopped) return;
      this.#listen(
        io({
          path: '/api/socket.io',
          transports: ['websocket'],
          reconnectionDelay: FIRST_PAUSE_MS,
          reconnectionDelayMax: LONGEST_PAUSE_MS,
          timeout: CONNECT_LIMIT_MS,
        }),
      );
    } catch {
      // The script did not come: whoever starts it next, after the server is back, tries again.
      this.state = 'off';
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.disconnect();
    this.state = 'off';
  }

  #listen(socket: Socket): void {
    this.#socket = socket;
    socket.on('connect', () => {
      const again = this.state === 'lost';
      this.state = 'on';
      if (again) this.#tell('again', []);
    });
    // The server ends it itself when the session has ended; then nothing is gained by asking again.
    socket.on('disconnect', (reason) => {
      const ended = reason === 'io server disconnect';
      this.state = ended ? 'off' : 'lost';
      if (!this.#stopped) this.#tell(ended ? 'ended' : 'lost', []);
    });
    socket.onAny((name: keyof EventMap, ...args: unknown[]) => this.#tell(name, args));
  }

  #tell(name: keyof EventMap, args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...args);
  }
}

export const [getEvents, setEvents] = createContext<Events>();
