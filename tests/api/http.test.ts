// What HTTP clients, proxies and browsers see, whatever the operation.

import { connect } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { admin, newUser, send } from './support/client.ts';

/** Bytes to the server and all that comes back before it closes: for what fetch would not send, or hides. */
function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(inject('url'));
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (part) => (answer += part));
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

const get = (path: string, ...headers: string[]) =>
  raw([`GET ${path} HTTP/1.1`, 'Host: test', 'Connection: close', ...headers, '', ''].join('\r\n'));

describe('a path', () => {
  test.each([
    ['GET', '/api/nope'],
    ['GET', '/api/nope?a=%20b'],
    ['POST', '/api/server/ping'],
    ['DELETE', '/api/users/me'],
    ['OPTIONS', '/api/users/me'],
    ['POST', '/nope'],
  ])('%s %s that is no route is told as it was asked for', async (method, path) => {
    const { status, text } = await send(method, path, { headers: admin().headers });
    expect([status, text]).toEqual([404, JSON.stringify({ message: `Cannot ${method} ${path}` })]);
  });

  test.each(['/api/server/ping/', '/API/Server/PING', '/api/Server/ping/'])('%s means the same', async (path) => {
    expect((await send('GET', path)).json).toEqual({ res: 'pong' });
  });

  test('me wins over an id', async () => {
    const { status, json } = await send('GET', '/api/users/me', { headers: admin().headers });
    expect([status, json.id]).toEqual([200, admin().id]);
  });

  test.each(['not-a-uuid', '00000000-0000-0000-0000-000000000000', '3f0c1f6e-9a5b-7c1d-8e2f-5b6a7c8d9e0f'])('with the id %s is refused', async (id) => {
    const { status, json } = await send('GET', `/api/users/${id}`, { headers: admin().headers });
    expect(status).toBe(400);
    expect(json.errors).toEqual([
      expect.objectContaining({ code: 'invalid_format', format: 'uuid', path: ['id'], message: 'Invalid UUID' }),
    ]);
  });

  test('in upper case is well formed and unknown', async () => {
    const { status, json } = await send('GET', `/api/assets/${'3F0C1F6E-9A5B-4C1D-8E2F-5B6A7C8D9E0F'}`, { headers: admin().headers });
    expect([status, json]).toEqual([400, { message: 'Not found or no asset.read access' }]);
  });
});

describe('an answer', () => {
  test('is compact JSON, and of no use to who guesses types', async () => {
    const { headers, text } = await send('GET', '/api/server/version');
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-length')).toBe(String(text.length));
    expect(text).toBe('{"major":3,"minor":1,"patch":0,"prerelease":null}');
  });

  test('names its request', async () => {
    const given = await send('GET', '/api/server/version', { headers: { 'x-correlation-id': 'photo-42' } });
    expect(given.headers.get('x-correlation-id')).toBe('photo-42');
    const [one, two] = [await send('GET', '/api/server/version'), await send('GET', '/api/nope')];
    expect(one.headers.get('x-correlation-id')).toMatch(/^[\w-]{8}$/);
    expect(two.headers.get('x-correlation-id')).toMatch(/^[\w-]{8}$/);
    expect(one.headers.get('x-correlation-id')).not.toBe(two.headers.get('x-correlation-id'));
  });

  test('does not repeat a correlation id that would split it', async () => {
    const answer = await get('/api/server/version', 'X-Correlation-ID: a\tb', `X-Filler: ${'x'.repeat(10)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer.match(/^x-correlation-id:/gim)).toHaveLength(1);
  });

  test('is not sent twice to who has it', async () => {
    const first = await send('GET', '/api/server/media-types');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[0-9a-f]+-[A-Za-z0-9+/]{27}"$/);
    expect(parseInt(etag.slice(1), 16)).toBe(first.text.length);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await send('GET', '/api/server/media-types', { headers: { 'if-none-match': known } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await send('GET', '/api/server/media-types', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    const posted = await send('POST', '/api/auth/validateToken', { headers: { ...admin().headers, 'if-none-match': '*' } });
    expect(posted.status).toBe(200); // something was done: it must be told
  });

  test('is packed for who can unpack it, when it is large', async () => {
    const large = (...headers: string[]) => get('/api/system-config/defaults', `Authorization: Bearer ${admin().token}`, ...headers);
    const packed = await large('Accept-Encoding: br, gzip');
    expect(packed).toMatch(/^content-encoding: gzip\r$/im);
    expect(packed).toMatch(/^vary: accept-encoding\r$/im);
    const plain = await large();
    expect(plain).not.toMatch(/^content-encoding:/im);
    expect(plain).toMatch(/^vary: accept-encoding\r$/im);
    expect(packed.length).toBeLessThan(plain.length / 2);
    expect(await large('Accept-Encoding: gzip;q=0')).not.toMatch(/^content-encoding:/im);
    expect(await get('/api/server/version', 'Accept-Encoding: gzip')).not.toMatch(/^content-encoding:/im);
    const unpacked = await send('GET', '/api/system-config/defaults', { headers: { ...admin().headers, 'accept-encoding': 'gzip' } });
    expect(unpacked.text).toBe(plain.slice(plain.indexOf('\r\n\r\n') + 4));
  });

  test.each(['/api/server/ping', '/api/server/media-types', '/.well-known/immich', '/custom.css'])('HEAD %s is GET without the body', async (path) => {
    const [head, full] = [await send('HEAD', path), await send('GET', path)];
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-type', 'etag', 'vary', 'content-length'])
      expect([name, head.headers.get(name)]).toEqual([name, full.headers.get(name)]);
  });

  test('HEAD asks who it is, too', async () => {
    expect((await send('HEAD', '/api/users/me')).status).toBe(401);
    expect((await send('HEAD', '/api/users/me', { headers: admin().headers })).status).toBe(200);
  });

  test('without content says so', async () => {
    const { headers: user } = await newUser();
    const { status, text, headers } = await send('DELETE', '/api/sessions', { headers: user });
    expect([status, text, headers.get('content-type'), headers.get('content-length')]).toEqual([204, '', null, null]);
  });
});

describe('a body', () => {
  const login = (body: string | undefined, type?: string) =>
    send('POST', '/api/auth/login', { body, headers: type ? { 'content-type': type } : {} });
  const missing = [expect.objectContaining({ path: [], message: 'Invalid input: expected object, received undefined' })];

  test.each([
    ['none', undefined, undefined],
    ['plain text', '{"email":"a@b.c","password":"x"}', 'text/plain'],
  ])('of %s is none', async (_what, body, type) => {
    const { status, json } = await login(body, type);
    expect([status, json]).toEqual([400, { message: 'Validation failed', errors: missing }]);
  });

  test.each(['{', '{"email":', 'true', '"text"', '\u0000'])('%j is no JSON that we take', async (body) => {
    const { status, json } = await login(body, 'application/json');
    expect([status, Object.keys(json), typeof json.message]).toEqual([400, ['message'], 'string']);
  });

  test('that is a list is no object', async () => {
    const { status, json } = await login('[]', 'application/json');
    expect([status, json.errors]).toEqual([
      400,
      [expect.objectContaining({ path: [], message: 'Invalid input: expected object, received array' })],
    ]);
  });

  test('may hold what we do not know', async () => {
    const { email, password } = await newUser();
    const body = JSON.stringify({ email, password, deviceId: 'unknown', nested: { deep: [1] } });
    expect((await login(body, 'application/json; charset=utf-8')).status).toBe(201);
  });

  test('beyond ten megabytes is too much', async () => {
    const { status, json } = await login(JSON.stringify({ email: 'x'.repeat(10 * 1024 * 1024) }), 'application/json');
    expect([status, json]).toEqual([500, { message: 'Internal server error' }]); // upstream's answer
  });

  test('comes in pieces as well', async () => {
    const body = JSON.stringify({ email: admin().email, password: admin().password });
    const parts = [body.slice(0, 7), body.slice(7)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const answer = await raw(
      'POST /api/auth/login HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/json\r\n' +
        `Transfer-Encoding: chunked\r\n\r\n${parts.join('')}0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(answer).toContain('"accessToken"');
  });
});

describe('a query', () => {
  const statistics = (query: string) => send('GET', `/api/assets/statistics?${query}`, { headers: admin().headers });

  test.each(['isFavorite=true', 'isFavorite=false', 'isFavorite=true&unknown=1'])('%s is taken', async (query) => {
    expect((await statistics(query)).status).toBe(200);
  });

  test.each(['isFavorite=1', 'isFavorite=TRUE', 'isFavorite=', 'isFavorite=true&isFavorite=true'])('%s is not', async (query) => {
    const { status, json } = await statistics(query);
    expect([status, json.message]).toEqual([400, 'Validation failed']);
    expect(json.errors).toHaveLength(1);
    expect(json.errors[0]).toMatchObject({ path: ['isFavorite'] });
  });
});
