/** Where to start: depends on whether the server has an administrator and on who is signed in. */
import { api, ApiError, call } from '#lib/api/client';
import { routes } from '#lib/routes';
import { currentUser, rememberedUser, type User } from '#lib/session.svelte';

export async function firstPage(): Promise<string> {
  try {
    const [config, user] = await Promise.all([call(api.GET('/server/config')), currentUser()]);
    if (!config.isInitialized) return routes.register();
    if (!user) return routes.login();
    return user.isAdmin && !config.isOnboarded ? routes.onboarding() : routes.photos();
  } catch (cause) {
    // Without the server: what is on this device is better than nothing.
    if (cause instanceof ApiError && cause.offline && rememberedUser()) return routes.photos();
    throw cause;
  }
}

/** Who may see the signed-in pages; null when nobody is. Without the server, whoever was signed in last. */
export async function signedInUser(): Promise<User | null> {
  try {
    return await currentUser();
  } catch (cause) {
    const remembered = cause instanceof ApiError && cause.offline ? rememberedUser() : undefined;
    if (!remembered) throw cause;
    return remembered;
  }
}
