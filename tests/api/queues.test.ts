import { getQueue, getQueues, getQueuesLegacy, QueueName } from '@immich/sdk';
import { expect, test } from 'vitest';
import { admin, newUser, refusal, send } from './support/client.ts';

const names = Object.values(QueueName);
// Other tests leave jobs behind.
const counts = Object.fromEntries(
  ['active', 'completed', 'failed', 'delayed', 'waiting', 'paused'].map((state) => [state, expect.any(Number)]),
);

test('every queue is listed in the order of the contract', async () => {
  const queues = await getQueues(admin());
  expect(queues.map((queue) => queue.name)).toEqual(names);
  for (const queue of queues) expect(queue).toEqual({ name: queue.name, isPaused: false, statistics: counts });
});

test.each(names)('%s comes alone as well', async (name) => {
  expect(await getQueue({ name }, admin())).toEqual({ name, isPaused: false, statistics: counts });
});

test('old clients get them by name', async () => {
  const queues = await getQueuesLegacy(admin());
  expect(Object.keys(queues).sort()).toEqual([...names].sort());
  const queueStatus = { isActive: expect.any(Boolean), isPaused: false };
  for (const queue of Object.values(queues)) expect(queue).toEqual({ jobCounts: counts, queueStatus });
});

test('a queue that does not exist is a mistake in its name', async () => {
  const { status, json } = await send('GET', '/api/queues/dishes', admin());
  expect(status).toBe(400);
  expect(json.errors).toEqual([
    expect.objectContaining({
      path: ['name'],
      message: `Invalid option: expected one of ${names.map((name) => `"${name}"`).join('|')}`,
    }),
  ]);
});

test('they are the administrator\'s alone', async () => {
  const user = await newUser();
  expect(await refusal(getQueues(user))).toEqual([403, 'Forbidden']);
  expect(await refusal(getQueue({ name: QueueName.Ocr }, user))).toEqual([403, 'Forbidden']);
  expect(await refusal(getQueuesLegacy(user))).toEqual([403, 'Forbidden']);
});
