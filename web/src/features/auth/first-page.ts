/** Where to start: depends on whether the server has an administrator and on who is signed in. */
import { api, ApiError, call } from '#lib/api/client';
import { routes } from '#lib/routes';
import { currentUser, rememberedUser, type User } from '#lib/session.svelte';

export async function firstPage(): Promise<string> {
  const remembered = rememberedUser();
  // Only an administrator may have steps of the first run left.
  if (remembered?.isAdmin === false) return routes.photos();
  try {
    const [config, user] = await Promise.all([call(api.GET('/server/config')), currentUser()]);
    if (!config.isInitialized) return routes.register();
    if (!user) return routes.login();
    return user.isAdmin && !config.isOnboarded ? routes.onboarding() : routes.photos();
  } catch (cause) {
    if (cause instanceof ApiError && cause.offline && remembered) return routes.photos();
    throw cause;
  }
}

/**
 * Who may see the signed-in pages; null when nobody is. Who was signed in last on this device is believed until the server
 * has been asked, so that the first frame waits for nobody and a start without the server shows something.
 */
export async function signedInUser(): Promise<{ user: User | null; isRemembered: boolean }> {
  const remembered = rememberedUser();
  return { user: remembered ?? (await currentUser()), isRemembered: remembered !== undefined };
}
