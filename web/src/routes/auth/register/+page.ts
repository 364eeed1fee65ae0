import { redirect } from '@sveltejs/kit';
import { api, call } from '#lib/api/client';
import { routes } from '#lib/routes';

export const load = async () => {
  const config = await call(api.GET('/server/config')).catch(() => undefined);
  if (config?.isInitialized) redirect(307, routes.login());
};
