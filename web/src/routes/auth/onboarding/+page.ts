import { redirect } from '@sveltejs/kit';
import { api, call } from '#lib/api/client';
import { routes } from '#lib/routes';
import { currentUser } from '#lib/session.svelte';

export const load = async ({ url, untrack }) => {
  const [config, user] = await Promise.all([call(api.GET('/server/config')), currentUser()]);
  if (!user) redirect(307, routes.login());
  // What a phone has to be given: the address that the administrator has set, else the one in use.
  return { user, address: config.externalDomain || untrack(() => url.origin) };
};
