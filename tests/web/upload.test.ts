// Whole folders, dropped and chosen, and a page that is left too early.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, drop, keepSight, launch, visit } from './support/browser.ts';
import { makePhotos, signUp, statistics, useSession } from './support/people.ts';
import { words } from './support/words.ts';

const LIMIT = 90_000;
const middle = { x: DESKTOP.width / 2, y: DESKTOP.height / 2 };

let server: Tintype;
let browser: Browser;
let token: string;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('upload'), launch()]);
  token = await signUp(server.url);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function open(): Promise<Page> {
  const { context, page } = await visit(browser, server.url, DESKTOP, 'light', { serviceWorkers: 'block' });
  keepSight(page);
  await useSession(context, server.url, token);
  await page.goto('/user-settings');
  await page.getByRole('heading', { name: words['settings.devices'] }).waitFor();
  return page;
}

const total = async () => (await statistics(server.url, token)).total;
const finished = (page: Page) => page.getByText(new RegExp(`^${words['upload.finished']}\\. `)).waitFor({ timeout: LIMIT });

/** A folder with photos at two depths, a note, and what systems leave behind. */
function folder(name: string, first: number): string {
  const top = path.join(server.folder, name);
  const below = path.join(top, 'Summer', 'Lake');
  mkdirSync(below, { recursive: true });
  makePhotos(top, 1, first);
  for (const file of makePhotos(server.folder, 2, first + 1)) renameSync(file, path.join(below, path.basename(file)));
  writeFileSync(path.join(top, 'Summer', 'notes.txt'), 'not a photo');
  writeFileSync(path.join(below, '.DS_Store'), 'litter');
  writeFileSync(path.join(below, 'Thumbs.db'), 'litter');
  return top;
}

test('a dropped folder comes with all below it, and what is no photo is named', { timeout: LIMIT }, async () => {
  const page = await open();
  await drop(page, [folder('dropped', 10)], middle);
  await finished(page);
  expect(await total()).toBe(3);
  await page.getByRole('button', { name: words['upload.details'] }).click();
  await page.getByRole('radio', { name: /^Left out 1$/ }).check({ force: true });
  await page.getByText('dropped/Summer/notes.txt').waitFor();
  await page.context().close();
});

test('a chosen folder does, too, by key and by menu', { timeout: LIMIT }, async () => {
  const page = await open();
  const before = await total();
  const choose = async (files: string, ask: () => Promise<unknown>) => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), ask()]);
    await chooser.setFiles(files);
  };
  await choose(folder('by-key', 20), () => page.keyboard.press('Shift+U'));
  await expect.poll(total, { timeout: LIMIT }).toBe(before + 3);
  await choose(folder('by-menu', 30), async () => {
    await page.getByRole('button', { name: /^Account of / }).click();
    await page.getByRole('menuitem', { name: words['shell.uploadFolder'] }).click();
  });
  await expect.poll(total, { timeout: LIMIT }).toBe(before + 6);
  await page.context().close();
});

/** Reloads as by the browser's button, and answers its question. Tells what kind of question it was. */
async function reload(page: Page, answer: 'stay' | 'go'): Promise<string> {
  const [dialog] = await Promise.all([page.waitForEvent('dialog'), page.evaluate(() => void setTimeout(() => location.reload()))]);
  await (answer === 'go' ? dialog.accept() : dialog.dismiss());
  return dialog.type();
}

test('leaving while files are on their way is asked about, and afterwards they are named', { timeout: LIMIT }, async () => {
  const page = await open();
  const files = makePhotos(server.folder, 2, 40);
  // A line so slow that nothing arrives before the page is left.
  const session = await page.context().newCDPSession(page);
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 4000 });
  await drop(page, files, middle);
  await page.getByRole('region', { name: words['upload.title'] }).waitFor();
  expect(await reload(page, 'stay')).toBe('beforeunload');
  await page.getByRole('region', { name: words['upload.title'] }).waitFor();
  await reload(page, 'go');
  await page.getByRole('heading', { name: words['upload.interrupted'] }).waitFor();
  await page.getByText(path.basename(files[0]!)).waitFor();
  await page.context().close();
});
