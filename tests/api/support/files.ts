// Files to upload: pictures made on the spot, no two alike, and the real photos beside the checkout.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { type AssetMediaResponseDto } from '@immich/sdk';
import { send, type Answer, type Caller } from './client.ts';

/** The folder of real photos; undefined where it is not beside the checkout. */
export const photos: string | undefined = [
  path.join(process.env.TINTYPE_SHARED ?? path.resolve(import.meta.dirname, '../../../../shared'), 'testdata'),
].find((folder) => existsSync(folder));

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG of 64 × 48 random pixels. */
export function picture(): Buffer {
  const [width, height] = [64, 48];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // eight bits, RGB
  const rows = Array.from({ length: height }, () => Buffer.concat([Buffer.from([0]), randomBytes(width * 3)]));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pixels = chunk('IDAT', deflateSync(Buffer.concat(rows)));
  return Buffer.concat([signature, chunk('IHDR', header), pixels, chunk('IEND', Buffer.alloc(0))]);
}

export const sha1 = (content: Buffer) => createHash('sha1').update(content).digest();

export interface Form {
  name?: string;
  content?: Buffer;
  sidecar?: string;
  /** Text fields; undefined leaves one out. */
  fields?: Record<string, string | undefined>;
  headers?: Record<string, string>;
  query?: string;
}

const DATES = { fileCreatedAt: '2023-05-05T07:08:09.000Z', fileModifiedAt: '2023-05-06T07:08:09.000Z' };

/** POST /assets as the apps send it: text fields first, then the file, then its sidecar. */
export async function post(caller: { headers: Record<string, string> }, form: Form = {}): Promise<Answer> {
  const { name = 'picture.png', content = picture(), sidecar, fields, headers, query = '' } = form;
  const body = new FormData();
  for (const [key, value] of Object.entries({ ...DATES, ...fields })) if (value !== undefined) body.set(key, value);
  body.set('assetData', new File([new Uint8Array(content)], name, { type: 'application/octet-stream' }));
  if (sidecar !== undefined) body.set('sidecarData', new File([sidecar], `${name}.xmp`));
  return send('POST', `/api/assets${query}`, { headers: { ...caller.headers, ...headers }, body });
}

/** The id of a new asset. */
export async function upload(caller: Caller, form: Form = {}): Promise<string> {
  const { status, json, text } = await post(caller, form);
  if (status !== 201) throw new Error(`${status} ${text}`);
  return (json as AssetMediaResponseDto).id;
}
