import { redirect } from '@sveltejs/kit';
import { api, call } from '#lib/api/client';
import { ownPath } from '#lib/continue';
import { routes } from '#lib/routes';
import { currentUser } from '#lib/session.svelte';

const WAIT_MS = 3000;

/** What the page says depends on the server; while that does not answer, the form is there all the same. */
export const load = async ({ url }) => {
  const next = ownPath(url.searchParams.get('continue'), url.origin);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_MS));
  const server = await Promise.race([askServer(), late]).catch(() => undefined);
  if (server && !server.config.isInitialized) redirect(307, routes.register());
  if (server?.user) redirect(307, next ?? routes.photos());
  return { next, config: server?.config, features: server?.features };
};

async function askServer() {
  const [config, features, user] = await Promise.all([
    call(api.GET('/server/config')),
    call(api.GET('/server/features')),
    currentUser(),
  ]);
  return { config, features, user };
}
