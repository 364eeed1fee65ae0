// What AGPL section 13 asks of a server: whoever uses it over the network can have its source, signed in or not.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { violations } from './support/axe.ts';
import { launch, visit } from './support/browser.ts';
import { words } from './support/words.ts';

let server: Tintype;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('about'), launch()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('the page names license, source and the work of others', async () => {
  const { page, complaints } = await visit(browser, server.url);
  await page.goto('/about');
  const license = await page.getByRole('link', { name: words['about.licenseText'] }).getAttribute('href');
  expect(await (await fetch(server.url + license)).text()).toContain('GNU AFFERO GENERAL PUBLIC LICENSE');

  const svelte = page.getByRole('listitem').filter({ hasText: /^svelte / });
  await svelte.locator('summary').click();
  await svelte.getByText('Permission is hereby granted').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the source is what this server was made of', async () => {
  const { page } = await visit(browser, server.url);
  await page.goto('/about');
  const address = await page.getByRole('link', { name: words['about.source'] }).getAttribute('href');
  const archive = path.join(server.folder, 'source.tar.gz');
  writeFileSync(archive, Buffer.from(await (await fetch(server.url + address)).arrayBuffer()));
  const names = execFileSync('/usr/bin/tar', ['-tzf', archive], { encoding: 'utf8' }).split('\n');
  for (const name of ['LICENSE', 'meson.build', 'tools/build-web', 'web/package-lock.json', 'web/src/routes/about/+page.svelte'])
    expect(names.map((entry) => entry.replace(/^\.\//, ''))).toContain(name);
});
