import { describe, expect, it } from 'vitest';
import { ago } from './ago';

const NOW = new Date('2026-06-14T12:00:00Z');
const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

describe('ago', () => {
  it.each([
    [5, 'now'],
    [-30, 'now'], // the server's clock is ahead
    [59 * 60, '59 minutes ago'],
    [2 * 3600 + 5, '2 hours ago'],
    [86_400, 'yesterday'],
    [6 * 86_400, '6 days ago'],
    [8 * 86_400, '6 June 2026'],
  ])('%i s: %s', (seconds, text) => {
    expect(ago(before(seconds), NOW, 'en-GB')).toBe(text);
  });
});
