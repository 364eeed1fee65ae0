// What a screen reader is told of the timeline and the viewer, by Chromium's own tree; and where Tab leads.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, keepSight, launch, visit } from './support/browser.ts';
import { makePhotos, signUp, upload, useSession } from './support/people.ts';
import { like, words } from './support/words.ts';

const PHOTOS = 4;

let server: Tintype;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('assistive'), launch()]);
  const token = await signUp(server.url);
  await upload(server.url, token, makePhotos(server.folder, PHOTOS));
  const seen = await visit(browser, server.url, DESKTOP);
  page = seen.page;
  await useSession(seen.context, server.url, token);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

interface Node {
  role: string;
  name: string;
  /** Properties by name: 'focusable', 'live', 'level', 'valuetext' … */
  has: Record<string, unknown>;
}

/** All that is not ignored, in the order of reading. */
async function tree(): Promise<Node[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Accessibility.enable');
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name, properties }) => ({
      role: String(role?.value ?? ''),
      name: String(name?.value ?? '').trim(),
      has: Object.fromEntries((properties ?? []).map((property) => [property.name, property.value.value])),
    }));
}

const CONTROLS = ['button', 'link', 'textbox', 'checkbox', 'radio', 'slider', 'menuitem', 'switch', 'searchbox'];
const of = (nodes: Node[], role: string) => nodes.filter((node) => node.role === role);
const nameless = (nodes: Node[]) => nodes.filter(({ role, name }) => CONTROLS.includes(role) && !name);
const tile = new RegExp(`^${words['grid.photo']}, \\w+,? \\d{1,2} \\w+ \\d{4}`);

test('the timeline has landmarks, one title, and a grid whose cells say what they show', async () => {
  keepSight(page);
  await page.goto('/photos');
  await page.getByRole('gridcell').nth(PHOTOS - 1).waitFor();
  const nodes = await tree();

  expect(of(nodes, 'main')).toHaveLength(1);
  expect(of(nodes, 'banner')).toHaveLength(1);
  expect(of(nodes, 'navigation').map(({ name }) => name)).toEqual([words['nav.main']]);
  expect(of(nodes, 'heading').filter(({ has }) => has.level === 1).map(({ name }) => name)).toEqual([words['timeline.title']]);
  expect(nameless(nodes)).toEqual([]);

  const [grid, ...others] = of(nodes, 'grid');
  expect(others).toEqual([]);
  expect(grid).toMatchObject({ name: words['timeline.title'], has: { multiselectable: true } });
  expect(of(nodes, 'row').length).toBeGreaterThan(0);
  const cells = of(nodes, 'gridcell').filter(({ has }) => has.selected === false);
  expect(cells).toHaveLength(PHOTOS);
  const links = of(nodes, 'link').filter(({ name }) => tile.test(name));
  expect(links).toHaveLength(PHOTOS);
  expect(of(nodes, 'slider').map(({ name }) => name)).toEqual([words['timeline.scrubber']]);
  // Chromium's tree leaves out what the value is called.
  expect(await page.getByRole('slider').getAttribute('aria-valuetext')).toMatch(/^\w+ \d{4}$/);
  // What comes and goes by itself is told without interrupting; the place for errors is there, and empty.
  expect(nodes.filter(({ has }) => has.live === 'polite').length).toBeGreaterThan(0);
  expect(nodes.filter(({ has, name }) => has.live === 'assertive' && name)).toEqual([]);
});

test('Tab leads once through the frame, to one photo, and on', async () => {
  await page.goto('/photos');
  await page.getByRole('gridcell').first().waitFor();
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');
  const passed: string[] = [];
  for (let stop = 0; stop < 9; stop++) {
    await page.keyboard.press('Tab');
    passed.push(await focused());
  }
  const expected = [
    words['shell.skip'], words['nav.home'], words['shell.upload'], words['nav.settings'], like(words['shell.account']),
    words['nav.photos'], words['nav.trash'], tile, words['timeline.scrubber'],
  ];
  expect(passed).toEqual(expected.map((name) => (typeof name === 'string' ? name : expect.stringMatching(name))));
});

test('a selection is told, with how many', async () => {
  await page.goto('/photos');
  await page.getByRole('gridcell').first().getByRole('link').focus();
  await page.keyboard.press('x');
  await page.getByRole('toolbar', { name: words['grid.selection'] }).waitFor();
  const nodes = await tree();
  expect(of(nodes, 'gridcell').filter(({ has }) => has.selected === true)).toHaveLength(1);
  expect(of(nodes, 'toolbar').map(({ name }) => name)).toEqual([words['grid.selection']]);
  const counted = nodes.filter(({ name }) => name === '1 selected');
  expect(counted.length).toBeGreaterThan(0);
  expect(nameless(nodes)).toEqual([]);
});

test('the viewer is a dialog that hides what is below, and says which photo is open', async () => {
  await page.goto('/photos');
  await page.getByRole('gridcell').first().getByRole('link').press('Enter');
  await page.getByRole('dialog').waitFor();
  const first = await tree();
  const [dialog, ...others] = of(first, 'dialog');
  expect(others).toEqual([]);
  expect(dialog).toMatchObject({ has: { modal: true } });
  expect(dialog!.name).not.toBe('');
  expect(of(first, 'grid')).toEqual([]);
  expect(of(first, 'navigation').filter(({ name }) => name === words['nav.main'])).toEqual([]);
  expect(nameless(first)).toEqual([]);

  const told = (nodes: Node[]) => nodes.filter(({ name }) => like(words['viewer.position']).test(name.split('. ').at(-1)!)).map(({ name }) => name);
  expect(told(first).join()).toContain(`1 of ${PHOTOS}`);
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => told(await tree()).join()).toContain(`2 of ${PHOTOS}`);
});
