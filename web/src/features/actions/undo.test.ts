import { describe, expect, it } from 'vitest';
import { batches, sendBatches } from './batches';
import { UndoQueue } from './undo';

describe('UndoQueue', () => {
  const entry = (name: string, log: string[]) => ({ undo: () => void log.push(name) });

  it('takes back the newest first, each once', async () => {
    const log: string[] = [];
    const queue = new UndoQueue();
    const [first, second] = [entry('first', log), entry('second', log)];
    queue.push(first);
    queue.push(second);
    expect(await queue.undoLast()).toBe(true);
    expect(await queue.undo(second)).toBe(false);
    expect(await queue.undoLast()).toBe(true);
    expect(await queue.undoLast()).toBe(false);
    expect(log).toEqual(['second', 'first']);
  });

  it('takes back one in the middle, as its toast asks', async () => {
    const log: string[] = [];
    const queue = new UndoQueue();
    const entries = ['a', 'b', 'c'].map((name) => entry(name, log));
    entries.forEach((one) => queue.push(one));
    await queue.undo(entries[1]!);
    await queue.undoLast();
    await queue.undoLast();
    expect(log).toEqual(['b', 'c', 'a']);
  });

  it('forgets what the server refused', async () => {
    const log: string[] = [];
    const queue = new UndoQueue();
    const one = entry('one', log);
    queue.push(one);
    expect(queue.drop(one)).toBe(true);
    expect(await queue.undoLast()).toBe(false);
    expect(log).toEqual([]);
  });

  it('keeps a bounded number', () => {
    const queue = new UndoQueue();
    for (let i = 0; i < 100; i++) queue.push(entry(String(i), []));
    expect(queue.size).toBe(20);
  });

  it('sends an undoing after its change, even when that takes long or fails', async () => {
    const queue = new UndoQueue();
    const log: string[] = [];
    const trash = queue.inOrder(async () => {
      await new Promise((done) => setTimeout(done, 20));
      log.push('trash');
      throw new Error('refused');
    });
    const restore = queue.inOrder(async () => void log.push('restore'));
    await expect(trash).rejects.toThrow('refused');
    await restore;
    expect(log).toEqual(['trash', 'restore']);
  });
});

describe('batches', () => {
  it('cuts into pieces without losing one', () => {
    expect(batches([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(batches([], 2)).toEqual([]);
  });

  it('tells what was done when the server refuses half-way', async () => {
    const outcome = await sendBatches(
      ['a', 'b', 'c', 'd', 'e'],
      async (ids) => {
        if (ids.includes('c')) throw new Error('no');
      },
      2,
    );
    expect(outcome.done).toEqual(['a', 'b']);
    expect(outcome.refused).toEqual(['c', 'd', 'e']);
    expect(outcome.reason).toBeInstanceOf(Error);
  });

  it('has no reason when all was done', async () => {
    const sent: string[][] = [];
    const outcome = await sendBatches(['a', 'b', 'c'], async (ids) => void sent.push(ids), 2);
    expect(sent).toEqual([['a', 'b'], ['c']]);
    expect(outcome).toEqual({ done: ['a', 'b', 'c'], refused: [] });
  });
});
