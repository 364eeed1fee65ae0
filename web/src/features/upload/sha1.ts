/** SHA-1 of a file of any size in little memory: two slices at a time, one being read while the other is hashed. */
import { sha1 } from '@noble/hashes/legacy.js';

const SLICE_BYTES = 4 * 1024 * 1024;

/** Base64, as the API wants it. Rejects as Blob.arrayBuffer() does when the file cannot be read. */
export async function sha1Of(file: Blob, onprogress?: (bytes: number) => void): Promise<string> {
  const hash = sha1.create();
  let next = read(file, 0);
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    const bytes = await next;
    if (at + SLICE_BYTES < file.size) next = read(file, at + SLICE_BYTES);
    hash.update(bytes);
    onprogress?.(Math.min(at + SLICE_BYTES, file.size));
  }
  return btoa(String.fromCharCode(...hash.digest()));
}

function read(file: Blob, from: number): Promise<Uint8Array> {
  const bytes = file.slice(from, from + SLICE_BYTES).arrayBuffer().then((buffer) => new Uint8Array(buffer));
  // It is awaited one slice later: a failure in between is not an unhandled one.
  bytes.catch(() => {});
  return bytes;
}
