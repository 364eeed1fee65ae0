import { expect, test } from 'vitest';
import { send } from './support/client.ts';

test('a phone finds the API', async () => {
  const { status, json } = await send('GET', '/.well-known/immich');
  expect([status, json]).toEqual([200, { api: { endpoint: '/api' } }]);
});
