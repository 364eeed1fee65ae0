import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Photo, PhotoList } from '#lib/photos';
import { ViewerState } from './viewer.svelte';

const photo = (id: string): Photo => ({
  id,
  ownerId: 'me',
  ratio: 1.5,
  thumbhash: null,
  isImage: true,
  isFavorite: false,
  isTrashed: false,
  visibility: 'timeline',
  durationMs: null,
  takenAt: '2026-06-14T19:42:08',
  instant: Date.UTC(2026, 5, 14, 17, 42, 8),
  city: null,
  country: null,
  livePhotoVideoId: null,
  projectionType: null,
  stackCount: 0,
});

/** A list in memory. What is beyond `loaded` comes only when it is asked for. */
class MemoryList implements PhotoList {
  photos = $state.raw<Photo[]>([]);
  constructor(
    ids: string,
    private readonly loaded = ids.length,
  ) {
    this.photos = [...ids].map(photo);
  }
  #at = (id: string) => this.photos.findIndex((one) => one.id === id);
  get = (id: string) => this.photos[this.#at(id)];
  find = async (id: string) => this.get(id);
  neighbour = async (id: string, step: 1 | -1) => (this.get(id) ? this.photos[this.#at(id) + step] : undefined);
  edge = async (side: 1 | -1) => this.photos.at(side === 1 ? -1 : 0);
  around = (id: string, count: number) => {
    const at = this.#at(id);
    return at < 0 ? [] : this.photos.slice(Math.max(0, at - count), Math.min(this.loaded, at + count + 1));
  };
  position = (id: string) => ({ index: this.#at(id), count: this.photos.length });
  reveal = () => {};
  rectOf = () => undefined;
  focus = () => {};
  insert = () => {};
  update = () => {};
  remove = (ids: readonly string[]) => {
    const gone = this.photos.filter(({ id }) => ids.includes(id));
    this.photos = this.photos.filter(({ id }) => !ids.includes(id));
    return gone;
  };
}

function open(list: PhotoList, id: string) {
  const told: string[] = [];
  const view = new ViewerState(list, id, (next) => told.push(next));
  return { view, told };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('moving', () => {
  it('goes at once and tells the address when it rests', async () => {
    const { view, told } = open(new MemoryList('abcd'), 'a');
    await view.move(1);
    await view.move(1);
    expect(view.id).toBe('c');
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual(['c']);
  });

  it('does not jump back when its own address arrives late', async () => {
    const { view, told } = open(new MemoryList('abcd'), 'a');
    await view.move(1);
    vi.advanceTimersByTime(1000);
    await view.move(1);
    view.follow(told.at(-1)!);
    expect(view.id).toBe('c');
    view.follow('a');
    expect(view.id).toBe('a');
  });

  it('tells nothing once it has ended, not even where it was going', async () => {
    const { view, told } = open(new MemoryList('abcd'), 'a');
    await view.move(1);
    view.end();
    view.go('c');
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
  });

  it('ends where the list ends', async () => {
    const { view } = open(new MemoryList('ab'), 'b');
    expect(await view.move(1)).toBe(false);
    expect(view.id).toBe('b');
    await view.edge(-1);
    expect(view.id).toBe('a');
  });

  it('asks the list for what is not loaded', async () => {
    const { view } = open(new MemoryList('abcd', 2), 'b');
    expect(view.next).toBeUndefined();
    await vi.advanceTimersByTimeAsync(0);
    expect(view.next?.id).toBe('c');
    expect(await view.move(1)).toBe(true);
    expect(view.id).toBe('c');
  });
});

describe('a photo that leaves the list', () => {
  const settled = async (list: PhotoList, id: string) => {
    const { view } = open(list, id);
    await vi.advanceTimersByTimeAsync(0);
    return view;
  };

  it('is told to be gone, with the way on', async () => {
    const list = new MemoryList('abc');
    const view = await settled(list, 'b');
    expect(view.status).toBe('shown');
    list.remove(['b']);
    expect(view.status).toBe('gone');
    expect(view.beside()?.id).toBe('c');
  });

  it('leads back when it was the last', async () => {
    const list = new MemoryList('ab');
    const view = await settled(list, 'b');
    list.remove(['b']);
    expect(view.beside()?.id).toBe('a');
  });

  it('does not lead to what has left as well', async () => {
    const list = new MemoryList('abc');
    const view = await settled(list, 'b');
    list.remove(['b', 'c']);
    expect(view.beside()?.id).toBe('a');
  });

  it('leaves nothing when it was the only one', async () => {
    const list = new MemoryList('a');
    const view = await settled(list, 'a');
    list.remove(['a']);
    expect(view.beside()).toBeUndefined();
  });
});

it('says that nobody could be asked, not that there is no photo', async () => {
  const { view } = open(new MemoryList('a'), 'unknown');
  expect(view.status).toBe('finding');
  await vi.waitFor(() => expect(view.status).toBe('failed'));
  expect(view.error?.offline).toBe(true);
});
