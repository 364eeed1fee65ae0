import { redirect } from '@sveltejs/kit';
import { signedInUser } from '#features/auth';
import { routes } from '#lib/routes';

export const load = async ({ url, untrack, depends }) => {
  depends('app:session');
  const { user, isRemembered } = await signedInUser();
  // Untracked: another page of the same session asks no one again.
  if (!user) redirect(307, untrack(() => routes.login(url.pathname + url.search)));
  return { user, isRemembered };
};
