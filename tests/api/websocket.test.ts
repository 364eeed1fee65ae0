import { getSessions, logout, Permission } from '@immich/sdk';
import { describe, expect, inject, test } from 'vitest';
import { admin, newKey, newUser, send, signIn } from './support/client.ts';
import { Events, listen } from './support/socket.ts';

const VERSION = [{ major: 3, minor: 1, patch: 0, prerelease: null }];

describe('a websocket', () => {
  test('greets with the version', async () => {
    const { headers } = await newUser();
    await using events = new Events(headers);
    expect(await events.next('on_server_version')).toEqual(VERSION);
  });

  test('knows the web by its cookie and a program by its key', async () => {
    const user = await newUser();
    await using web = await listen({ cookie: `immich_access_token=${user.token}` });
    await using program = await listen((await newKey(user, Permission.All)).headers);
    await web.next('on_server_version'); // the room is greeted whenever somebody enters
    expect(program.seen).toEqual([]);
  });

  test.each([
    ['nobody', async () => ({})],
    ['a wrong token', async () => ({ authorization: 'Bearer wrong' })],
    ['a key that may not do everything', async () => (await newKey(await newUser(), Permission.AssetRead)).headers],
    ['a wrong shared link', async () => ({ ...(await newUser()).headers, 'x-immich-share-key': 'wrong' })],
  ])('tells %s so, and hangs up', async (_who, headers) => {
    await using events = new Events(await headers());
    expect(await events.next('error')).toEqual(['unauthorized']);
    expect(await events.next('disconnect')).toEqual(['io server disconnect']);
  });

  test('does not look at the query', async () => {
    const { token } = await newUser();
    const { hostname, port } = new URL(inject('url'));
    const socket = new WebSocket(`ws://${hostname}:${port}/api/socket.io/?EIO=4&transport=websocket&sessionKey=${token}`);
    const frames: string[] = [];
    socket.onmessage = ({ data }) => frames.push(String(data));
    await new Promise((resolve) => (socket.onopen = resolve));
    socket.send('40');
    await expect.poll(() => frames.length).toBe(4);
    socket.close();
    expect(frames).toEqual([
      expect.stringMatching(/^0\{"sid":"[\w-]{20}","upgrades":\[\],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000\}$/),
      expect.stringMatching(/^40\{"sid":"[\w-]{20}"\}$/),
      '42["error","unauthorized"]',
      '41',
    ]);
  });

  test('tells a session of its end, and nobody else', async () => {
    const user = await newUser();
    const other = await signIn(user);
    await using mine = await listen(user.headers);
    await using others = await listen(other.headers);
    await mine.next('on_server_version');
    const session = (await getSessions(user)).find(({ current }) => current)!.id;
    await logout(user);
    expect(await mine.next('on_session_delete')).toEqual([session]);
    expect(others.seen).toEqual([]);
  });

  test('survives what it does not understand', async () => {
    const { headers } = await newUser();
    await using events = await listen(headers);
    events.emit('no such event', { a: [1, 2, 3] });
    await using again = await listen(headers);
    expect(again.seen).toEqual([]);
    expect(await events.next('on_server_version')).toEqual(VERSION);
  });
});

describe('over plain HTTP', () => {
  test.each(['?EIO=4&transport=polling', '?EIO=4', ''])('/api/socket.io/%s is refused', async (query) => {
    const { status, text, headers } = await send('GET', `/api/socket.io/${query}`);
    expect([status, text]).toEqual([400, '{"code":0,"message":"Transport unknown"}']);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  test('without the slash it is no route', async () => {
    const { status, json } = await send('GET', '/api/socket.io?EIO=4&transport=websocket', { headers: admin().headers });
    expect([status, json]).toEqual([404, { message: 'Cannot GET /api/socket.io?EIO=4&transport=websocket' }]);
  });
});
