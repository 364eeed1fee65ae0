import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Hash, UnreadableError } from './hasher';
import type { Found, Item } from './item';
import { Queue } from './queue';
import { sha1Of } from './sha1';
import { TestServer } from './test-server';

const hash: Hash = (file) => sha1Of(file).catch(() => Promise.reject(new UnreadableError()));

let server: TestServer;
let queue: Queue;

beforeEach(async () => {
  server = new TestServer();
  await server.start();
  queue = new Queue(server.api, hash, () => {}, { backoffMs: 10, longestBackoffMs: 40 });
});

afterEach(async () => {
  queue.close();
  await server.stop();
});

function found(name: string, content = name, sidecar?: string): Found & { sidecar: File | null } {
  const file = new File([content], name, { lastModified: Date.UTC(2026, 5, 14, 19, 42) });
  return { file, path: `Summer/${name}`, sidecar: sidecar ? new File([sidecar], `${name}.xmp`) : null };
}

const many = (count: number) => Array.from({ length: count }, (_, i) => found(`${i}.jpg`));
const named = (name: string): Item => queue.items.find((item) => item.name === name)!;
const stages = () => Object.fromEntries(queue.items.map((item) => [item.name, item.stage]));
const idle = () => vi.waitFor(() => expect(queue.busy).toBe(false), { timeout: 5000, interval: 5 });
const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 2 });

it('sends each file with its name, dates and sidecar, and lets go of it', async () => {
  queue.add([found('a.jpg', 'one', '<x/>'), found('b – ü.jpg', 'two')]);
  await idle();

  expect(server.received).toMatchObject([
    { name: 'a.jpg', sidecar: '<x/>', fields: { filename: 'a.jpg', fileModifiedAt: '2026-06-14T19:42:00.000Z' } },
    { name: 'b – ü.jpg', sidecar: undefined, fields: { fileCreatedAt: '2026-06-14T19:42:00.000Z' } },
  ]);
  expect(stages()).toEqual({ 'a.jpg': 'added', 'b – ü.jpg': 'added' });
  expect(queue.items.every(({ file, sidecar }) => !file && !sidecar)).toBe(true);
});

it('does not send what is there, and says what of it is in the trash', async () => {
  queue.add([found('a.jpg')]);
  await idle();
  const gone = found('gone.jpg');
  server.trashed.add(await sha1Of(gone.file));

  queue.add([found('copy of a.jpg', 'a.jpg'), gone]);
  await idle();
  expect(server.received).toHaveLength(1);
  expect(queue.progress()).toMatchObject({ total: 3, added: 1, here: 2, trashed: 1 });
});

it('sends the same bytes once, also when both copies are new', async () => {
  queue.add([found('a.jpg', 'same'), found('b.jpg', 'same'), found('c.jpg', 'same')]);
  await idle();
  expect(stages()).toEqual({ 'a.jpg': 'added', 'b.jpg': 'here', 'c.jpg': 'here' });
  expect(server.received).toHaveLength(1);
});

it('sends three at once', async () => {
  server.trouble = () => 'wait';
  queue.add(many(10));
  await until(() => expect(queue.items.filter(({ stage }) => stage === 'ready')).toHaveLength(7));
  await until(() => expect(server.atOnce).toBe(3));
  server.trouble = () => undefined;
  server.release();
  await idle();
  expect(server.mostAtOnce).toBe(3);
  expect(server.received).toHaveLength(10);
});

it('asks for many at once while there is enough to send', async () => {
  server.trouble = () => 'wait';
  queue = new Queue(server.api, hash, () => {}, { senders: 1 });
  queue.add(many(40));
  await until(() => expect(queue.items.filter(({ stage }) => stage === 'ready').length).toBeGreaterThanOrEqual(16));
  expect(server.checks.length).toBeLessThan(10);
  expect(queue.items.filter(({ stage }) => stage === 'waiting').length).toBeGreaterThan(0);
});

it('waits for a server that was killed, and goes on by itself with nothing lost or doubled', async () => {
  queue.add(many(40));
  await until(() => expect(server.received.length).toBeGreaterThan(5));
  await server.stop();
  await until(() => expect(queue.phase).toBe('away'));
  expect(queue.progress().secondsLeft).toBeUndefined();

  await server.start();
  await idle();
  expect(queue.phase).toBe('running');
  expect(queue.progress()).toMatchObject({ total: 40, failed: 0 });
  expect(new Set(server.received.map(({ name }) => name)).size).toBe(40);
  expect(server.received).toHaveLength(40);
});

it('asks again before it sends again', async () => {
  // The file arrives, its answer does not.
  let first = true;
  queue = new Queue(
    {
      ...server.api,
      send: async (...rest) => {
        const answer = await server.api.send(...rest);
        if (!first) return answer;
        first = false;
        await server.stop();
        return server.api.send(...rest);
      },
    },
    hash,
    () => {},
    { backoffMs: 10 },
  );
  queue.add([found('a.jpg')]);
  await until(() => expect(queue.phase).toBe('away'));
  await server.start();
  await idle();
  expect(stages()).toEqual({ 'a.jpg': 'here' });
  expect(server.received).toHaveLength(1);
});

it('gives up on a file whose connection breaks each time, and on no other', async () => {
  server.trouble = (name) => (name === '1.jpg' ? 'hang-up' : undefined);
  queue.add(many(3));
  await idle();
  expect(stages()).toEqual({ '0.jpg': 'added', '1.jpg': 'failed', '2.jpg': 'added' });
  expect(named('1.jpg').failure?.kind).toBe('connection');

  server.trouble = () => undefined;
  queue.retry([named('1.jpg')]);
  await idle();
  expect(named('1.jpg').stage).toBe('added');
});

it('tries again after an error of the server, but not after a refusal', async () => {
  let asked = 0;
  server.trouble = () => (++asked <= 2 ? { status: 500, message: 'Failed to upload asset' } : undefined);
  queue.add([found('a.jpg')]);
  await idle();
  expect(named('a.jpg').stage).toBe('added');
  expect(asked).toBe(3);

  server.trouble = () => (++asked, { status: 400, message: 'Unsupported file type b.txt' });
  queue.add([found('b.txt')]);
  await idle();
  expect(named('b.txt').failure?.kind).toBe('type');
  expect(asked).toBe(4);
});

it.each([
  [507, '', 'full'],
  [413, 'Payload Too Large', 'too-big'],
  [500, 'Failed to upload asset', 'server'],
  [400, 'Live photo video not found', 'refused'],
])('knows what %i "%s" means', async (status, message, kind) => {
  server.trouble = () => ({ status, message });
  queue.add([found('a.jpg')]);
  await idle();
  expect(named('a.jpg').failure?.kind).toBe(kind);
});

it('does not send more once the quota is used up, but smaller files', async () => {
  const sent: string[] = [];
  queue = new Queue(server.api, hash, () => {}, { senders: 1 });
  server.trouble = (name) => {
    sent.push(name);
    return name === 'small' ? undefined : { status: 400, message: 'Quota has been exceeded!' };
  };
  queue.add([found('big', 'x'.repeat(100)), found('bigger', 'x'.repeat(200)), found('small', 'x')]);
  await idle();
  expect(sent).toEqual(['big', 'small']);
  expect(queue.items.map(({ failure }) => failure?.kind)).toEqual(['quota', 'quota', undefined]);

  queue.retry([named('bigger')]);
  await idle();
  expect(sent).toEqual(['big', 'small', 'bigger']);
});

it('fails empty files without asking', async () => {
  queue.add([found('empty.jpg', '')]);
  expect(named('empty.jpg').failure?.kind).toBe('empty');
  expect(server.checks).toEqual([]);
});

it('says of a file that changed after it was chosen that it cannot be read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-'));
  const path = join(folder, 'a.jpg');
  await writeFile(path, 'before');
  const file = new File([await openAsBlob(path)], 'a.jpg');
  await writeFile(path, 'after, and longer');
  queue.add([{ file, path: 'a.jpg' }]);
  await idle();
  await rm(folder, { recursive: true });
  expect(named('a.jpg').failure?.kind).toBe('unreadable');
});

it('starts nothing while paused, and what is on its way arrives', async () => {
  server.trouble = () => 'wait';
  queue = new Queue(server.api, hash, () => {}, { senders: 1 });
  queue.add(many(3));
  await until(() => expect(server.atOnce).toBe(1));
  queue.pause();
  server.release();
  await until(() => expect(named('0.jpg').stage).toBe('added'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(server.received).toHaveLength(1);

  server.trouble = () => undefined;
  queue.resume();
  await idle();
  expect(server.received).toHaveLength(3);
});

it('stops files at any step, and takes them back', async () => {
  server.trouble = () => 'wait';
  queue = new Queue(server.api, hash, () => {}, { senders: 1 });
  queue.add(many(4));
  await until(() => expect(server.atOnce).toBe(1));
  queue.cancel([named('0.jpg'), named('2.jpg')]);
  server.trouble = () => undefined;
  server.release();
  await idle();
  expect(stages()).toEqual({ '0.jpg': 'cancelled', '1.jpg': 'added', '2.jpg': 'cancelled', '3.jpg': 'added' });
  expect(queue.progress()).toMatchObject({ total: 2, cancelled: 2 });

  const stopped = queue.items.filter(({ stage }) => stage === 'cancelled');
  queue.forget();
  queue.retry(stopped);
  await idle();
  // The one that was on its way may have arrived in spite of it.
  expect(queue.progress()).toMatchObject({ total: 2, failed: 0 });
  expect(server.received).toHaveLength(4);
});

it('stops all when the session has ended, and goes on when told', async () => {
  server.checkTrouble = () => ({ status: 401, message: 'Invalid user token' });
  queue.add(many(2));
  await until(() => expect(queue.phase).toBe('signed-out'));
  server.checkTrouble = () => undefined;
  queue.resume();
  await idle();
  expect(server.received).toHaveLength(2);
});

it('counts bytes and keeps an eye on the current file', async () => {
  server.trouble = () => 'wait';
  queue = new Queue(server.api, hash, () => {}, { senders: 1 });
  queue.add([found('a.jpg', 'x'.repeat(10)), found('b.jpg', 'y'.repeat(30))]);
  await until(() => expect(server.atOnce).toBe(1));
  expect(queue.progress()).toMatchObject({ bytes: 40, bytesDone: 0, sending: 1, current: { name: 'a.jpg' } });
  server.trouble = () => undefined;
  server.release();
  await idle();
  expect(queue.progress()).toMatchObject({ bytes: 40, bytesDone: 40, sending: 0 });
});

it('ends what it does when it is closed, and says no more', async () => {
  let changes = 0;
  server.trouble = () => 'wait';
  queue = new Queue(server.api, hash, () => changes++);
  queue.add(many(5));
  await until(() => expect(server.atOnce).toBe(3));
  queue.close();
  changes = 0;
  server.release();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(changes).toBe(0);
  expect(server.received.length).toBeLessThanOrEqual(3);
  expect(queue.busy).toBe(false);
});
