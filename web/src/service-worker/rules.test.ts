import { describe, expect, it } from 'vitest';
import { isShell, kindOf } from './rules';

const ORIGIN = 'https://photos.example.org';
const ID = '0f8c1b8e-8f0a-4b43-9a52-0a3c3d1f9f10';
const ask = (path: string, more: { method?: string; mode?: string; hasRange?: boolean } = {}) =>
  kindOf({ method: 'GET', mode: 'no-cors', hasRange: false, url: new URL(path, ORIGIN).href, ...more }, ORIGIN);

describe('kindOf', () => {
  it.each([
    ['/photos', { mode: 'navigate' }, 'page'],
    ['/_app/immutable/chunks/abc.js', {}, 'immutable'],
  ] as const)('takes %s', (path, more, kind) => {
    expect(ask(path, more)).toBe(kind);
  });

  it.each([
    ['/api/users/me', {}],
    [`/api/assets/${ID}/thumbnail?size=thumbnail&c=abc`, {}],
    [`/api/assets/${ID}/original`, { mode: 'navigate' }], // a download
    [`/api/assets/${ID}/video/playback`, { hasRange: true }],
    ['/_app/version.json', {}],
    ['/_app/immutable/chunks/abc.js', { hasRange: true }],
    ['https://elsewhere.example/_app/immutable/x.js', {}],
  ] as const)('leaves %s %o', (path, more) => {
    expect(ask(path, more)).toBeUndefined();
  });
});

describe('isShell', () => {
  it('leaves out the letters of other scripts', () => {
    const font = (name: string) => isShell(`/_app/immutable/assets/${name}.abc.woff2`);
    expect(font('newsreader-latin-wght-normal')).toBe(true);
    expect(font('newsreader-latin-ext-wght-normal')).toBe(false);
    expect(font('hanken-grotesk-vietnamese-wght-normal')).toBe(false);
    expect(isShell('/_app/immutable/chunks/abc.js')).toBe(true);
  });
});
