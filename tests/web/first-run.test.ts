// The first person at a new server: account, the steps after it, an empty library; then out and in again.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tintype } from '../support/tintype.mts';
import { launch, visit } from './support/browser.ts';
import { ADMIN } from './support/people.ts';
import { like, words } from './support/words.ts';

let server: Tintype;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([Tintype.start('first-run'), launch()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

test('a new server asks for its administrator, then how it shall be', async () => {
  const { page, complaints } = await visit(browser, server.url);
  await page.goto('/');
  await page.waitForURL('**/auth/register');

  await page.getByLabel(words['auth.name']).fill(ADMIN.name);
  await page.getByLabel(words['auth.email']).fill('not an address');
  await page.getByLabel(words['auth.password'], { exact: true }).fill('short');
  await page.getByRole('button', { name: words['auth.register'] }).click();
  await page.getByText(words['auth.emailInvalid']).waitFor();
  expect(new URL(page.url()).pathname).toBe('/auth/register');

  await page.getByLabel(words['auth.email']).fill(ADMIN.email);
  await page.getByLabel(words['auth.password'], { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: words['auth.register'] }).click();
  await page.getByRole('heading', { name: words['onboarding.photos.title'] }).waitFor();

  // Progress survives a reload.
  await page.getByRole('button', { name: words['onboarding.photos.skip'] }).click();
  await page.getByRole('heading', { name: words['onboarding.storage.title'] }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: words['onboarding.storage.title'] }).waitFor();
  await page.getByText(words['onboarding.storage.media.ok']).waitFor();
  await page.getByRole('button', { name: words['onboarding.continue'] }).click();

  await page.getByRole('heading', { name: words['onboarding.preferences.title'] }).waitFor();
  await page.getByRole('button', { name: words['onboarding.finish'] }).click();
  await page.waitForURL('**/photos');
  await page.getByRole('heading', { name: words['timeline.empty'] }).waitFor();
  expect(complaints).toEqual([]);
});

test('signing out ends the session; signing in tells a wrong password beside the field', async () => {
  const { page, complaints } = await visit(browser, server.url);
  await page.goto('/photos');
  await page.waitForURL(/\/auth\/login/);

  await page.getByLabel(words['auth.email']).fill(ADMIN.email);
  await page.getByLabel(words['auth.password'], { exact: true }).fill('wrong password');
  await page.getByRole('button', { name: words['auth.signIn'] }).click();
  await page.getByText(words['auth.wrong']).waitFor();
  await page.getByLabel(words['auth.password'], { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: words['auth.signIn'] }).click();
  await page.waitForURL('**/photos');
  await page.getByRole('heading', { name: words['timeline.empty'] }).waitFor();

  await page.getByRole('button', { name: like(words['shell.account']) }).click();
  await page.getByRole('menuitem', { name: words['auth.signOut'] }).click();
  await page.waitForURL(/\/auth\/login/);
  expect(await page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('private-')))).toEqual([]);
  await page.goto('/photos');
  await page.waitForURL(/\/auth\/login/);
  expect(complaints).toEqual([]);
});

test('a session that ended elsewhere is noticed, and after signing in one is where one was', async () => {
  const { context, page } = await visit(browser, server.url);
  await page.goto('/user-settings');
  await page.getByLabel(words['auth.email']).fill(ADMIN.email);
  await page.getByLabel(words['auth.password'], { exact: true }).fill(ADMIN.password);
  await page.getByRole('button', { name: words['auth.signIn'] }).click();
  await page.waitForURL('**/user-settings');
  const [cookie] = (await context.cookies()).filter(({ name }) => name === 'immich_access_token');
  await fetch(`${server.url}/api/auth/logout`, { method: 'POST', headers: { authorization: `Bearer ${cookie!.value}` } });
  // Only the event: a real pointer fetches the page ahead, and may find the link gone before it is pressed.
  await page.getByRole('link', { name: words['nav.photos'], exact: true }).dispatchEvent('click');
  await page.waitForURL(/\/auth\/login\?continue=/);
  await page.getByText(words['auth.ended']).waitFor();
});
