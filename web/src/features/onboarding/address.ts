/** What phones and programs have to be given. */
import { api, ApiError, call } from '#lib/api/client';

/** The address that the administrator has set, else the one in use. */
export async function serverAddress(inUse: string): Promise<string> {
  try {
    return (await call(api.GET('/server/config'))).externalDomain || inUse;
  } catch (cause) {
    if (cause instanceof ApiError) return inUse;
    throw cause;
  }
}

/** Does it mean the computer itself, whoever asks? */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
