// What stays on the device: enough to start without the server, and nothing private beyond the session.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { launch, visit } from './support/browser.ts';
import { photos, signUp, upload, useSession } from './support/people.ts';
import { like, words } from './support/words.ts';

let server: Tintype;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('device'), launch()]);
  const token = await signUp(server.url);
  await upload(server.url, token, photos(server.folder).slice(0, 3));
  ({ context, page, complaints } = await visit(browser, server.url));
  await useSession(context, server.url, token);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** The addresses of what the device keeps, by the cache's name. */
const kept = () =>
  page.evaluate(async () => {
    const all: Record<string, string[]> = {};
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      all[name] = requests.map(({ url }) => new URL(url).pathname);
    }
    return all;
  });

const pictures = () =>
  page.evaluate(() => {
    const images = [...document.querySelectorAll<HTMLImageElement>('[role=gridcell] img')];
    return images.filter((image) => image.complete && image.naturalWidth > 0).map(({ src }) => src);
  });

const keptApp = async () => Object.values(await kept()).flat();

test('the first visit keeps what it needed, the second the whole app, and none an answer of the API', async () => {
  await page.goto('/photos');
  await page.evaluate(() => navigator.serviceWorker.ready);
  const isFirstScript = (address: string) => /\/_app\/immutable\/entry\/start\..*\.js$/.test(address);
  await expect.poll(async () => (await keptApp()).some(isFirstScript), { timeout: 10_000 }).toBe(true);
  const needed = await keptApp();
  expect(needed).toContain('/');

  await page.reload();
  await expect.poll(async () => (await pictures()).length).toBe(3);
  await expect.poll(async () => (await keptApp()).length, { timeout: 15_000 }).toBeGreaterThan(needed.length);
  expect((await keptApp()).filter((address) => address.startsWith('/api/'))).toEqual([]);
});

test('the rest passes the worker by: a piece of an original is a piece', async () => {
  const [address] = await pictures();
  const piece = await page.evaluate(async (original) => {
    const response = await fetch(original, { headers: { range: 'bytes=0-99' } });
    return [response.status, (await response.arrayBuffer()).byteLength];
  }, address!.replace(/thumbnail\?.*$/, 'original'));
  expect(piece).toEqual([206, 100]);
});

test('without the server the app starts and says so, and goes on by itself', async () => {
  const [address] = await pictures();
  await server.kill();
  await page.goto('/user-settings');
  await page.getByRole('heading', { name: words['nav.settings'], level: 1 }).waitFor();
  await page.getByText(words['offline.strip']).waitFor();
  await page.getByRole('button', { name: like(words['shell.account']) }).click();
  const signOut = page.getByRole('menuitem', { name: words['auth.signOut'] });
  expect(await signOut.getAttribute('aria-disabled')).toBe('true');
  // Files may be chosen: they wait.
  expect(await page.getByRole('button', { name: words['shell.upload'] }).getAttribute('aria-disabled')).toBeNull();

  // A thumbnail that was seen is in the browser's own cache.
  const width = await page.evaluate(async (src) => {
    const image = Object.assign(new Image(), { src });
    await image.decode();
    return image.naturalWidth;
  }, address!);
  expect(width).toBeGreaterThan(0);

  await server.run();
  await page.getByText(words['offline.strip']).waitFor({ state: 'detached', timeout: 45_000 });
  expect(await signOut.getAttribute('aria-disabled')).toBeNull();
  await page.keyboard.press('Escape');
});

test('signing out leaves nothing private behind', async () => {
  await page.getByRole('button', { name: like(words['shell.account']) }).click();
  await page.getByRole('menuitem', { name: words['auth.signOut'] }).click();
  await page.waitForURL(/\/auth\/login/);
  expect((await keptApp()).filter((address) => address.startsWith('/api/'))).toEqual([]);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('private-')))).toEqual([]);
  // The app itself stays, and shows no photos to whoever comes next.
  await page.goto('/photos');
  await page.waitForURL(/\/auth\/login/);
  expect(complaints).toEqual([]);
});
