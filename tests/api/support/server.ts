// The server that a run of the tests talks to: one of its own, with folders that are gone afterwards, or the one at
// TINTYPE_URL (an empty one, or one that these tests have used before). TINTYPE names the program to start;
// TINTYPE_DB_URL the database of the server at TINTYPE_URL, without which tests that look into it cannot run.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaults, login, signUpAdmin, type UserAdminResponseDto } from '@immich/sdk';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    url: string;
    databaseUrl: string;
    admin: { id: string; email: string; password: string; token: string };
  }
}

const ADMIN = { email: 'admin@example.com', password: 'a long password', name: 'Administrator' };
const START_LIMIT_MS = 60_000;

interface Server {
  url: string;
  databaseUrl: string;
  stop(): Promise<void>;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TINTYPE_URL;
  const server = given ? running(given) : await start();
  try {
    defaults.baseUrl = `${server.url}/api`;
    await waitForPong(server.url);
    project.provide('url', server.url);
    project.provide('databaseUrl', server.databaseUrl);
    project.provide('admin', await administrator());
  } catch (error) {
    await server.stop();
    throw error;
  }
  return () => server.stop();
}

function running(url: string): Server {
  return { url: url.replace(/\/+$/, ''), databaseUrl: process.env.TINTYPE_DB_URL ?? '', stop: async () => {} };
}

async function start(): Promise<Server> {
  const program = process.env.TINTYPE ?? path.resolve(import.meta.dirname, '../../../build/tintype');
  const folder = await mkdtemp(path.join(tmpdir(), 'tintype-api.'));
  await chmod(folder, 0o755); // the database's user passes through
  const state = path.join(folder, 'state');
  const port = await freePort();
  const log = await open(path.join(folder, 'log'), 'w');
  const child = spawn(program, {
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...process.env,
      IMMICH_HOST: '127.0.0.1',
      IMMICH_PORT: String(port),
      IMMICH_MEDIA_LOCATION: path.join(folder, 'media'),
      TINTYPE_STATE_DIR: state,
    },
  });
  await log.close();
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl: `postgresql:///immich?user=postgres&host=${encodeURIComponent(path.join(state, 'run'))}`,
    stop: () => stop(child, folder),
  };
}

// Ends it as a person would, and fails the run when it does not end cleanly.
async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  const log = await readFile(path.join(folder, 'log'), 'utf8');
  if (process.env.TINTYPE_KEEP_LOG) console.log(log);
  await rm(folder, { recursive: true, force: true });
  if (child.exitCode !== 0) throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}:\n${log.slice(-4000)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function waitForPong(url: string): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    const answer = await fetch(`${url}/api/server/ping`).then((response) => response.text(), () => '');
    if (answer === '{"res":"pong"}') return;
    await sleep(50);
  }
  throw new Error(`no server answers at ${url}`);
}

async function administrator() {
  const made: UserAdminResponseDto | undefined = await signUpAdmin({ signUpDto: ADMIN }).catch(() => undefined);
  const { email, password } = ADMIN;
  const { accessToken: token, userId: id } = await login({ loginCredentialDto: { email, password } });
  if (made && made.id !== id) throw new Error('signed up as one user, signed in as another');
  return { id, email, password, token };
}
