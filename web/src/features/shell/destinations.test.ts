import { describe, expect, it } from 'vitest';
import { isHere } from './destinations';

describe('isHere', () => {
  it.each([
    ['/photos', '/photos', true],
    ['/photos', '/photos/0f8c', true],
    ['/photos', '/photos-of-others', false],
    ['/photos', '/trash/photos/0f8c', false],
  ])('%s on %s: %s', (href, path, expected) => {
    expect(isHere(href, path)).toBe(expected);
  });
});
