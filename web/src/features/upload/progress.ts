/** What there is to say about all uploads at once. */
import type { Item } from './item';
import { bytesToCome, type Pace } from './pace';

/**
 * running; paused by the user (what is on its way arrives); away: the server does not answer and is asked again and
 * again; signed-out: nothing goes on before someone signs in.
 */
export type Phase = 'running' | 'paused' | 'away' | 'signed-out';

export interface Progress {
  phase: Phase;
  /** Without the cancelled. */
  total: number;
  added: number;
  /** On the server before; some of them in the trash. */
  here: number;
  trashed: number;
  failed: number;
  cancelled: number;
  sending: number;
  bytes: number;
  bytesDone: number;
  /** Bytes a second. */
  rate: number | undefined;
  secondsLeft: number | undefined;
  /** The file that is being sent for the longest, or the one that is hashed. */
  current: Item | undefined;
}

export const settled = (progress: Progress): number => progress.added + progress.here + progress.failed;
export const isBusy = (progress: Progress): boolean => settled(progress) < progress.total;

export function progressOf(items: readonly Item[], phase: Phase, current: Item | undefined, pace: Pace): Progress {
  const progress: Progress = {
    phase,
    total: 0,
    added: 0,
    here: 0,
    trashed: 0,
    failed: 0,
    cancelled: 0,
    sending: 0,
    bytes: 0,
    bytesDone: 0,
    rate: undefined,
    secondsLeft: undefined,
    current,
  };
  const left = { accepted: 0, refused: 0, open: 0, unsent: 0 };
  for (const item of items) {
    countStage(progress, item);
    countBytes(left, item);
  }
  if (phase === 'running') {
    progress.rate = pace.rate;
    progress.secondsLeft = pace.secondsFor(bytesToCome(left));
  }
  return progress;
}

function countStage(progress: Progress, item: Item): void {
  if (item.stage === 'cancelled') {
    progress.cancelled++;
    return;
  }
  progress.total++;
  progress.bytes += item.size;
  progress.bytesDone += item.settled ? item.size : item.sent;
  if (item.stage === 'added') progress.added++;
  else if (item.stage === 'failed') progress.failed++;
  else if (item.stage === 'sending') progress.sending++;
  else if (item.stage === 'hashing') progress.current ??= item;
  else if (item.stage === 'here') {
    progress.here++;
    if (item.isTrashed) progress.trashed++;
  }
}

function countBytes(left: Parameters<typeof bytesToCome>[0], item: Item): void {
  switch (item.stage) {
    case 'added':
      left.accepted += item.size;
      break;
    case 'here':
      left.refused += item.size;
      break;
    case 'ready':
    case 'sending':
      left.accepted += item.size;
      left.unsent += item.size - item.sent;
      break;
    case 'failed':
    case 'cancelled':
      break;
    default:
      left.open += item.size;
  }
}
