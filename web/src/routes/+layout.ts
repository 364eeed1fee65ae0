import { loadLanguage } from '#lib/i18n';

// A single-page application: the server delivers files only.
export const ssr = false;
export const prerender = false;

export const load = () => loadLanguage();
