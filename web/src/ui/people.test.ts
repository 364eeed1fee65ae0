import { describe, expect, it } from 'vitest';
import { initials, tintOf } from './people';

describe('initials', () => {
  it('takes the first and the last word', () => {
    expect(initials('Sofie Kramer')).toBe('SK');
    expect(initials('  Ana María de la Cruz ')).toBe('AC');
    expect(initials('admin')).toBe('A');
    expect(initials('élodie')).toBe('É');
    expect(initials('𠮷田 太郎')).toBe('𠮷太');
    expect(initials('')).toBe('');
  });
});

describe('tintOf', () => {
  it('follows the chosen colour, else the name', () => {
    expect(tintOf('purple', 'x')).toBe(6);
    expect(tintOf(undefined, 'Sofie')).toBe(tintOf(undefined, 'Sofie'));
    expect(tintOf('no such colour', 'Sofie')).toBe(tintOf(undefined, 'Sofie'));
    for (const name of ['', 'a', 'Omar', '太郎']) {
      expect(tintOf(undefined, name)).toBeGreaterThanOrEqual(1);
      expect(tintOf(undefined, name)).toBeLessThanOrEqual(6);
    }
  });
});
