/**
 * Who is signed in. Made by the layout of the signed-in pages, found by everything below it through `getSession()`.
 */
import { createContext } from 'svelte';
import { api, call, ApiError, type Schema } from './api/client';

export type User = Schema['UserAdminResponseDto'];

export class Session {
  user: User;

  constructor(user: User) {
    this.user = $state(user);
  }

  /** Asks the server again. False: it does not know this session any more, and this device has forgotten it, too. */
  async refresh(): Promise<boolean> {
    const user = await currentUser();
    if (user) this.user = user;
    else await forgetDevice();
    return user !== null;
  }

  /** Ends the session on the server and forgets what this device kept of it. Returns where to go next. */
  async signOut(): Promise<string> {
    const { redirectUri } = await call(api.POST('/auth/logout'));
    forgetDevice();
    return redirectUri;
  }
}

export const [getSession, setSession] = createContext<Session>();

/** What is private in this device's storage has names that begin so. */
const PRIVATE = 'private-';
const STORED_USER = `${PRIVATE}user`;

/** What is private on this device ends with the session, wherever it ended. */
export function forgetDevice(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PRIVATE)) localStorage.removeItem(key);
}

/** Scripts cannot see the session's own cookie; this one comes and goes with it. */
const hasSession = () => /(^|; )immich_is_authenticated=true(;|$)/.test(document.cookie);

/** The user of this browser's session; null when nobody is signed in. */
export async function currentUser(): Promise<User | null> {
  if (!hasSession()) return null;
  try {
    const user = await call(api.GET('/users/me'));
    localStorage.setItem(STORED_USER, JSON.stringify(user));
    return user;
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 401) return null;
    throw cause;
  }
}

/** Who was signed in on this device when the server last said so. */
export function rememberedUser(): User | undefined {
  if (!hasSession()) return undefined;
  try {
    return (JSON.parse(localStorage.getItem(STORED_USER) ?? 'null') as User | null) ?? undefined;
  } catch {
    return undefined;
  }
}
