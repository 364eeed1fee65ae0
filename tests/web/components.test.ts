// The components on their own page: in both themes and directions, by keyboard, mouse and finger.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { violations } from './support/axe.ts';
import { DESKTOP, launch, PHONE, visit, type Theme, type Visit } from './support/browser.ts';

let server: Tintype;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('web'), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(device = DESKTOP, theme: Theme = 'light'): Promise<Visit> {
  const visited = await visit(browser, server.url, device, theme);
  await visited.page.goto('/dev/ui');
  await visited.page.getByRole('heading', { name: 'Components' }).waitFor();
  return visited;
}

/** The name of what has the focus, or its text. */
const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement!;
    return (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();
  });

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

for (const [theme, direction] of [['light', 'LTR'], ['light', 'RTL'], ['dark', 'LTR'], ['dark', 'RTL']] as const) {
  test(`axe finds nothing, ${theme}, ${direction}`, async () => {
    const { page, context, complaints } = await open(DESKTOP, theme);
    await page.getByText(direction, { exact: true }).click();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
}

test.each(['light', 'dark'] as const)('axe finds nothing in what opens, %s', async (theme) => {
  const { page, context } = await open(DESKTOP, theme);
  for (const opens of ['More actions', 'Form', 'Question', 'Long', 'Result']) {
    await button(page, opens).click();
    expect([opens, await violations(page)]).toEqual([opens, []]);
    await page.keyboard.press('Escape');
  }
  await context.close();
});

test('a menu by keyboard', async () => {
  const { page, context } = await open();
  const menu = page.getByRole('menu', { name: 'More actions' });
  await button(page, 'More actions').focus();
  await page.keyboard.press('ArrowUp');
  expect(await focused(page)).toContain('Delete for good');
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toContain('Add to album');
  await page.keyboard.press('End');
  await page.keyboard.press('d');
  expect(await focused(page)).toContain('Download');
  await page.keyboard.press('Escape');
  expect([await menu.count(), await focused(page)]).toEqual([0, 'More actions']);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await page.getByText('Last: Add to album').waitFor();
  await context.close();
});

test('a menu opens when the button goes down, and its item can be chosen in the same move', async () => {
  const { page, context } = await open();
  await button(page, 'More actions').hover();
  await page.mouse.down();
  await page.getByRole('menuitem', { name: 'Archive' }).hover();
  await page.mouse.up();
  await page.getByText('Last: Archive').waitFor();
  expect(await page.getByRole('menu').count()).toBe(0);
  await context.close();
});

test('a dialog keeps the focus, and gives it back', async () => {
  const { page, context } = await open();
  const dialog = page.getByRole('dialog', { name: /^Rename/ });
  await button(page, 'Form').focus();
  await page.keyboard.press('Enter');
  expect(await dialog.getByLabel('Name').evaluate((field) => field === document.activeElement)).toBe(true);
  for (let press = 0; press < 9; press++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => ['DIALOG', 'BODY'].some((name) => document.activeElement!.closest(name)));
    expect(inside).toBe(true);
  }
  await page.keyboard.press('Escape');
  expect([await dialog.count(), await focused(page)]).toEqual([0, 'Form']);
  await button(page, 'Question').click();
  expect(await focused(page)).toBe('Keep');
  await context.close();
});

test('a press beside a dialog closes it, unless something was typed', async () => {
  const { page, context } = await open();
  const dialog = page.getByRole('dialog', { name: /^Rename/ });
  await button(page, 'Form').click();
  await page.mouse.click(5, 5);
  expect(await dialog.count()).toBe(0);
  await button(page, 'Form').click();
  await dialog.getByLabel('Name').fill('x');
  await page.mouse.click(5, 5);
  expect(await dialog.count()).toBe(1);
  await context.close();
});

test('Escape and a press outside close what is on top only', async () => {
  const { page, context } = await open();
  const dialog = page.getByRole('dialog', { name: /^Rename/ });
  await button(page, 'Form').click();
  for (const close of [() => page.keyboard.press('Escape'), () => page.mouse.click(5, 5)]) {
    await dialog.getByRole('button', { name: 'Order of the album' }).click();
    await page.getByRole('menu').waitFor();
    await close();
    expect([await page.getByRole('menu').count(), await dialog.count()]).toEqual([0, 1]);
  }
  await context.close();
});

test('a disabled button says why, and does nothing', async () => {
  const { page, context } = await open();
  const blocked = button(page, 'With a reason').first();
  await blocked.focus();
  await page.keyboard.press('Enter');
  await page.getByText('Pressed 0 times').waitFor();
  await page.locator('.tooltip', { hasText: 'Only the owner can do this' }).waitFor();
  expect(await blocked.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')!)?.textContent)).toBe(
    'Only the owner can do this',
  );
  await context.close();
});

test('a toast offers its action; an error stays until it is closed', async () => {
  const { page, context } = await open();
  await button(page, 'Result').click();
  await page.getByRole('status').getByText('3 photos moved to trash').waitFor();
  await button(page, 'Undo').click();
  await page.getByText('Last: Undo').waitFor();
  await button(page, 'Error').click();
  const error = page.getByRole('alert').getByText('Nothing was lost');
  await error.waitFor();
  await page.waitForTimeout(6500);
  expect(await error.isVisible()).toBe(true);
  await button(page, 'Close').click();
  expect(await error.count()).toBe(0);
  await context.close();
});

test('on a phone every control is large enough for a finger, and nothing scrolls sideways', async () => {
  const { page, context } = await open(PHONE);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('main button, main a, main input:not([type=checkbox], [type=radio]), main label:has(input)')]
      .map((element) => ({ name: element.textContent?.trim(), box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && box.height < 44)
      .map(({ name, box }) => `${name} ${box.height}`),
  );
  expect(small).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(PHONE.width);
  await context.close();
});

test('a window of 320 px, or text twice as large, loses nothing', async () => {
  const { page, context } = await open({ ...DESKTOP, width: 320 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.setViewportSize({ width: 640, height: 900 });
  await page.getByText('Text 200 %').click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(640);
  await context.close();
});
