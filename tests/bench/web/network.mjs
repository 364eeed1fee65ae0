// Requests of a page and of its service worker, as Chromium's network domain tells of them.

const METHODS = [
  'Network.requestWillBeSent',
  'Network.requestServedFromCache',
  'Network.responseReceived',
  'Network.loadingFinished',
  'Network.loadingFailed',
];
const LONG_LIVED = /socket\.io|event-stream/;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function kindOf(type = '') {
  if (/javascript/.test(type)) return 'script';
  if (/font|woff|octet/.test(type)) return 'font';
  if (/^image/.test(type)) return 'image';
  if (/json/.test(type)) return 'json';
  return /css/.test(type) ? 'css' : 'other';
}

export class Network {
  constructor(origin) {
    this.origin = origin;
    this.live = new Map();
    this.reset();
  }

  reset() {
    Object.assign(this, { requests: 0, images: 0, onWire: 0, bytes: 0, workerBytes: 0, cancelled: 0, failed: 0, last: Date.now() });
    this.bytesOf = {};
    this.foreign = new Set();
  }

  async watchPage(session, name) {
    await session.send('Network.enable');
    for (const method of METHODS) session.on(method, (event) => this.#on(name, method, event, false));
  }

  /** The service worker fetches on behalf of the page: its bytes count, its requests do not. */
  async watchWorkers(session) {
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const { method, params } = JSON.parse(message);
      if (METHODS.includes(method)) this.#on(sessionId, method, params, true);
    });
    session.on('Target.targetCreated', async ({ targetInfo }) => {
      if (targetInfo.type !== 'service_worker' || !targetInfo.url.startsWith(this.origin)) return;
      const { sessionId } = await session.send('Target.attachToTarget', { targetId: targetInfo.targetId, flatten: false });
      await session.send('Target.sendMessageToTarget', { sessionId, message: '{"id":1,"method":"Network.enable"}' });
    });
    await session.send('Target.setDiscoverTargets', { discover: true });
  }

  #on(from, method, event, worker) {
    const key = from + event.requestId;
    if (method === 'Network.requestWillBeSent') return this.#sent(key, event, worker);
    const request = this.live.get(key);
    if (!request) return;
    if (method === 'Network.requestServedFromCache') request.cached = true;
    else if (method === 'Network.responseReceived') {
      const { mimeType, fromDiskCache, fromPrefetchCache, fromServiceWorker, status } = event.response;
      request.type = mimeType;
      request.cached ||= fromDiskCache || fromPrefetchCache || fromServiceWorker;
      if (status >= 400) this.failed++;
    } else this.#ended(key, request, event, worker);
  }

  #sent(key, { request: { url }, type }, worker) {
    if (!/^https?:/.test(url)) return;
    const image = type === 'Image' || /\/thumbnail\b/.test(url);
    this.live.set(key, { url, start: Date.now(), worker, image });
    this.last = Date.now();
    if (!worker) this.requests++;
    if (!worker && image) this.images++;
    if (!url.startsWith(`${this.origin}/`)) this.foreign.add(new URL(url).host);
  }

  #ended(key, request, event, worker) {
    this.live.delete(key);
    this.last = Date.now();
    if (event.canceled && !worker) this.cancelled++;
    if (request.cached || !event.encodedDataLength) return;
    const kind = kindOf(request.type);
    this.onWire++;
    this.bytes += event.encodedDataLength;
    this.bytesOf[kind] = (this.bytesOf[kind] ?? 0) + event.encodedDataLength;
    if (request.worker) this.workerBytes += event.encodedDataLength;
  }

  imagesUnderWay() {
    return [...this.live].filter(([, { worker, image }]) => !worker && image);
  }

  async quiet(ms = 1000, limit = 30_000) {
    const end = Date.now() + limit;
    const busy = ({ start, url }) => Date.now() - start < 10_000 && !LONG_LIVED.test(url);
    while (Date.now() < end && (Date.now() - this.last < ms || [...this.live.values()].some(busy))) await sleep(50);
  }
}
