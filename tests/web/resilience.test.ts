// The server dies amid an upload and while somebody scrolls: the page says so, goes on by itself, and nothing is lost
// or there twice.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, drop, keepSight, launch, visit } from './support/browser.ts';
import { makePhotos, signUp, statistics, useSession } from './support/people.ts';
import { words } from './support/words.ts';

const LIMIT = 120_000;
const FILES = 40;
const middle = { x: DESKTOP.width / 2, y: DESKTOP.height / 2 };

let server: Tintype;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('resilience'), launch()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

let token: string;

test('an upload survives the death of the server', { timeout: LIMIT }, async () => {
  token = await signUp(server.url);
  const files = makePhotos(server.folder, FILES);
  const { context, page } = await visit(browser, server.url);
  keepSight(page);
  await useSession(context, server.url, token);
  await page.goto('/photos');
  await page.getByRole('heading', { name: words['timeline.empty'] }).waitFor();

  await drop(page, files, middle);
  await expect.poll(async () => (await statistics(server.url, token)).total, { timeout: LIMIT, interval: 50 }).toBeGreaterThan(3);
  await server.kill();
  await page.getByText(words['offline.strip']).waitFor();
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.wheel(0, 4000);
  await page.getByText(words['upload.awayText']).first().waitFor();
  await server.run();

  await page.getByText(words['offline.strip']).waitFor({ state: 'hidden', timeout: 60_000 });
  await page.getByText(new RegExp(`^${words['upload.finished']}\\. `)).waitFor({ timeout: LIMIT });
  expect((await statistics(server.url, token)).total).toBe(FILES);
});

test.each(['dropped', 'chosen'] as const)('files wait for the server, even where nothing of the upload was loaded: %s', { timeout: LIMIT }, async (way) => {
  const before = (await statistics(server.url, token)).total;
  const folder = path.join(server.folder, way);
  mkdirSync(folder);
  const files = makePhotos(folder, 2, way === 'dropped' ? 100 : 200);
  // Without a service worker, as at an address without HTTPS: scripts come from the server or not at all.
  const { context, page } = await visit(browser, server.url, DESKTOP, 'light', { serviceWorkers: 'block' });
  keepSight(page);
  await useSession(context, server.url, token);
  await page.goto('/user-settings');
  await page.getByRole('heading', { name: words['settings.devices'] }).waitFor();
  await server.kill();
  if (way === 'dropped') await drop(page, files, middle);
  else {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: words['shell.upload'] }).click()]);
    await chooser.setFiles(files);
  }
  await page.getByRole('region', { name: words['upload.title'] }).getByText(words['upload.away']).waitFor();
  await page.getByText(words['offline.strip']).waitFor();
  await server.run();

  await page.getByText(new RegExp(`^${words['upload.finished']}\\. `)).waitFor({ timeout: LIMIT });
  await page.getByText(words['offline.strip']).waitFor({ state: 'hidden' });
  expect((await statistics(server.url, token)).total).toBe(before + files.length);

  // A second time with the upload's scripts there: the panel itself says what waits.
  await server.kill();
  const more = makePhotos(folder, 1, way === 'dropped' ? 300 : 400);
  await drop(page, more, middle);
  await page.getByRole('region', { name: words['upload.title'] }).getByText(words['upload.away']).waitFor();
  await page.getByRole('button', { name: words['upload.details'] }).click();
  await page.getByRole('listitem').getByText(words['upload.stageAway']).waitFor();
  await server.run();
  await expect.poll(async () => (await statistics(server.url, token)).total, { timeout: LIMIT }).toBe(before + files.length + 1);
  await context.close();
});
