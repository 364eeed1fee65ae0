// How large photos are: by setting, by keys and by two fingers, and as it was after a reload. The menu at the pointer.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, keepSight, launch, PHONE, visit, type Device } from './support/browser.ts';
import { makePhotos, signUp, statistics, upload, useSession } from './support/people.ts';
import { like, words } from './support/words.ts';

const PHOTOS = 12;

let server: Tintype;
let browser: Browser;
let token: string;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('appearance'), launch()]);
  token = await signUp(server.url);
  await upload(server.url, token, makePhotos(server.folder, PHOTOS));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function open(device: Device, path: string) {
  const seen = await visit(browser, server.url, device);
  keepSight(seen.page);
  await useSession(seen.context, server.url, token);
  await seen.page.goto(path);
  return seen;
}

const cell = (page: Page) => page.getByRole('gridcell').first();
const height = async (page: Page) => (await cell(page).boundingBox())?.height ?? 0;
/** Photos beside each other in the first row. */
const columns = (page: Page) =>
  page.evaluate(() => {
    const tops = [...document.querySelectorAll('[role=gridcell]')].map((tile) => Math.round(tile.getBoundingClientRect().top));
    return tops.filter((top) => top === tops[0]).length;
  });

test('on a desktop the setting and the keys change the rows', async () => {
  const { context, page, complaints } = await open(DESKTOP, '/photos');
  await cell(page).waitFor();
  const usual = await height(page);
  await page.keyboard.press('-');
  await expect.poll(() => height(page)).toBeLessThan(usual * 0.8);
  await page.keyboard.press('+');
  await page.keyboard.press('+');
  await expect.poll(() => height(page)).toBeGreaterThan(usual * 1.2);
  const large = await height(page);

  await page.goto('/user-settings');
  const sizes = page.getByRole('group', { name: words['settings.density'] });
  expect(await sizes.getByRole('radio', { name: words['settings.density.large'] }).isChecked()).toBe(true);
  expect(await page.evaluate(() => document.documentElement.dataset.density)).toBe('large');
  await page.goto('/photos');
  await expect.poll(() => height(page)).toBe(large);

  await page.goto('/user-settings');
  await sizes.getByRole('radio', { name: words['settings.density.compact'] }).check();
  await page.reload();
  expect(await sizes.getByRole('radio', { name: words['settings.density.compact'] }).isChecked()).toBe(true);
  await page.goto('/photos');
  await expect.poll(() => height(page)).toBeLessThan(usual * 0.8);
  expect(complaints).toEqual([]);
  await context.close();
});

/** Two fingers, from one distance to another. */
async function pinch(page: Page, from: number, to: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const [x, y] = [PHONE.width / 2, PHONE.height / 2];
  const fingers = (distance: number) => [0, 1].map((id) => ({ id, x: x + (id ? 1 : -1) * (distance / 2), y }));
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: fingers(from) });
  for (let step = 1; step <= 10; step++)
    await session.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: fingers(from + ((to - from) * step) / 10) });
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await session.detach();
}

test('on a phone two fingers and the setting change the columns, and nothing is selected', async () => {
  const { context, page, complaints } = await open(PHONE, '/photos');
  await cell(page).waitFor();
  expect(await columns(page)).toBe(3);
  await pinch(page, 200, 130);
  await expect.poll(() => columns(page)).toBe(5);
  await pinch(page, 200, 130);
  await expect.poll(() => columns(page)).toBe(9);
  await pinch(page, 80, 250);
  await expect.poll(() => columns(page)).toBe(2);
  expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
  expect(await page.getByRole('button', { name: words['grid.clear'] }).count()).toBe(0);
  await page.reload();
  await expect.poll(() => columns(page)).toBe(2);

  await page.goto('/user-settings');
  await page.getByRole('group', { name: words['settings.columns'] }).getByRole('radio', { name: '5' }).check();
  await page.goto('/photos');
  await expect.poll(() => columns(page)).toBe(5);
  expect(complaints).toEqual([]);
  await context.close();
});

test('the menu at the pointer, and by key, does what the selection bar does', async () => {
  const { context, page, complaints } = await open(DESKTOP, '/photos');
  await cell(page).waitFor();
  const menu = page.getByRole('menu', { name: words['timeline.menu'] });
  await cell(page).click({ button: 'right' });
  await menu.getByRole('menuitem', { name: words['actions.favourite'] }).click();
  await page.getByText(like(words['actions.favourite.done'])).first().waitFor();

  // Of several selected: all of them.
  const tiles = page.getByRole('gridcell').getByRole('link');
  await tiles.nth(1).focus();
  await page.keyboard.press('x');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+F10');
  await menu.waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('[data-photo]') !== null)).toBe(true);
  await tiles.nth(2).click({ button: 'right' });
  await menu.getByRole('menuitem', { name: words['actions.trash'] }).click();
  await expect.poll(async () => (await statistics(server.url, token)).total).toBe(PHOTOS - 2);
  expect(complaints).toEqual([]);
  await context.close();
});
