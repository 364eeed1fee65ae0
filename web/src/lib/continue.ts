/** Where to go on after signing in. The path comes from the address, so it may be anyone's: only our own pages are taken. */
export function ownPath(wanted: string | null, origin: string): string | undefined {
  if (!wanted?.startsWith('/')) return undefined;
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return undefined;
  }
  const path = url.pathname;
  // A path that begins with two slashes would be read as another host by whoever gets it next.
  if (url.origin !== origin || path.startsWith('//')) return undefined;
  if (/^\/(auth|api)(\/|$)/i.test(path)) return undefined;
  return path + url.search + url.hash;
}
