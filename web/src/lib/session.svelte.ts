/**
 * Who is signed in. Made by the layout of the signed-in pages, found by everything below it through `getSession()`.
 */
import { createContext } from 'svelte';
import { api, call, type Schema } from './api/client';

export class Session {
  user: Schema['UserAdminResponseDto'];

  constructor(user: Schema['UserAdminResponseDto']) {
    this.user = $state(user);
  }

  /** Ends the session on the server and forgets what this device kept of it. */
  async signOut(): Promise<void> {
    await call(api.POST('/auth/logout'));
    await forgetDevice();
  }
}

export const [getSession, setSession] = createContext<Session>();

/** Private answers in caches of this device end with the session, wherever it ended. */
export async function forgetDevice(): Promise<void> {
  const names = await globalThis.caches?.keys().catch(() => []);
  await Promise.all((names ?? []).filter((name) => name.startsWith('private-')).map((name) => caches.delete(name)));
}

/** The user of this browser's session; null when nobody is signed in. */
export async function currentUser(): Promise<Schema['UserAdminResponseDto'] | null> {
  const { data, response } = await api.GET('/users/me');
  if (response.status === 401) return null;
  return data ?? (await call(Promise.resolve({ response })));
}
