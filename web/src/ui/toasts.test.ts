import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SHOWN_MS, Toasts } from './toasts.svelte';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('Toasts', () => {
  it('shows a result for six seconds', () => {
    const toasts = new Toasts();
    toasts.show({ text: '3 photos moved to trash' });
    vi.advanceTimersByTime(SHOWN_MS - 1);
    expect(toasts.current?.text).toBe('3 photos moved to trash');
    vi.advanceTimersByTime(1);
    expect(toasts.current).toBeUndefined();
  });

  it('shows the newest, with its own six seconds', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'one' });
    vi.advanceTimersByTime(4000);
    toasts.show({ text: 'two' });
    expect(toasts.current?.text).toBe('two');
    vi.advanceTimersByTime(SHOWN_MS - 1);
    expect(toasts.current?.text).toBe('two');
    vi.advanceTimersByTime(1);
    expect(toasts.current).toBeUndefined();
  });

  it('keeps a held toast and what arrives meanwhile waits', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'held' });
    toasts.hold();
    vi.advanceTimersByTime(10 * SHOWN_MS);
    toasts.show({ text: 'later' });
    expect(toasts.current?.text).toBe('held');
    toasts.release();
    expect(toasts.current?.text).toBe('later');
    vi.advanceTimersByTime(SHOWN_MS);
    expect(toasts.current).toBeUndefined();
  });

  it('gives a released toast its whole time again', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'one' });
    vi.advanceTimersByTime(5000);
    toasts.hold();
    toasts.release();
    vi.advanceTimersByTime(SHOWN_MS - 1);
    expect(toasts.current?.text).toBe('one');
    vi.advanceTimersByTime(1);
    expect(toasts.current).toBeUndefined();
  });

  it('keeps an error until it is closed, also when a result came between', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'the server refused', tone: 'error' });
    vi.advanceTimersByTime(10 * SHOWN_MS);
    expect(toasts.current?.text).toBe('the server refused');
    toasts.show({ text: 'saved' });
    expect(toasts.current?.text).toBe('saved');
    vi.advanceTimersByTime(SHOWN_MS);
    expect(toasts.current?.text).toBe('the server refused');
    toasts.close();
    expect(toasts.current).toBeUndefined();
  });

  it('replaces a toast of the same id in its place, held or not', () => {
    const toasts = new Toasts();
    toasts.show({ id: 'move', text: 'moving' });
    toasts.hold();
    toasts.show({ id: 'move', text: 'could not move', tone: 'error' });
    expect(toasts.current).toMatchObject({ text: 'could not move', tone: 'error' });
    toasts.release();
    vi.advanceTimersByTime(10 * SHOWN_MS);
    expect(toasts.current?.text).toBe('could not move');
  });

  it('drops a waiting toast that is closed by its id', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'held' });
    toasts.hold();
    const id = toasts.show({ text: 'later' });
    toasts.close(id);
    toasts.release();
    expect(toasts.current?.text).toBe('held');
  });

  it('shows what waited when the held one is closed', () => {
    const toasts = new Toasts();
    toasts.show({ text: 'held' });
    toasts.hold();
    toasts.show({ text: 'later' });
    toasts.close();
    expect(toasts.current?.text).toBe('later');
    vi.advanceTimersByTime(SHOWN_MS);
    expect(toasts.current).toBeUndefined();
  });
});
