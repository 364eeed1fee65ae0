import { describe, expect, it, vi } from 'vitest';
import { isPressed, Shortcuts, type Shortcut } from './shortcuts';

function press(key: string, ...held: ('shift' | 'ctrl' | 'meta' | 'alt')[]) {
  return {
    key,
    shiftKey: held.includes('shift'),
    ctrlKey: held.includes('ctrl'),
    metaKey: held.includes('meta'),
    altKey: held.includes('alt'),
  };
}

describe('isPressed', () => {
  it.each([
    ['f', press('f')],
    ['f', press('F')], // caps lock
    ['Shift+A', press('A', 'shift')],
    ['Shift+Delete', press('Delete', 'shift')],
    ['?', press('?', 'shift')],
    ['+', press('+', 'shift')],
    ['+', press('+')],
    ['/', press('/', 'shift')], // German layout
    ['Control+k', press('k', 'ctrl')],
    ['Control+k', press('k', 'meta')],
    ['Control+Shift+k', press('K', 'ctrl', 'shift')],
    ['5', press('5')],
  ])('takes %s', (wanted, event) => {
    expect(isPressed(wanted, event)).toBe(true);
  });

  it.each([
    ['f', press('F', 'shift')],
    ['f', press('f', 'ctrl')],
    ['f', press('f', 'alt')],
    ['Shift+A', press('a')],
    ['Delete', press('Delete', 'shift')],
    ['Control+k', press('k')],
    ['Control+k', press('K', 'ctrl', 'shift')],
    ['d', press('Delete')],
  ])('leaves %s', (wanted, event) => {
    expect(isPressed(wanted, event)).toBe(false);
  });
});

describe('Shortcuts', () => {
  const shortcut = (key: string, run: () => void, when?: () => boolean): Shortcut => ({
    key,
    title: 'app.name',
    run,
    ...(when && { when }),
  });

  it('gives a key to the newest list that knows it', () => {
    const keys = new Shortcuts();
    const [below, above, other] = [vi.fn(), vi.fn(), vi.fn()];
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('f', below), shortcut('g', other)] });
    const leave = keys.add({ title: 'app.name', shortcuts: () => [shortcut('f', above)] });
    expect(keys.press(press('f'))).toBe(true);
    expect(keys.press(press('g'))).toBe(true);
    leave();
    keys.press(press('f'));
    expect([above, below, other].map((run) => run.mock.calls.length)).toEqual([1, 1, 1]);
  });

  it('passes on what does not apply now', () => {
    const keys = new Shortcuts();
    const [below, above] = [vi.fn(), vi.fn()];
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('Escape', below)] });
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('Escape', above, () => false)] });
    keys.press(press('Escape'));
    expect(above).not.toHaveBeenCalled();
    expect(below).toHaveBeenCalledOnce();
  });

  it('lets nothing but help through an exclusive list', () => {
    const keys = new Shortcuts();
    const [below, help] = [vi.fn(), vi.fn()];
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('f', below)] });
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('?', help)], everywhere: true });
    keys.add({ title: 'app.name', shortcuts: () => [], exclusive: true });
    expect(keys.press(press('f'))).toBe(false);
    expect(below).not.toHaveBeenCalled();
    keys.press(press('?', 'shift'));
    expect(help).toHaveBeenCalledOnce();
    expect(keys.groups()).toHaveLength(2);
  });

  it('hears only help and the dialog itself while a dialog is open', () => {
    const keys = new Shortcuts();
    const [below, dialog] = [vi.fn(), vi.fn()];
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('k', below), shortcut('f', below)] });
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('k', dialog)], inDialog: true });
    expect(keys.press(press('f'), true)).toBe(false);
    expect(keys.press(press('k'), true)).toBe(true);
    expect(below).not.toHaveBeenCalled();
  });

  it('lets a page have a key that means something else everywhere', () => {
    const keys = new Shortcuts();
    const [page, everywhere] = [vi.fn(), vi.fn()];
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('u', page)] });
    keys.add({ title: 'app.name', shortcuts: () => [shortcut('u', everywhere)], everywhere: true });
    keys.press(press('u'));
    expect([page, everywhere].map((run) => run.mock.calls.length)).toEqual([1, 0]);
  });
});
