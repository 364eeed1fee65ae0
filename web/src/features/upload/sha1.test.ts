import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { sha1Of } from './sha1';

// FIPS 180-4 and RFC 3174.
it.each([
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983e441c3bd26ebaae4aa1f95129e5e54670f1'],
  ['0123456701234567012345670123456701234567012345670123456701234567'.repeat(10), 'dea356a2cddd90c7a7ecedc5ebb563934f460452'],
])('%s', async (text, hex) => {
  expect(await sha1Of(new Blob([text]))).toBe(Buffer.from(hex, 'hex').toString('base64'));
});

it.each([4 * 1024 * 1024 - 1, 4 * 1024 * 1024, 8 * 1024 * 1024 + 1])('in pieces: %i bytes', async (size) => {
  const bytes = new Uint8Array(size).map((_, i) => (i * 31) ^ (i >> 8));
  const seen: number[] = [];
  expect(await sha1Of(new Blob([bytes]), (done) => seen.push(done))).toBe(createHash('sha1').update(bytes).digest('base64'));
  expect(seen.at(-1)).toBe(size);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
