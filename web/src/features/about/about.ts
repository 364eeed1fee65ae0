/** What the page "About" asks the server. */
import { api, call } from '#lib/api/client';

/** Where the source of this server is: where the administrator says, else the archive that is built with the app. */
export const SOURCE_ARCHIVE = '/source.tar.gz';

export async function serverVersion(): Promise<string> {
  const { major, minor, patch } = await call(api.GET('/server/version'));
  return `${major}.${minor}.${patch}`;
}

/** Only who is signed in is told the administrator's own address; the archive is for all. */
export async function sourceUrl(signedIn: boolean): Promise<string> {
  if (!signedIn) return SOURCE_ARCHIVE;
  const about = await call(api.GET('/server/about')).catch(() => undefined);
  return about?.sourceUrl || about?.repositoryUrl || SOURCE_ARCHIVE;
}

export interface Notice {
  name: string;
  version: string;
  license: string;
  text: string;
}

export async function notices(): Promise<Notice[]> {
  const response = await fetch('/notices.json', { signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`notices.json: ${response.status}`);
  return (await response.json()) as Notice[];
}
