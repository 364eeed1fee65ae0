// A person's way through the app: photos dropped on it, the timeline, one photo large, deleting and taking it back.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, drop, keepSight, launch, PHONE, visit, type Device } from './support/browser.ts';
import { ADMIN, photos, signUp, statistics } from './support/people.ts';
import { like, words } from './support/words.ts';

const LIMIT = 120_000;
const poll = { timeout: 20_000 };

/** Tiles near the window: others are not in the page. */
const tiles = (page: Page) => page.getByRole('gridcell').getByRole('link');
const tile = (page: Page, address: string) => page.locator(`[role=gridcell] a[href="${address}"]`);

async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel(words['auth.email']).fill(ADMIN.email);
  await page.getByLabel(words['auth.password'], { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: words['auth.signIn'] }).click();
  await page.waitForURL('**/photos');
}

const press = (page: Page, device: Device, address: string) =>
  device.touch ? tile(page, address).tap() : tile(page, address).click();

/** Tiles of which a picture is painted, not only its place. */
const painted = (page: Page) =>
  page.evaluate(() => {
    const images = document.querySelectorAll<HTMLImageElement>('[role=gridcell] img');
    return [...images].filter((image) => image.complete && image.naturalWidth > 0).length;
  });

/** Waits until the viewer shows a picture that is more than its thumbnail. */
async function large(page: Page): Promise<void> {
  await page.getByRole('dialog').waitFor();
  await page.waitForFunction(() => {
    const images = document.querySelectorAll<HTMLImageElement>('[role=dialog] img');
    return [...images].some((image) => image.complete && image.naturalWidth > 0 && image.src.includes('size=preview'));
  });
}

/** What a screen reader is told when the last file has arrived. */
const uploadsFinished = (page: Page) => page.getByText(new RegExp(`^${words['upload.finished']}\\. `)).waitFor({ timeout: LIMIT });

describe.each<Device>([DESKTOP, PHONE])('$name', (device) => {
  let server: Tintype;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let token: string;
  let files: string[];
  beforeAll(async () => {
    [server, browser] = await Promise.all([Tintype.start('journey'), launch()]);
    token = await signUp(server.url);
    files = photos(server.folder);
    ({ page, complaints } = await visit(browser, server.url, device));
    await signIn(page);
  });
  beforeEach(() => keepSight(page));
  afterAll(async () => {
    await browser.close();
    await server.stop();
  });
  const middle = { x: device.width / 2, y: device.height / 2 };

  test('what is dropped arrives, and shows up by itself', { timeout: LIMIT }, async () => {
    await drop(page, files, middle);
    await uploadsFinished(page);
    expect((await statistics(server.url, token)).total).toBe(files.length);
    await expect.poll(() => painted(page), { timeout: LIMIT }).toBeGreaterThanOrEqual(6);
  });

  test('what is here already is not sent again', { timeout: LIMIT }, async () => {
    const sent: string[] = [];
    const note = (request: { method(): string; url(): string }) =>
      request.method() === 'POST' && sent.push(new URL(request.url()).pathname);
    page.on('request', note);
    await drop(page, files, middle);
    await page.getByText(new RegExp(`^${words['upload.finished']}\\..*already here`)).waitFor({ timeout: LIMIT });
    page.off('request', note);
    expect(sent).toContain('/api/assets/bulk-upload-check');
    expect(sent).not.toContain('/api/assets');
    expect((await statistics(server.url, token)).total).toBe(files.length);
    await page.getByRole('button', { name: words['upload.close'] }).click();
  });

  test('a photo opens large, the next follows, and closing finds its tile', async () => {
    const [first, second] = await Promise.all([0, 1].map((k) => tiles(page).nth(k).getAttribute('href')));
    await press(page, device, first!);
    await page.waitForURL(`**${first}`);
    await large(page);
    await page.keyboard.press('ArrowRight');
    await page.waitForURL(`**${second}`);
    await large(page);
    await page.keyboard.press('Escape');
    await page.waitForURL('**/photos');
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('href')), poll).toBe(second);
  });

  test('a deleted photo comes back by undo, and from the trash', { timeout: LIMIT }, async () => {
    const address = (await tiles(page).first().getAttribute('href'))!;
    const trash = async () => {
      await press(page, device, address);
      await large(page);
      await page.keyboard.press('Delete');
      await page.getByText(like(words['actions.trash.done'])).first().waitFor();
    };
    await trash();
    await page.getByRole('button', { name: words['actions.undo'] }).click();
    await expect.poll(() => statistics(server.url, token), poll).toMatchObject({ total: files.length });
    await page.keyboard.press('Escape');
    await page.waitForURL('**/photos');
    await tile(page, address).waitFor();

    await trash();
    await page.keyboard.press('Escape');
    await page.waitForURL('**/photos');
    await expect.poll(() => tile(page, address).count(), poll).toBe(0);
    // The page is ahead of the server.
    await expect.poll(() => statistics(server.url, token, true), poll).toMatchObject({ total: 1 });

    await page.goto('/trash');
    await page.getByRole('gridcell').getByRole('link').waitFor();
    await page.getByRole('button', { name: words['trash.restoreAll'] }).click();
    await page.getByRole('heading', { name: words['trash.nothing'] }).waitFor();
    await page.goto('/photos');
    await tile(page, address).waitFor();
    expect((await statistics(server.url, token)).total).toBe(files.length);
  });

  test('nothing was complained of on the way', () => {
    expect(complaints).toEqual([]);
  });
});
