import { redirect } from '@sveltejs/kit';
import { ownPath } from '#lib/continue';
import { routes } from '#lib/routes';
import { currentUser } from '#lib/session.svelte';

export const load = async ({ url }) => {
  const user = await currentUser();
  if (!user) redirect(307, routes.login());
  return { user, next: ownPath(url.searchParams.get('continue'), url.origin) };
};
