// Prints the WCAG contrast of every text/background pair of tokens.css in both themes; exits 1 below the bar.
// usage: node tests/contrast.mjs
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8');
const colours = { light: {}, dark: {} };
for (const [, name, light, dark] of css.matchAll(/--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)/g)) {
  colours.light[name] = light;
  colours.dark[name] = dark;
}
for (const [, name, hex] of css.matchAll(/--((?:on-)?stage[\w-]*):\s*(#\w{6})/g)) {
  colours.light[name] = colours.dark[name] = hex;
}

const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ratio = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};

const text = 4.5;
const part = 3;
const pairs = [
  ...['canvas', 'surface', 'raised', 'sunken', 'hover', 'pressed'].flatMap((b) => [['ink', b, 7], ['ink-2', b, text]]),
  ...['canvas', 'surface', 'raised', 'sunken', 'hover'].map((b) => ['ink-3', b, text]),
  ['on-ink', 'ink', 7], ['accent', 'canvas', text], ['accent', 'surface', text], ['accent', 'raised', text], ['accent', 'sunken', text],
  ['on-accent', 'accent', text], ['on-accent-soft', 'accent-soft', text], ['ink', 'accent-soft', 7], ['accent', 'accent-soft', text],
  ['danger', 'canvas', text], ['danger', 'surface', text], ['danger', 'raised', text], ['danger', 'danger-soft', text],
  ['on-danger', 'danger-fill', text], ['warn', 'canvas', text], ['warn', 'surface', text], ['warn', 'warn-soft', text],
  ['ok', 'canvas', text], ['ok', 'surface', text], ['ok', 'ok-soft', text], ['memory', 'canvas', text],
  ['on-stage', 'stage', 7], ['on-stage-2', 'stage', text], ['on-stage', 'stage-2', 7], ['on-stage-2', 'stage-2', text],
  ['line-strong', 'canvas', part], ['line-strong', 'surface', part], ['line-strong', 'raised', part], ['line-strong', 'sunken', part],
  ['focus', 'canvas', part], ['focus', 'raised', part], ['accent', 'line', part],
  ...[1, 2, 3, 4, 5, 6].map((n) => ['ink', `tint-${n}`, text]),
];
let bad = 0;
for (const [front, back, need] of pairs) {
  const l = ratio(colours.light[front], colours.light[back]);
  const d = ratio(colours.dark[front], colours.dark[back]);
  const ok = l >= need && d >= need;
  if (!ok) bad += 1;
  console.log(`${ok ? 'ok ' : 'LOW'} ${front} on ${back}: light ${l.toFixed(1)}, dark ${d.toFixed(1)} (need ${need})`);
}
process.exit(bad ? 1 : 0);
