import { describe, expect, it } from 'vitest';
import { scopeOf } from './api-keys.svelte';

describe('scopeOf', () => {
  it.each([
    [['all'], 'all'],
    [['asset.upload'], 'upload'],
    [['asset.upload', 'user.read', 'album.create'], 'upload'],
    [['asset.upload', 'asset.delete'], 'some'],
    [['user.read'], 'some'],
    [[], 'some'],
  ] as const)('%j: %s', (permissions, scope) => {
    expect(scopeOf({ permissions: [...permissions] })).toBe(scope);
  });
});
