import { describe, expect, it } from 'vitest';
import { position, stepAfter, stepFrom } from './steps';

describe('steps', () => {
  it('counts the account as the first step of the administrator', () => {
    expect(position('photos', true)).toEqual({ step: 2, of: 4 });
    expect(position('preferences', true)).toEqual({ step: 4, of: 4 });
    expect(position('photos', false)).toEqual({ step: 1, of: 2 });
  });

  it('goes on where it was left', () => {
    expect(stepFrom(null, 'storage', true)).toBe('storage');
    expect(stepFrom('preferences', 'storage', true)).toBe('preferences');
    expect(stepFrom('nonsense', null, true)).toBe('photos');
    expect(stepFrom('storage', null, false)).toBe('photos'); // not a step of this person
  });

  it('ends after the last', () => {
    expect(stepAfter('photos', false)).toBe('preferences');
    expect(stepAfter('preferences', true)).toBeUndefined();
  });
});
