// The whole way by keyboard alone: no pointer is ever used.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { keepSight, launch, visit } from './support/browser.ts';
import { ADMIN, makePhotos, signUp, statistics, upload } from './support/people.ts';
import { like, words } from './support/words.ts';

const PHOTOS = 8;
const STOPS = 40;

let server: Tintype;
let browser: Browser;
let token: string;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('keyboard'), launch()]);
  token = await signUp(server.url);
  await upload(server.url, token, makePhotos(server.folder, PHOTOS));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement | null;
    return element?.getAttribute('aria-label') ?? element?.labels?.[0]?.textContent?.trim() ?? element?.textContent?.trim() ?? '';
  });
const focusedLink = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute('href'));

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let k = 0; k < STOPS; k++) {
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    passed.push(now);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${name}, only ${passed.join(' | ')}`);
}

test('sign in, look, select, delete, take back, sign out', async () => {
  const { page, complaints } = await visit(browser, server.url);
  keepSight(page);
  const { keyboard } = page;
  await page.goto('/');
  await page.waitForURL(/\/auth\/login/);
  await page.getByRole('heading', { name: words['auth.welcomeBack'] }).waitFor();
  await tabTo(page, words['auth.email']);
  await keyboard.type(ADMIN.email);
  await tabTo(page, words['auth.password']);
  await keyboard.type(ADMIN.password);
  await keyboard.press('Enter');
  await page.waitForURL('**/photos');

  // One stop for the whole grid; arrows go on inside of it.
  await page.getByRole('gridcell').first().waitFor();
  await tabTo(page, new RegExp(`^${words['grid.photo']}, `));
  const first = await focusedLink(page);
  await keyboard.press('ArrowRight');
  const second = await focusedLink(page);
  expect(second).not.toBe(first);
  await keyboard.press('Home');
  await expect.poll(() => focusedLink(page)).toBe(first);

  // Large, information, the next one, and back to it in the grid.
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keyboard.press('i');
  await page.getByRole('complementary', { name: words['viewer.info'] }).waitFor();
  await keyboard.press('i');
  await keyboard.press('ArrowRight');
  await page.waitForURL(`**${second}`);
  await keyboard.press('Escape');
  await page.waitForURL('**/photos');
  await expect.poll(() => focusedLink(page)).toBe(second);

  // Two selected, to the trash, and taken back.
  await keyboard.press('x');
  await keyboard.press('ArrowRight');
  await keyboard.press('Shift+X');
  await page.getByText(like(words['grid.selected'])).first().waitFor();
  await keyboard.press('Delete');
  await expect.poll(async () => (await statistics(server.url, token)).total).toBe(PHOTOS - 2);
  await keyboard.press('Control+z');
  await expect.poll(async () => (await statistics(server.url, token)).total).toBe(PHOTOS);

  await keyboard.press('?');
  await page.getByRole('dialog', { name: words['shortcuts.title'] }).waitFor();
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await tabTo(page, like(words['shell.account']));
  await keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await keyboard.press('End');
  await keyboard.press('Enter');
  await page.waitForURL(/\/auth\/login/);
  expect(complaints).toEqual([]);
});
