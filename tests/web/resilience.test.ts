// The server dies amid an upload and while somebody scrolls: the page says so, goes on by itself, and nothing is lost
// or there twice.

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

test('an upload survives the death of the server', { timeout: LIMIT }, async () => {
  const token = await signUp(server.url);
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
