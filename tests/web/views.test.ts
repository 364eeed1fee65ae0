// Every view, light and dark, on desktop and phone: nothing that axe finds, nothing lost at 320 px and at 200 % text.

import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { violations } from './support/axe.ts';
import { DESKTOP, keepSight, launch, PHONE, visit, type Device, type Theme } from './support/browser.ts';
import { anotherUser, photos, signUp, upload, useSession } from './support/people.ts';
import { smallTargets } from './support/targets.ts';
import { words } from './support/words.ts';

let server: Tintype;
let fresh: Tintype;
let browser: Browser;
let token: string;
let emptyToken: string;
beforeAll(async () => {
  [server, fresh, browser] = await Promise.all([Tintype.start('views'), Tintype.start('views-fresh'), launch()]);
  token = await signUp(server.url);
  emptyToken = await anotherUser(server.url, token);
  await upload(server.url, token, photos(server.folder).slice(0, 10));
});
afterAll(async () => {
  await browser.close();
  await Promise.all([server.stop(), fresh.stop()]);
});

interface View {
  name: string;
  /** On the server without an account. */
  isFresh?: boolean;
  isPublic?: boolean;
  /** Of somebody without photos. */
  isEmpty?: boolean;
  path: string;
  /** Leads from the path to the view, and waits until it is there. */
  ready(page: Page): Promise<unknown>;
}

const tile = (page: Page) => page.getByRole('gridcell').getByRole('link').first();
const heading = (name: string) => (page: Page) => page.getByRole('heading', { name }).waitFor();
/** Opened by a button of the same name. */
const dialog = (name: string) => async (page: Page) => {
  await page.getByRole('button', { name }).click();
  await page.getByRole('dialog', { name }).waitFor();
};

const views: View[] = [
  { name: 'register', isFresh: true, path: '/auth/register', ready: heading(words['auth.registerTitle']) },
  { name: 'login', isPublic: true, path: '/auth/login', ready: heading(words['auth.welcomeBack']) },
  { name: 'onboarding', path: '/auth/onboarding', ready: heading(words['onboarding.photos.title']) },
  { name: 'timeline', path: '/photos', ready: (page) => tile(page).waitFor() },
  { name: 'empty', isEmpty: true, path: '/photos', ready: heading(words['timeline.empty']) },
  { name: 'phone', isEmpty: true, path: '/photos', ready: dialog(words['bring.phone']) },
  { name: 'export', isEmpty: true, path: '/photos', ready: dialog(words['bring.export']) },
  {
    name: 'menu',
    path: '/photos',
    async ready(page) {
      await tile(page).press('Shift+F10');
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'selection',
    path: '/photos',
    async ready(page) {
      await tile(page).focus();
      await page.keyboard.press('x');
      await page.getByRole('button', { name: words['grid.clear'] }).waitFor();
    },
  },
  {
    name: 'viewer',
    path: '/photos',
    async ready(page) {
      await tile(page).press('Enter');
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'information',
    path: '/photos',
    async ready(page) {
      await tile(page).press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('i');
      await page.getByRole('complementary', { name: words['viewer.info'] }).getByRole('listitem').nth(1).waitFor();
    },
  },
  { name: 'trash', path: '/trash', ready: heading(words['trash.nothing']) },
  { name: 'settings', path: '/user-settings', ready: heading(words['settings.devices']) },
  { name: 'about', path: '/about', ready: (page) => page.getByRole('heading', { level: 1 }).waitFor() },
  { name: 'missing', path: '/no/such/page', ready: heading(words['error.missing.title']) },
  { name: 'components', path: '/dev/ui', ready: (page) => page.getByRole('heading', { level: 1 }).waitFor() },
];

const shown = async (view: View, device: Device, theme: Theme): Promise<{ context: BrowserContext; page: Page; complaints: string[] }> => {
  const { url } = view.isFresh ? fresh : server;
  const seen = await visit(browser, url, device, theme);
  if (!view.isFresh && !view.isPublic) await useSession(seen.context, url, view.isEmpty ? emptyToken : token);
  keepSight(seen.page);
  await seen.page.goto(view.path);
  await view.ready(seen.page);
  return seen;
};

/** What a person would have to scroll sideways for. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });

/** Blocks within a dialog whose words do not fit into them. */
const spills = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('dialog .body > *')]
      .filter((block) => block.scrollHeight > block.clientHeight + 1)
      .map((block) => block.textContent?.trim().slice(0, 60)),
  );

const LOOKS = [DESKTOP, PHONE].flatMap((device) => (['light', 'dark'] as const).map((theme) => ({ device, theme })));

describe.each(LOOKS)('$device.name, $theme', ({ device, theme }) => {
  test.each(views)('axe finds nothing: $name', async (view) => {
    const { context, page, complaints } = await shown(view, device, theme);
    const found = await violations(page);
    const small = device.touch ? await smallTargets(page) : [];
    if (process.env.TINTYPE_SHOTS) await page.screenshot({ path: `${process.env.TINTYPE_SHOTS}/${view.name}-${device.name}-${theme}.png` });
    await context.close();
    expect(found).toEqual([]);
    expect(small).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

test.each(views)('nothing is lost at 320 px: $name', async (view) => {
  const { context, page } = await shown(view, { ...PHONE, name: 'narrow', width: 320, height: 640 }, 'light');
  const lost = await overflow(page);
  const spilt = await spills(page);
  await context.close();
  expect(lost).toBeLessThanOrEqual(0);
  expect(spilt).toEqual([]);
});

test.each(views)('nothing is lost with text twice the size: $name', async (view) => {
  const { context, page } = await shown(view, { ...DESKTOP, width: 1280 }, 'light');
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
  await page.waitForTimeout(200);
  const lost = await overflow(page);
  await context.close();
  expect(lost).toBeLessThanOrEqual(0);
});
