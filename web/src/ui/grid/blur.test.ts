import { rgbaToThumbHash, thumbHashToAverageRGBA, thumbHashToRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { colourOf, decodeBlur } from './blur';

/** A picture with structure in all channels. */
function hashOf(width: number, height: number, opaque: boolean): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const x = (i % width) / width;
    const y = Math.floor(i / width) / height;
    rgba.set([255 * x, 255 * Math.abs(Math.sin(5 * y)), 255 * (x * y), opaque ? 255 : 255 * (1 - x)], 4 * i);
  }
  return rgbaToThumbHash(width, height, rgba);
}
const base64 = (hash: Uint8Array) => btoa(String.fromCharCode(...hash));

describe.each([
  ['wide', 100, 40, true],
  ['tall', 40, 100, true],
  ['square', 64, 64, true],
  ['transparent', 90, 60, false],
] as const)('%s', (_, width, height, opaque) => {
  const hash = hashOf(width, height, opaque);
  const reference = thumbHashToRGBA(hash);
  const blur = decodeBlur(base64(hash));

  it('has the shape of the reference, at half its size', () => {
    expect(Math.abs(blur.width - reference.w / 2)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(blur.height - reference.h / 2)).toBeLessThanOrEqual(0.5);
  });

  it('has its colours', () => {
    for (let y = 0; y < blur.height; y++)
      for (let x = 0; x < blur.width; x++)
        for (let c = 0; c < 4; c++) {
          // A pixel here covers four there, or what there is of them.
          const near = [0, 1].flatMap((dy) =>
            [0, 1].map((dx) => {
              const [rx, ry] = [Math.min(reference.w - 1, 2 * x + dx), Math.min(reference.h - 1, 2 * y + dy)];
              return reference.rgba[4 * (ry * reference.w + rx) + c]!;
            }),
          );
          const value = blur.rgba[4 * (y * blur.width + x) + c]!;
          expect(value).toBeGreaterThanOrEqual(Math.min(...near) - 12);
          expect(value).toBeLessThanOrEqual(Math.max(...near) + 12);
        }
  });

  it('has its mean', () => {
    const { r, g, b } = thumbHashToAverageRGBA(hash);
    expect(colourOf(base64(hash))).toBe(`rgb(${[r, g, b].map((value) => (255 * value) | 0).join(' ')})`);
  });
});
