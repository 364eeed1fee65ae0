import { describe, expect, it } from 'vitest';
import { ownPath } from './continue';

const ORIGIN = 'https://photos.example.org';

describe('ownPath', () => {
  it.each(['/photos', '/photos/8a9e?at=1#x', '/search?query=https://evil.example', '/share/a%2Fb', '/%'])('takes %s', (path) => {
    expect(ownPath(path, ORIGIN)).toBe(path);
  });

  it.each([
    null,
    '',
    'photos',
    'https://evil.example/photos',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    ' /photos',
    '/auth/login?continue=/photos',
    '/AUTH/login',
    '/api/auth/logout',
    '/a/../api/users/me',
  ])('refuses %j', (path) => {
    expect(ownPath(path, ORIGIN)).toBeUndefined();
  });
});
