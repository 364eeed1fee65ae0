/**
 * For tests: a server that speaks the part of the API that uploads need, over real HTTP, and can fail in the ways that
 * real ones do; and the queue's view of it (by fetch: Node has no XMLHttpRequest).
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '#lib/api/client';
import { type UploadServer, uploadForm } from './transport';

export interface Received {
  name: string;
  checksum: string;
  fields: Record<string, string>;
  sidecar: string | undefined;
}

/** What a request gets instead of the usual answer. 'hang-up': the connection breaks in the middle of the body. */
type Trouble = { status: number; message: string } | 'hang-up' | 'wait' | undefined;

export class TestServer {
  readonly received: Received[] = [];
  readonly checks: string[][] = [];
  /** Checksums that are in the trash. */
  readonly trashed = new Set<string>();
  atOnce = 0;
  mostAtOnce = 0;
  /** Called for each upload with the name of its file, before its body is read. */
  trouble: (name: string) => Trouble = () => undefined;
  /** Called for each check. */
  checkTrouble: () => Trouble = () => undefined;
  #held: (() => void)[] = [];

  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As kill -9 does: every connection breaks. The port stays the same for the next start(). */
  async stop(): Promise<void> {
    this.release();
    const closed = new Promise((resolve) => this.#server!.close(resolve));
    this.#server!.closeAllConnections();
    await closed;
  }

  /** Ends what 'wait' holds. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/api/server/ping') return json(response, 200, { res: 'pong' });
    if (request.url === '/api/assets/bulk-upload-check') return this.#check(request, response);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.atOnce);
    try {
      await this.#upload(request, response);
    } finally {
      this.atOnce--;
    }
  }

  async #check(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { assets } = JSON.parse((await bodyOf(request)).toString()) as { assets: { id: string; checksum: string }[] };
    const trouble = this.checkTrouble();
    if (typeof trouble === 'object') return json(response, trouble.status, { message: trouble.message });
    this.checks.push(assets.map(({ checksum }) => checksum));
    const results = assets.map(({ id, checksum }) => {
      const known = this.trashed.has(checksum) || this.received.some((file) => file.checksum === checksum);
      return known ? { id, action: 'reject', isTrashed: this.trashed.has(checksum) } : { id, action: 'accept' };
    });
    json(response, 200, { results });
  }

  async #upload(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const trouble = this.trouble(decodeURIComponent(request.headers['x-test-name'] as string));
    if (trouble === 'hang-up') return void request.socket.destroy();
    if (trouble === 'wait') await new Promise<void>((resolve) => this.#held.push(resolve));
    const type = request.headers['content-type']!;
    const form = await new Response(new Uint8Array(await bodyOf(request)), { headers: { 'content-type': type } }).formData();
    if (typeof trouble === 'object') return json(response, trouble.status, { message: trouble.message });

    const file = form.get('assetData') as File;
    const sidecar = form.get('sidecarData') as File | null;
    const checksum = createHash('sha1').update(Buffer.from(await file.arrayBuffer())).digest('base64');
    if (this.received.some((other) => other.checksum === checksum)) return json(response, 200, { status: 'duplicate' });
    const fields = Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
    this.received.push({ name: file.name, checksum, fields, sidecar: await sidecar?.text() });
    json(response, 201, { status: 'created' });
  }

  readonly api: UploadServer = {
    check: async (items) => {
      const assets = items.map(({ key, checksum }) => ({ id: String(key), checksum }));
      const { results } = await this.#fetch<{ results: { action: string; isTrashed?: boolean }[] }>(
        'assets/bulk-upload-check',
        { method: 'POST', body: JSON.stringify({ assets }) },
      );
      return results.map(({ action, isTrashed }) => ({ known: action === 'reject', isTrashed: isTrashed ?? false }));
    },
    send: async (item, onprogress, signal) => {
      const headers = { 'x-immich-checksum': item.checksum, 'x-test-name': encodeURIComponent(item.name) };
      const body = uploadForm(item);
      const { status } = await this.#fetch<{ status: 'created' | 'duplicate' }>('assets', { method: 'POST', headers, body, signal });
      onprogress(item.size);
      return status;
    },
    reachable: () => this.#fetch('server/ping', {}).then(() => true, () => false),
  };

  async #fetch<T>(path: string, init: RequestInit): Promise<T> {
    let response: Response;
    try {
      response = await fetch(`http://127.0.0.1:${this.#port}/api/${path}`, init);
    } catch (cause) {
      if (init.signal?.aborted) throw init.signal.reason;
      throw new ApiError(0, String(cause), undefined);
    }
    const data = (await response.json()) as T & { message: string };
    if (!response.ok) throw new ApiError(response.status, data.message, undefined);
    return data;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
