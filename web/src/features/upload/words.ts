/** What there is to say about uploads. */
import { formatBytes } from '#lib/bytes';
import { t } from '#lib/i18n';
import type { Failure, FailureKind, Item } from './item';
import { isBusy, type Phase, type Progress, settled } from './progress';

export function titleOf(progress: Progress | undefined, collecting: boolean): string {
  if (!progress?.total) return t(collecting ? 'upload.collecting' : 'upload.nothing');
  if (!isBusy(progress)) return t(collecting ? 'upload.collecting' : 'upload.finished');
  if (progress.phase === 'away') return t('upload.away');
  if (progress.phase === 'signed-out') return t('upload.signedOut');
  const values = { at: Math.min(settled(progress) + 1, progress.total), total: progress.total };
  return progress.phase === 'paused' ? t('upload.paused', values) : t('upload.uploading', values);
}

/** Rounded as far as it is known: nobody needs the seconds of an hour. */
export function timeLeft(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (seconds < 60) return t('upload.secondsLeft');
  if (minutes < 90) return t('upload.minutesLeft', { minutes });
  return t('upload.hoursLeft', { hours: Math.round(minutes / 60) });
}

/** "633 uploaded, 6 already here, 1 needs a look": only what there is. */
export function summaryOf(progress: Progress | undefined, leftOut: number): string {
  const parts = [
    progress?.added && !isBusy(progress) ? t('upload.sumAdded', { count: progress.added }) : '',
    progress?.here ? t('upload.sumHere', { count: progress.here }) : '',
    progress?.trashed ? t('upload.sumTrashed', { count: progress.trashed }) : '',
    progress?.failed ? t('upload.sumFailed', { count: progress.failed }) : '',
    progress?.cancelled ? t('upload.sumStopped', { count: progress.cancelled }) : '',
    leftOut ? t('upload.sumLeftOut', { count: leftOut }) : '',
  ];
  return parts.filter(Boolean).join(', ');
}

export function amountOf(item: Item, { phase, rate }: Progress): string {
  if (item.stage !== 'sending') return stageText(item, phase);
  const amount = stageText(item, phase);
  return rate ? `${amount} · ${t('upload.rate', { amount: formatBytes(rate) })}` : amount;
}

export function stageText(item: Item, phase: Phase): string {
  if (phase === 'away' && !item.settled) return t('upload.stageAway');
  switch (item.stage) {
    case 'waiting':
      return t('upload.stageWaiting');
    case 'hashing':
    case 'hashed':
    case 'checking':
      return t('upload.stageChecking');
    case 'ready':
      return t('upload.stageReady');
    case 'sending':
      return t('upload.amount', { sent: formatBytes(item.sent), total: formatBytes(item.size) });
    case 'added':
      return t('upload.stageAdded');
    case 'here':
      return t(item.isTrashed ? 'upload.stageTrashed' : 'upload.stageHere');
    case 'failed':
      return reasonOf(item.failure!);
    case 'cancelled':
      return t('upload.stageCancelled');
  }
}

const REASONS = {
  unreadable: 'upload.whyUnreadable',
  empty: 'upload.whyEmpty',
  type: 'upload.whyType',
  quota: 'upload.whyQuota',
  'too-big': 'upload.whyTooBig',
  full: 'upload.whyFull',
  connection: 'upload.whyConnection',
  server: 'upload.whyServer',
  refused: 'upload.whyRefused',
} as const satisfies Record<FailureKind, string>;

export function reasonOf(failure: Failure): string {
  return t(REASONS[failure.kind], failure.kind === 'refused' ? { detail: failure.detail || '?' } : undefined);
}
