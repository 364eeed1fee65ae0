import { describe, expect, it } from 'vitest';
import { keyCaps } from './keys';

describe('keyCaps', () => {
  it('names modifiers and keys', () => {
    expect(keyCaps('f')).toEqual(['F']);
    expect(keyCaps('Shift+Delete')).toEqual(['Shift', 'Del']);
    expect(keyCaps('Control+k')).toEqual(['Ctrl', 'K']);
    expect(keyCaps('ArrowLeft')).toEqual(['←']);
    expect(keyCaps(' ')).toEqual(['Space']);
  });

  it('keeps a plus that is the key', () => {
    expect(keyCaps('+')).toEqual(['+']);
    expect(keyCaps('Control++')).toEqual(['Ctrl', '+']);
  });
});
