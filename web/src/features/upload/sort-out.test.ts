import { expect, it } from 'vitest';
import { extensionOf, sortOut } from './sort-out';

const types = { image: ['.jpg', '.heic', '.dng'], video: ['.mov'], sidecar: ['.xmp'] };
const folder = (...names: string[]) => names.map((name) => ({ file: new File(['x'], name), path: `F/${name}` }));
const sent = (...names: string[]) =>
  sortOut(folder(...names), types).send.map(({ file, sidecar }) => (sidecar ? `${file.name}+${sidecar.name}` : file.name));

it('takes photos and videos in any case, and names the rest', () => {
  const sorted = sortOut(folder('a.JPG', 'b.mov', 'notes.txt', 'LICENSE'), types);
  expect(sorted.send.map(({ path }) => path)).toEqual(['F/a.JPG', 'F/b.mov']);
  expect(sorted.leftOut).toEqual(['F/notes.txt', 'F/LICENSE']);
});

it('does not speak of what systems leave in folders', () => {
  expect(sortOut(folder('.DS_Store', '._a.jpg', 'Thumbs.db', 'desktop.ini'), types)).toEqual({ send: [], leftOut: [] });
});

it('sends a sidecar with its file', () => {
  expect(sent('a.jpg', 'a.jpg.xmp')).toEqual(['a.jpg+a.jpg.xmp']);
  expect(sent('a.jpg', 'A.XMP', 'b.jpg')).toEqual(['a.jpg+A.XMP', 'b.jpg']);
  expect(sent('a.dng', 'a.jpg', 'a.xmp')).toEqual(['a.dng+a.xmp', 'a.jpg+a.xmp']);
  expect(sent('a.dng', 'a.jpg', 'a.xmp', 'a.jpg.xmp')).toEqual(['a.dng+a.xmp', 'a.jpg+a.jpg.xmp']);
});

it('leaves out a sidecar without its file', () => {
  expect(sortOut(folder('a.jpg', 'b.xmp'), types).leftOut).toEqual(['F/b.xmp']);
});

it('lets the server judge while it cannot be asked what it takes', () => {
  const sorted = sortOut(folder('a.jpg', 'a.xmp', 'b.odd', '.DS_Store'), null);
  expect(sorted.send.map(({ file }) => file.name)).toEqual(['a.jpg', 'b.odd']);
  expect(sorted.leftOut).toEqual([]);
});

it.each([
  ['a.tar.GZ', '.gz'],
  ['none', ''],
  ['.hidden', ''],
])('extension of %s', (name, extension) => expect(extensionOf(name)).toBe(extension));
