// A server for tests written in TypeScript: the program with folders of its own, on a port of its own. Node's own
// modules only, because each folder of tests has its packages to itself.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 40_000;

/** The program that TINTYPE names, or the one of this checkout. */
export const program = () => process.env.TINTYPE ?? path.resolve(import.meta.dirname, '../../build/tintype');

export class Tintype {
  readonly folder: string;
  readonly port: number;
  private child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** Makes the folders and starts the server; it answers when this is done. */
  static async start(name: string): Promise<Tintype> {
    const folder = await mkdtemp(path.join(tmpdir(), `tintype-${name}.`));
    await chmod(folder, 0o755); // the database's user passes through
    const server = new Tintype(folder, await freePort());
    await server.run();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get databaseUrl(): string {
    const host = encodeURIComponent(path.join(this.folder, 'state', 'run'));
    return `postgresql:///immich?user=postgres&host=${host}`;
  }

  log(): Promise<string> {
    return readFile(path.join(this.folder, 'log'), 'utf8');
  }

  /** Starts the program again on the same folders and port. */
  async run(): Promise<void> {
    const log = await open(path.join(this.folder, 'log'), 'a');
    this.child = spawn(program(), {
      stdio: ['ignore', log.fd, log.fd],
      env: {
        ...process.env,
        IMMICH_HOST: '127.0.0.1',
        IMMICH_PORT: String(this.port),
        IMMICH_MEDIA_LOCATION: path.join(this.folder, 'media'),
        TINTYPE_STATE_DIR: path.join(this.folder, 'state'),
      },
    });
    await log.close();
    try {
      await waitForPong(this.url);
    } catch (error) {
      await this.end('SIGKILL');
      throw error;
    }
  }

  /** Ends the program without asking it; the folders stay for `run`. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Ends it as a person would, removes the folders, and throws when it does not end cleanly. */
  async stop(): Promise<void> {
    const child = this.child;
    await this.end('SIGTERM');
    const log = await this.log();
    if (process.env.TINTYPE_KEEP_LOG) console.log(log);
    await rm(this.folder, { recursive: true, force: true });
    if (child?.exitCode !== 0) throw new Error(`the server ended with ${child?.exitCode ?? child?.signalCode}:\n${log.slice(-4000)}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exit;
    clearTimeout(late);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function waitForPong(url: string): Promise<void> {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end) {
    const answer = await fetch(`${url}/api/server/ping`).then((response) => response.text(), () => '');
    if (answer === '{"res":"pong"}') return;
    await sleep(50);
  }
  throw new Error(`no server answers at ${url}`);
}
