// Chromium as a person has it: a window of a size, a theme, mouse or touch.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { onTestFailed } from 'vitest';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
// No sandbox of Chromium's own: in a container as root there is none. Nothing is asked of foreign hosts.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For a thing that must appear; what takes longer says so. */
const WAIT_MS = 15_000;

export interface Device {
  name: string;
  width: number;
  height: number;
  touch: boolean;
}

export const DESKTOP: Device = { name: 'desktop', width: 1440, height: 900, touch: false };
export const PHONE: Device = { name: 'phone', width: 390, height: 844, touch: true };

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What went wrong in the page: exceptions, console errors, blocked by the policy, requests to other hosts. */
  complaints: string[];
}

export type Theme = 'light' | 'dark';

/** A new person at the browser: no cookies, no caches. */
export async function visit(
  browser: Browser,
  url: string,
  device = DESKTOP,
  theme: Theme = 'light',
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: device.width, height: device.height },
    hasTouch: device.touch,
    isMobile: device.touch,
    colorScheme: theme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const address = request.url();
    if (/^(https?|wss?):/.test(address) && !address.startsWith(url)) complaints.push(`foreign request: ${address}`);
  });
  return { context, page, complaints };
}

/** Chromium tells of every answer over 399; those that a test wants are not complaints. */
const isRefusal = (text: string) => text.startsWith('Failed to load resource');

/** When the running test fails, TINTYPE_SHOTS gets a picture of the page and what a screen reader finds on it. */
export function keepSight(page: Page): void {
  const folder = process.env.TINTYPE_SHOTS;
  if (!folder) return;
  onTestFailed(async ({ task }) => {
    const file = path.join(folder, task.name.replaceAll(/\W+/g, '-'));
    await page.screenshot({ path: `${file}.png` });
    await writeFile(`${file}.txt`, `${page.url()}\n${await page.locator('body').ariaSnapshot()}`);
  });
}

/** Drops files of this machine on a place of the page, as from a file manager. */
export async function drop(page: Page, files: string[], at: { x: number; y: number }): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: files.map((file) => path.resolve(file)), dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}
