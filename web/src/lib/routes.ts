/** Every link of the app, on the paths of upstream's web app so that links and bookmarks survive. */
import { resolve } from '$app/paths';

export const routes = {
  photos: (assetId?: string) => resolve('/(user)/photos/[[assetId=uuid]]', assetId ? { assetId } : {}),
  trash: (assetId?: string) =>
    resolve('/(user)/trash/[[photos=photos]]/[[assetId=uuid]]', assetId ? { photos: 'photos', assetId } : {}),
  login: (back?: string) => withQuery(resolve('/auth/login'), { continue: back }),
  register: () => resolve('/auth/register'),
  onboarding: (step?: string) => withQuery(resolve('/auth/onboarding'), { step }),
  changePassword: (back?: string) => withQuery(resolve('/auth/change-password'), { continue: back }),
  settings: (section?: 'account' | 'keys') => resolve('/(user)/user-settings') + (section ? `#${section}` : ''),
  about: () => resolve('/about'),
};

function withQuery(path: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return query.size ? `${path}?${query}` : path;
}
