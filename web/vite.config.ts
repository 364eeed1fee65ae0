import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { messages } from './messages.ts';
import { collect, write } from './notices.ts';

/** The sources of the inline scripts of app.html, as a Content-Security-Policy names them. SvelteKit adds its own. */
function inlineScripts(): `sha256-${string}`[] {
  const page = readFileSync(new URL('src/app.html', import.meta.url), 'utf8');
  return [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(
    ([, text]) => `sha256-${createHash('sha256').update(text!).digest('base64')}` as const,
  );
}

/**
 * What the timeline needs to start comes in one file: thirty small ones took longer to ask for than to read, and were
 * compressed each for itself. The rest is divided by what asks for it.
 */
const FIRST = [
  /\/node_modules\/(svelte|esm-env|clsx|openapi-fetch|intl-messageformat|@formatjs)\//,
  /\/web\/src\/(ui|lib)\//,
  /\/web\/src\/features\/(auth|shell|timeline|actions)\//,
];
const first = { name: 'first', test: (id: string) => FIRST.some((pattern) => pattern.test(id)) };
/** What SvelteKit's first script imports: with it the rest would run before the page's version and base are known. */
const start = { name: 'start', test: /\/runtime\/client\/payload\.js$|vite\/preload-helper/, priority: 1 };

export default defineConfig({
  plugins: [
    messages(),
    sveltekit({
      adapter: adapter({ pages: process.env.TINTYPE_WWW ?? 'dist', fallback: 'index.html', precompress: true }),
      // lib/offline.ts does, later.
      serviceWorker: { register: false },
      // The same source makes the same bytes: no time, no counter. tools/build-web passes the hash of all inputs.
      version: { name: process.env.TINTYPE_WEB_VERSION ?? 'development' },
      csp: {
        mode: 'hash',
        directives: {
          'default-src': ['self'],
          'script-src': ['self', ...inlineScripts()],
          'style-src': ['self'],
          'style-src-attr': ['unsafe-inline'],
          'img-src': ['self', 'blob:', 'data:'],
          'media-src': ['self', 'blob:'],
          'object-src': ['none'],
          'base-uri': ['self'],
          'form-action': ['self'],
        },
      },
    }),
    collect(),
    write(),
  ],
  environments: { client: { build: { rolldownOptions: { output: { codeSplitting: { groups: [start, first] } } } } } },
  worker: { format: 'es', plugins: () => [collect()] },
  // Nothing as data: in the style sheets: the policy above refuses fonts that come so.
  // The browsers that know light-dark(): rewritten for older ones, a dark place in a light page would stay light.
  build: { assetsInlineLimit: 0, cssTarget: ['chrome123', 'firefox120', 'safari17.5'] },
  server: { proxy: { '/api': { target: process.env.TINTYPE_URL ?? 'http://127.0.0.1:2283', ws: true } } },
  test: { include: ['src/**/*.test.ts'] },
});
