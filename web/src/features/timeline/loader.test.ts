import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Loader } from './loader';

/** Requests that are answered by hand. */
const requests = new Map<string, { signal: AbortSignal; answer(weight: number): void; fail(cause: Error): void }>();
let here: Map<string, number>;
let loader: Loader<number>;
const onerror = vi.fn();
const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  requests.clear();
  onerror.mockReset();
  here = new Map();
  loader = new Loader({
    fetch: (key, signal) =>
      new Promise((resolve, reject) => {
        requests.set(key, { signal, answer: resolve, fail: reject });
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
      }),
    ondata: (key, data) => (data === null ? here.delete(key) : here.set(key, data)),
    onerror,
    weight: (data) => data,
    capacity: 10,
  });
});

it('fetches two at once, the most urgent first', async () => {
  loader.want(['a', 'b', 'c'], 3);
  expect([...requests.keys()]).toEqual(['a', 'b']);
  requests.get('a')!.answer(1);
  await settled();
  expect([...requests.keys()]).toEqual(['a', 'b', 'c']);
  expect(here.get('a')).toBe(1);
});

it('leaves the months beside until those in view are here, and a moment longer', async () => {
  vi.useFakeTimers();
  try {
    loader.want(['a', 'b'], 1);
    expect([...requests.keys()]).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1000);
    expect([...requests.keys()]).toEqual(['a']);
    requests.get('a')!.answer(1);
    await vi.advanceTimersByTimeAsync(100);
    expect([...requests.keys()]).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1000);
    expect([...requests.keys()]).toEqual(['a', 'b']);
  } finally {
    vi.useRealTimers();
  }
});

it('cancels what was passed', async () => {
  loader.want(['a', 'b'], 2);
  loader.want(['c'], 1);
  expect(requests.get('a')!.signal.aborted).toBe(true);
  await settled();
  expect(requests.get('c')!.signal.aborted).toBe(false);
  expect(onerror).not.toHaveBeenCalled();
});

it('fetches a month again that was passed and came back at once', async () => {
  loader.want(['a'], 1);
  const first = requests.get('a');
  loader.want(['b'], 1);
  loader.want(['a'], 1);
  await settled();
  expect(requests.get('a')).not.toBe(first);
  requests.get('a')!.answer(1);
  await settled();
  expect(here.has('a')).toBe(true);
});

it('gives a month to who needs it, wanted or not', async () => {
  const loaded = loader.load('z');
  loader.want(['a'], 1);
  expect(requests.get('z')!.signal.aborted).toBe(false);
  requests.get('z')!.answer(1);
  await loaded;
  expect(here.has('z')).toBe(true);
});

it('says why a month did not come, and asks again only when told', async () => {
  const loaded = loader.load('a');
  requests.get('a')!.fail(new Error('gone'));
  await expect(loaded).rejects.toThrow('gone');
  expect(onerror).toHaveBeenCalledOnce();
  requests.clear();
  loader.want(['a'], 1);
  expect(requests.size).toBe(0);
  loader.retry();
  expect(requests.has('a')).toBe(true);
});

describe('what is kept', () => {
  it('is forgotten when it is too much, oldest first, and never what is wanted', async () => {
    for (const key of ['a', 'b', 'c']) {
      loader.want([key], 1);
      requests.get(key)!.answer(4);
      await settled();
    }
    expect([...here.keys()]).toEqual(['b', 'c']);
    loader.want(['b'], 1);
    loader.want(['d'], 1);
    requests.get('d')!.answer(4);
    await settled();
    expect([...here.keys()].sort()).toEqual(['b', 'd']);
  });

  it('stays while it is fetched again', async () => {
    loader.want(['a'], 1);
    requests.get('a')!.answer(4);
    await settled();
    loader.reload('a');
    expect(here.get('a')).toBe(4);
    requests.get('a')!.answer(5);
    await settled();
    expect(here.get('a')).toBe(5);
  });
});
