/** Light, dark, or as the device has it. Kept on this device; app.html applies it before the first paint. */
export type Theme = 'system' | 'light' | 'dark';

const STORED = 'theme';

export function currentTheme(): Theme {
  const stored = localStorage.getItem(STORED);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, theme);
  applyTheme();
}

/** Also gives the browser's own frame the colour of the page. */
export function applyTheme(): void {
  const theme = currentTheme();
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    meta.dataset.media ??= meta.media;
    // The one of the chosen theme holds everywhere, the other nowhere.
    if (theme === 'system') meta.media = meta.dataset.media;
    else meta.media = meta.dataset.media.includes(theme) ? 'all' : 'not all';
  }
}
