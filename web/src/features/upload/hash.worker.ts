/** Hashes one file at a time, away from the thread that draws. Messages: hasher.ts. */
import type { HashAnswer, HashOrder } from './hasher';
import { sha1Of } from './sha1';

const answer = (message: HashAnswer) => postMessage(message);

addEventListener('message', async ({ data: { file } }: MessageEvent<HashOrder>) => {
  try {
    answer({ checksum: await sha1Of(file) });
  } catch {
    answer({ unreadable: true });
  }
});
