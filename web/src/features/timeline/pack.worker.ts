/** Parses months and packs them into columns, off the main thread. One message in, one out. */
import { buffersOf, pack, type Bucket, type Columns } from './columns';

export interface PackRequest {
  id: number;
  json: ArrayBuffer;
}

export interface PackAnswer {
  id: number;
  /** Absent: it could not be parsed. */
  columns?: Columns;
}

self.onmessage = ({ data: { id, json } }: MessageEvent<PackRequest>) => {
  let columns: Columns | undefined;
  try {
    columns = pack(JSON.parse(new TextDecoder().decode(json)) as Bucket);
  } catch {
    return self.postMessage({ id } satisfies PackAnswer);
  }
  self.postMessage({ id, columns } satisfies PackAnswer, { transfer: buffersOf(columns) });
};
