// How the server delivers the app: caches, compression, policy.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';

let server: Tintype;
let page: string;
const get = (address: string, headers: Record<string, string> = {}) => fetch(server.url + address, { headers });
const asBrowser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

beforeAll(async () => {
  server = await Tintype.start('web');
  page = await (await get('/', asBrowser)).text();
});
afterAll(() => server.stop());

test('every page is the app, and is asked for again each time', async () => {
  for (const address of ['/', '/photos', '/auth/login', '/no/such/page']) {
    const response = await get(address, asBrowser);
    expect([address, response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
      address, 200, 'text/html; charset=utf-8', 'no-store',
    ]);
    expect(await response.text()).toBe(page);
  }
});

test('its parts never change, and arrive compressed', async () => {
  const scripts = [...page.matchAll(/\/_app\/immutable\/[^"]+\.js/g)].map(([address]) => address);
  expect(scripts.length).toBeGreaterThan(0);
  for (const [accept, encoding] of [['br', 'br'], ['gzip', 'gzip'], ['identity', null]] as const) {
    const response = await get(scripts[0]!, { 'accept-encoding': accept });
    expect([response.status, response.headers.get('content-encoding'), response.headers.get('cache-control')]).toEqual([
      200, encoding, 'public,max-age=31536000,immutable',
    ]);
    expect(response.headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
  }
});

test('its policy allows scripts of this server only, none of them inline without a hash', () => {
  const policy = /http-equiv="content-security-policy" content="([^"]+)"/.exec(page)?.[1] ?? '';
  const scripts = /script-src ([^;]+)/.exec(policy)?.[1] ?? '';
  expect(scripts.split(' ').every((source) => source === "'self'" || source.startsWith("'sha256-"))).toBe(true);
  expect(policy).toContain("default-src 'self'");
  expect(page).not.toMatch(/https?:\/\//);
});

test('a missing part is not the app', async () => {
  const response = await get('/_app/immutable/chunks/gone.js', { accept: '*/*' });
  expect(await response.text()).not.toBe('');
  expect(response.headers.get('cache-control')).not.toContain('immutable');
});
