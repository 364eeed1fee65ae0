// Accounts and photos, made through the API: what a journey starts from.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext } from 'playwright-core';

export const ADMIN = { email: 'hanna@example.org', password: 'a long password', name: 'Hanna' };

/** The folder of real photos beside the checkout; undefined where it is not. */
export const testdata = process.env.TINTYPE_SHARED ? path.join(process.env.TINTYPE_SHARED, 'testdata') : undefined;

const MADE = 6;
const PICTURE = /\.(jpe?g|png|webp|heic|avif|gif|tiff?)$/i;

/** Pictures below a folder, in the order of their names. */
export function pictures(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => PICTURE.test(name))
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

async function send(url: string, method: string, address: string, token?: string, body?: unknown): Promise<unknown> {
  const form = body instanceof FormData;
  const response = await fetch(`${url}/api${address}`, {
    method,
    headers: { ...(form ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: form ? body : body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** The administrator of a fresh server, past the onboarding. Gives the session's token. */
export async function signUp(url: string): Promise<string> {
  await send(url, 'POST', '/auth/admin-sign-up', undefined, ADMIN);
  const token = await signIn(url);
  await send(url, 'POST', '/system-metadata/admin-onboarding', token, { isOnboarded: true });
  await send(url, 'PUT', '/users/me/onboarding', token, { isOnboarded: true });
  return token;
}

export async function signIn(url: string, who = ADMIN): Promise<string> {
  const { accessToken } = (await send(url, 'POST', '/auth/login', undefined, who)) as { accessToken: string };
  return accessToken;
}

/** Another account, without a photo and past its first steps. Gives its session's token. */
export async function anotherUser(url: string, admin: string): Promise<string> {
  const who = { email: 'emil@example.org', password: 'another password', name: 'Emil' };
  await send(url, 'POST', '/admin/users', admin, { ...who, shouldChangePassword: false });
  const token = await signIn(url, who);
  await send(url, 'PUT', '/users/me/onboarding', token, { isOnboarded: true });
  return token;
}

/** The browser has the session of a token, as if its person had signed in. */
export async function useSession(context: BrowserContext, url: string, token: string): Promise<void> {
  const cookies = { immich_access_token: token, immich_auth_type: 'password', immich_is_authenticated: 'true' };
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url })));
}

/** Uploads files and waits until each has its thumbnail. */
export async function upload(url: string, token: string, files: string[]): Promise<void> {
  for (const file of files) {
    const { mtime } = statSync(file);
    const form = new FormData();
    form.set('fileCreatedAt', mtime.toISOString());
    form.set('fileModifiedAt', mtime.toISOString());
    form.set('assetData', new File([readFileSync(file)], path.basename(file)));
    await send(url, 'POST', '/assets', token, form);
  }
  await thumbnails(url, token, 60_000);
}

/** Waits until nothing of the library lacks a thumbhash. */
export async function thumbnails(url: string, token: string, limit: number): Promise<void> {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const buckets = (await send(url, 'GET', '/timeline/buckets?visibility=timeline', token)) as { timeBucket: string }[];
    const months = await Promise.all(
      buckets.map(({ timeBucket }) => send(url, 'GET', `/timeline/bucket?visibility=timeline&timeBucket=${timeBucket}`, token)),
    );
    if ((months as { thumbhash: (string | null)[] }[]).every(({ thumbhash }) => thumbhash.every((hash) => hash !== null))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the thumbnails were not made in time');
}

/** Pictures that a decoder has something to do with, each another one: those from `first` on. */
export function makePhotos(folder: string, count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const k = first + i;
    const file = path.join(folder, `made-${k}.png`);
    const colours = `gradients=size=1600x1200:seed=${k + 1}:nb_colors=4:duration=1`;
    execFileSync('/usr/bin/ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', colours, '-frames:v', '1', file]);
    return file;
  });
}

/** Photos to upload: some made in `folder`, so that the journeys run everywhere, and real ones where they are. */
export function photos(folder: string): string[] {
  const made = makePhotos(folder, MADE);
  return testdata ? [...made, ...pictures(path.join(testdata, 'albums'))] : made;
}

/** How many photos and videos somebody has, or has in the trash. */
export async function statistics(url: string, token: string, isTrashed = false): Promise<{ total: number }> {
  return (await send(url, 'GET', `/assets/statistics?isTrashed=${isTrashed}`, token)) as { total: number };
}
