import type { Handle } from '@sveltejs/kit/hooks';

/** The shell asks at once for the two fonts that every page shows; other scripts' parts are fetched when they occur. */
const FIRST_FONT = /(hanken-grotesk|newsreader)-latin-wght-normal/;

export const handle: Handle = ({ event, resolve }) =>
  resolve(event, { preload: ({ type, path }) => type !== 'font' || FIRST_FONT.test(path) });
