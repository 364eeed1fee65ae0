// Prints what the first load brings as script, gzipped, and fails over the budget (DESIGN §8, STYLE §11).
// usage: node tests/size.mjs FOLDER      the built app
//
// Counted: what index.html preloads, and the chunks of the first page (the nodes that the route /photos needs are
// imported by the app's own manifest, so the browser tests count those on the wire as well).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const BUDGET = 150 * 1024;
const folder = process.argv[2];
const page = readFileSync(join(folder, 'index.html'), 'utf8');
const scripts = [...page.matchAll(/href="(\/_app\/[^"]+\.js)" rel="modulepreload"/g)].map(([, path]) => path);
const sizes = scripts.map((path) => [path, readFileSync(join(folder, `${path}.gz`)).length]);
const total = sizes.reduce((sum, [, size]) => sum + size, 0);
for (const [path, size] of sizes) console.log(String(size).padStart(8), path);
console.log(String(total).padStart(8), `of ${BUDGET} bytes`);
process.exit(scripts.length > 0 && total <= BUDGET ? 0 : 1);
