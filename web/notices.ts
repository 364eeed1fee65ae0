/**
 * What the app is made of, for the page "About": the license of every package that a bundle really contains, and ours.
 * `collect` goes into every bundle, that of workers too; `write` into the one of the pages, which is finished last.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export interface Notice {
  name: string;
  version: string;
  license: string;
  text: string;
}

const folders = new Set<string>();

/** The folder of the package that a file belongs to; undefined for our own. */
function packageOf(id: string): string | undefined {
  const at = id.lastIndexOf('/node_modules/');
  if (at < 0) return undefined;
  const [scope, name] = id.slice(at + '/node_modules/'.length).split('/');
  return join(id.slice(0, at), 'node_modules', scope!.startsWith('@') ? `${scope}/${name}` : scope!);
}

function note(id: string): void {
  const folder = packageOf(id.replace(/^\0|\?.*$/g, ''));
  if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
}

export function collect(): Plugin {
  return {
    name: 'tintype-notices-collect',
    applyToEnvironment: ({ name }) => name !== 'ssr',
    generateBundle(_, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type === 'chunk') for (const [id, { renderedLength }] of Object.entries(part.modules)) if (renderedLength) note(id);
        if (part.type === 'asset') for (const name of part.originalFileNames) note(join(process.cwd(), name));
      }
    },
  };
}

export function write(): Plugin {
  return {
    name: 'tintype-notices-write',
    enforce: 'post',
    applyToEnvironment: ({ name }) => name === 'client',
    generateBundle() {
      const all = [...folders].map(read).sort((a, b) => (a.name < b.name ? -1 : 1));
      this.emitFile({ type: 'asset', fileName: 'notices.json', source: JSON.stringify(all) });
      const license = readFileSync(new URL('../LICENSE', import.meta.url), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'license.txt', source: license });
    },
  };
}

function read(folder: string): Notice {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|ofl)/i.test(file));
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  if (texts.length === 0) texts.push(named(name, license));
  return { name, version, license: license ?? '', text: texts.join('\n\n') };
}

/** Whose work it is, for packages that name their license and come without its text. */
const HOLDERS: Record<string, string> = { thumbhash: '2023 Evan Wallace' };

/** Others stop the build, so that somebody looks. */
function named(name: string, license: string): string {
  const holder = HOLDERS[name];
  if (license !== 'MIT' || !holder) throw new Error(`${name} comes without the text of its license`);
  return MIT.replace('HOLDER', holder);
}

const MIT = `MIT License

Copyright (c) HOLDER

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation \
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, \
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the \
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE \
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR \
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, \
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
