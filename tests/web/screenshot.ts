// Makes the README's picture: the timeline with scenery that is drawn here, so that it belongs to nobody else.
// usage: node screenshot.ts FOLDER      writes timeline-light.jpg and timeline-dark.jpg; TINTYPE as for the tests

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { Tintype } from '../support/tintype.mts';
import { DESKTOP, launch, visit } from './support/browser.ts';
import { signUp, upload, useSession } from './support/people.ts';

const SIZES = [[1500, 1000], [1200, 900], [900, 1200], [1600, 900], [1000, 1000]] as const;
const SKIES = [['#cfd8e6', '#f3dcc4'], ['#f5c9a0', '#e88b75'], ['#20304c', '#c9708a'], ['#bfe0e8', '#eef3e2'], ['#0f1c2e', '#31587a']] as const;
const LANDS = ['#1c6757', '#7a4f37', '#2f3f63', '#6c7f3a', '#5b3557'] as const;
const PICTURES = 22;
/** Pictures of one day. */
const A_DAY = 5;

/** Numbers between 0 and 1, the same in every run. */
function dice(seed: number): () => number {
  let state = seed * 2654435761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Hills one behind the other under a sun, fainter with the distance. */
function scenery(k: number): { width: number; height: number; svg: string } {
  const roll = dice(k + 1);
  const [width, height] = SIZES[k % SIZES.length]!;
  const [top, bottom] = SKIES[(k * 3) % SKIES.length]!;
  const land = LANDS[(k * 2) % LANDS.length]!;
  const hills = [0.35, 0.55, 0.75, 1].map((strength, row) => {
    const base = height * (0.45 + row * 0.13);
    const points = Array.from({ length: 9 }, (_, i) => `${(width * i) / 8},${base - roll() * height * 0.22}`);
    return `<polygon fill="${land}" fill-opacity="${strength}" points="0,${height} ${points.join(' ')} ${width},${height}"/>`;
  });
  const sun = `<circle cx="${width * (0.2 + roll() * 0.6)}" cy="${height * (0.2 + roll() * 0.2)}" r="${height * 0.08}" fill="#fff" fill-opacity=".8"/>`;
  const sky = `<linearGradient id="s" x2="0" y2="1"><stop stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient>`;
  const body = `<defs>${sky}</defs><rect width="100%" height="100%" fill="url(#s)"/>${sun}${hills.join('')}`;
  return { width, height, svg: `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>` };
}

async function draw(browser: Browser, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const page = await browser.newPage();
  const files: string[] = [];
  for (let k = 0; k < PICTURES; k++) {
    const { width, height, svg } = scenery(k);
    await page.setViewportSize({ width, height });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    const file = path.join(folder, `scenery-${k}.jpg`);
    writeFileSync(file, await page.screenshot({ type: 'jpeg', quality: 90 }));
    const taken = new Date(Date.UTC(2026, 5, 14 - 2 * Math.floor(k / A_DAY), 18, k));
    utimesSync(file, taken, taken);
    files.push(file);
  }
  await page.close();
  return files;
}

const target = process.argv[2];
if (!target) throw new Error('usage: node screenshot.ts FOLDER');
const server = await Tintype.start('screenshot');
const browser = await launch();
try {
  const token = await signUp(server.url);
  await upload(server.url, token, await draw(browser, path.join(server.folder, 'scenery')));
  for (const theme of ['light', 'dark'] as const) {
    const { context, page } = await visit(browser, server.url, { ...DESKTOP, width: 1280, height: 760 }, theme);
    await useSession(context, server.url, token);
    await page.goto('/photos');
    await page.getByRole('gridcell').first().waitFor();
    await page.waitForTimeout(1500); // pictures, and the fade
    await page.screenshot({ path: path.join(target, `timeline-${theme}.jpg`), type: 'jpeg', quality: 85 });
    await context.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
