import { redirect } from '@sveltejs/kit';
import { serverAddress } from '#features/onboarding';
import { routes } from '#lib/routes';
import { currentUser } from '#lib/session.svelte';

export const load = async ({ url, untrack }) => {
  const [address, user] = await Promise.all([serverAddress(untrack(() => url.origin)), currentUser()]);
  if (!user) redirect(307, routes.login());
  return { user, address };
};
