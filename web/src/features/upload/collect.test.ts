import { openAsBlob } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byFolder, walk } from './collect';

let root: string;
const BATCH = 100; // as browsers do

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'walk-'));
  for (const path of ['Trip/IMG_10.jpg', 'Trip/IMG_2.jpg', 'Trip/b/1.jpg', 'Trip/a/10.jpg', 'Trip/a/9.jpg', 'Trip/a/deep/er/x.jpg']) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), path);
  }
  await mkdir(join(root, 'Many'));
  await Promise.all(Array.from({ length: 250 }, (_, i) => writeFile(join(root, 'Many', `${i}.jpg`), `${i}`)));
});
afterAll(() => rm(root, { recursive: true }));

/** The browser's entry, over a real folder. */
async function entry(path: string): Promise<FileSystemEntry> {
  const full = join(root, path);
  const isDirectory = (await stat(full)).isDirectory();
  const plain = { name: basename(path), fullPath: `/${path}`, isDirectory, isFile: !isDirectory };
  const file = (resolve: (file: File) => void, reject: (cause: unknown) => void) =>
    void openAsBlob(full).then((blob) => resolve(new File([blob], basename(path))), reject);
  const createReader = () => {
    let rest: string[] | undefined;
    const readEntries = async (resolve: (entries: FileSystemEntry[]) => void, reject: (cause: unknown) => void) => {
      try {
        rest ??= await readdir(full);
        resolve(await Promise.all(rest.splice(0, BATCH).map((name) => entry(`${path}/${name}`))));
      } catch (cause) {
        reject(cause);
      }
    };
    return { readEntries };
  };
  return { ...plain, ...(isDirectory ? { createReader } : { file }) } as unknown as FileSystemEntry;
}

async function paths(walked: ReturnType<typeof walk>): Promise<string[][]> {
  const all: string[][] = [];
  for await (const folder of walked.folders) all.push(folder.map(({ path }) => path));
  return all;
}

it('walks a folder by name and number, its own files first', async () => {
  expect(await paths(walk([await entry('Trip')]))).toEqual([
    ['Trip/IMG_2.jpg', 'Trip/IMG_10.jpg'],
    ['Trip/a/9.jpg', 'Trip/a/10.jpg'],
    ['Trip/a/deep/er/x.jpg'],
    ['Trip/b/1.jpg'],
  ]);
});

it('reads a folder to its end', async () => {
  const [files] = await paths(walk([await entry('Many')]));
  expect(files).toHaveLength(250);
  expect(files!.slice(0, 3)).toEqual(['Many/0.jpg', 'Many/1.jpg', 'Many/2.jpg']);
});

it('stops at its limits and says so', async () => {
  const shallow = walk([await entry('Trip')], { depth: 1, files: 100 });
  expect((await paths(shallow)).flat()).not.toContain('Trip/a/9.jpg');
  expect(shallow.truncated).toBe(true);

  const few = walk([await entry('Many')], { depth: 9, files: 120 });
  expect((await paths(few)).flat()).toHaveLength(120);
  expect(few.truncated).toBe(true);
});

it('goes on after what cannot be read, and names it', async () => {
  const gone = await entry('Trip/IMG_2.jpg');
  const folder = await entry('Trip/b');
  await rm(join(root, 'Trip/IMG_2.jpg'));
  const walked = walk([gone, folder, await entry('Trip/IMG_10.jpg')]);
  expect((await paths(walked)).flat()).toEqual(['Trip/IMG_10.jpg', 'Trip/b/1.jpg']);
  expect(walked.unreadable).toEqual(['Trip/IMG_2.jpg']);
  expect(walked.truncated).toBe(false);
});

it('keeps the files of a chosen folder together', () => {
  const files = ['A/1.jpg', 'A/b/2.jpg', 'A/1.xmp'].map((webkitRelativePath) => {
    const file = new File(['x'], basename(webkitRelativePath));
    return Object.defineProperty(file, 'webkitRelativePath', { value: webkitRelativePath });
  });
  expect(byFolder(files).map((folder) => folder.map(({ path }) => path))).toEqual([['A/1.jpg', 'A/1.xmp'], ['A/b/2.jpg']]);
});
