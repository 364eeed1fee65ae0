#!/usr/bin/env node
// Measures a photo timeline in a browser: first load, scrolling, jumps, opening pictures.
//
// usage: timeline.mjs BASE_URL EMAIL PASSWORD      run where node_modules has playwright-core (tests/web)
// environment: RUNS (3), SCROLL_SECONDS of scrolling (20), PHASES after the first loads (fast,slow,jump,open), PAGE (/photos), CHROMIUM (/usr/bin/chromium)
// Prints one JSON object: metric → { median, runs }. Bytes are those on the wire; times are milliseconds.
import { createRequire } from 'node:module';
import { inPage } from './in_page.mjs';
import { Network } from './network.mjs';

const { chromium } = createRequire(`${process.cwd()}/`)('playwright-core');
const [address, email, password] = process.argv.slice(2);
const base = address.replace(/\/$/, '');
const { RUNS = '3', SCROLL_SECONDS = '20', PHASES = 'fast,slow,jump,open', PAGE = '/photos', CHROMIUM = '/usr/bin/chromium' } = process.env;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const SAMPLE_MS = 200;
const STALE_MS = 400;
const EVENTS_PER_SECOND = 60;
/** Pixels an event: 7,200 and 1,800 a second. */
const WHEEL = { fast: 120, slow: 30 };
const JUMPS = [0.25, 0.5, 0.75, 0.9];
const NEXT_PHOTOS = 10;
/** So long a page may put off its service worker. */
const WORKER_MS = 10_000;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const results = {};
function put(metric, value) {
  (results[metric] ??= []).push(value == null || Number.isNaN(value) ? null : Math.round(value * 100) / 100);
}
function median(values) {
  const sorted = values.filter((value) => value != null).sort((a, b) => a - b);
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : null;
}

async function signIn() {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${base}/api/auth/login`, { method: 'POST', headers, body: JSON.stringify({ email, password }) });
  if (!response.ok) throw new Error(`login: ${response.status}`);
  const { accessToken } = await response.json();
  const onboarding = { method: 'PUT', headers: { ...headers, authorization: `Bearer ${accessToken}` }, body: '{"isOnboarded":true}' };
  await fetch(`${base}/api/users/me/onboarding`, onboarding);
  return accessToken;
}

class Run {
  static async start() {
    const run = new Run();
    const token = await signIn();
    run.browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
    run.context = await run.browser.newContext({ viewport: { width: 1440, height: 900 } });
    const cookies = { immich_access_token: token, immich_auth_type: 'password', immich_is_authenticated: 'true' };
    await run.context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: base })));
    await run.context.addInitScript(inPage);
    run.network = new Network(new URL(base).origin);
    await run.network.watchWorkers(await run.browser.newBrowserCDPSession());
    return run;
  }

  async load(kind) {
    await this.page?.close();
    this.page = await this.context.newPage();
    this.session = await this.context.newCDPSession(this.page);
    await this.network.watchPage(this.session, kind);
    await this.session.send('Performance.enable');
    this.network.reset();
    await this.page.goto(base + PAGE, { waitUntil: 'commit' });
    const seen = await this.page.evaluate(() => __timeline.loaded);
    await this.network.quiet();
    if (kind === 'cold') await this.#workerReady();
    const { requests, images, bytesOf, workerBytes, foreign, failed } = this.network;
    put(`${kind}.first_placeholder_ms`, seen.placeholder);
    put(`${kind}.first_photo_ms`, seen.photo);
    put(`${kind}.view_loaded_ms`, seen.all);
    put(`${kind}.photo_points_of_48`, seen.share);
    put(`${kind}.requests`, requests);
    put(`${kind}.image_requests`, images);
    put(`${kind}.bytes_worker`, workerBytes);
    put(`${kind}.foreign_hosts`, foreign.size);
    put(`${kind}.http_errors`, failed);
    for (const type of ['script', 'css', 'font', 'image', 'json', 'other']) put(`${kind}.bytes_${type}`, bytesOf[type] ?? 0);
  }

  /** The second visit is one with the service worker, where the page has one. */
  async #workerReady() {
    await Promise.race([this.page.evaluate(() => navigator.serviceWorker.ready.then(() => null)), sleep(WORKER_MS)]);
    await this.network.quiet();
  }

  async #metrics() {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }

  async #heapMb() {
    await this.session.send('HeapProfiler.collectGarbage');
    return (await this.#metrics()).JSHeapUsedSize / 1e6;
  }

  async toTop() {
    const { room } = await this.page.evaluate(() => __timeline.middle());
    put('scroll_room_px', room);
    await this.page.evaluate(() => __timeline.scrollTo(0));
    await this.network.quiet(500);
  }

  /** Turns the wheel for a while, back and forth between the ends, and samples what is on screen. */
  async scroll(kind) {
    const middle = await this.page.evaluate(() => __timeline.middle());
    const before = await this.#heapMb();
    this.network.reset();
    await this.page.mouse.move(middle.x, middle.y);
    await this.page.evaluate(() => __timeline.record());
    const watch = { on: true, direction: 1, samples: [], stale: new Set(), peaks: { heap: 0, nodes: 0, images: 0, inFlight: 0 }, way: 0 };
    const sampling = this.#sample(watch);
    const start = Date.now();
    for (let sent = 0; Date.now() - start < Number(SCROLL_SECONDS) * 1000; ) {
      const event = { type: 'mouseWheel', x: middle.x, y: middle.y, deltaX: 0, deltaY: WHEEL[kind] * watch.direction };
      this.session.send('Input.dispatchMouseEvent', event).catch(() => {});
      sent++;
      await sleep(Math.max(0, start + (sent * 1000) / EVENTS_PER_SECOND - Date.now()));
    }
    watch.on = false;
    await sampling;
    const recording = await this.page.evaluate(() => __timeline.stop());
    this.#putScroll(kind, recording, watch);
    put(`${kind}.heap_before_mb`, before);
    put(`${kind}.heap_after_mb`, await this.#heapMb());
    const settled = await this.page.evaluate(() => __timeline.settle(performance.now(), 20_000));
    put(`${kind}.settle_after_stop_ms`, settled.all);
    await this.network.quiet();
  }

  async #sample(watch) {
    const { network, page } = this;
    const start = Date.now();
    let top = 0;
    for (let k = 0; watch.on; k++) {
      await sleep(Math.max(0, start + k * SAMPLE_MS - Date.now()));
      const sample = await page.evaluate(() => __timeline.sample());
      if (Date.now() - (start + k * SAMPLE_MS) > SAMPLE_MS) k = Math.floor((Date.now() - start) / SAMPLE_MS);
      watch.samples.push(sample.points);
      watch.way += Math.abs(sample.top - top);
      top = sample.top;
      if (watch.direction > 0 && sample.top >= sample.max - 1500) watch.direction = -1;
      else if (watch.direction < 0 && sample.top <= 1500) watch.direction = 1;
      const near = new Set(sample.near);
      const underWay = network.imagesUnderWay();
      for (const [id, { start: since, url }] of underWay)
        if (Date.now() - since > STALE_MS && !near.has(url)) watch.stale.add(id);
      const heap = k % 5 ? 0 : (await this.#metrics()).JSHeapUsedSize / 1e6;
      const now = { heap, nodes: sample.nodes, images: sample.images, inFlight: underWay.length };
      for (const [name, value] of Object.entries(now)) watch.peaks[name] = Math.max(watch.peaks[name], value);
    }
  }

  #putScroll(kind, { long, frames }, { samples, stale, peaks, way }) {
    const { requests, images, bytes, cancelled, failed } = this.network;
    const tasks = long.filter((ms) => ms > 50);
    const percent = (values, test) => (100 * values.filter(test).length) / values.length;
    put(`${kind}.frames`, frames.length);
    put(`${kind}.frames_over_50ms_pct`, percent(frames, (ms) => ms > 50));
    put(`${kind}.frame_max_ms`, Math.max(...frames));
    put(`${kind}.long_tasks`, tasks.length);
    put(`${kind}.long_total_ms`, tasks.reduce((sum, ms) => sum + ms, 0));
    put(`${kind}.no_photo_pct`, percent(samples, (points) => !points.includes('i')));
    put(`${kind}.blank_pct`, percent(samples, (points) => !/[ip]/.test(points)));
    put(`${kind}.photo_points_pct`, percent([...samples.join('')], (point) => point === 'i'));
    put(`${kind}.way_px`, way);
    put(`${kind}.heap_peak_mb`, peaks.heap);
    put(`${kind}.nodes_peak`, peaks.nodes);
    put(`${kind}.images_peak`, peaks.images);
    put(`${kind}.in_flight_peak`, peaks.inFlight);
    put(`${kind}.requests`, requests);
    put(`${kind}.image_requests`, images);
    put(`${kind}.bytes`, bytes);
    put(`${kind}.cancelled`, cancelled);
    put(`${kind}.stale_running`, stale.size);
    put(`${kind}.http_errors`, failed);
  }

  async jump() {
    for (const share of JUMPS) {
      this.network.reset();
      const seen = await this.page.evaluate((share) => __timeline.scrollTo(share), share);
      await this.network.quiet(500);
      const name = `jump${share * 100}`;
      put(`${name}.first_photo_ms`, seen.photo);
      put(`${name}.view_loaded_ms`, seen.all);
      put(`${name}.landed_pct`, 100 * seen.at);
      put(`${name}.requests`, this.network.requests);
    }
  }

  async open() {
    const { page } = this;
    const place = await page.evaluate(() => __timeline.firstPhoto());
    if (!place) return put('open.first_ms', null);
    const opening = page.evaluate(() => __timeline.shown('pointerdown', null));
    await sleep(50);
    await page.mouse.click(place.x, place.y);
    const opened = await opening;
    put('open.first_ms', opened?.ms);
    const times = [];
    for (let k = 0; k < NEXT_PHOTOS && opened; k++) {
      await sleep(300);
      const previous = await page.evaluate(() => __timeline.large());
      const next = page.evaluate((src) => __timeline.shown('keydown', src), previous);
      await sleep(30);
      await page.keyboard.press('ArrowRight');
      times.push((await next)?.ms ?? null);
    }
    put('open.next_p50_ms', median(times));
    put('open.next_timeouts', times.filter((ms) => ms === null).length);
  }
}

const STEPS = {
  cold: (run) => run.load('cold'),
  warm: (run) => run.load('warm'),
  fast: (run) => run.scroll('fast'),
  slow: (run) => run.scroll('slow'),
  jump: (run) => run.jump(),
  open: (run) => run.open(),
};
const wanted = ['cold', 'warm', ...PHASES.split(',')];
for (let k = 1; k <= Number(RUNS); k++) {
  const run = await Run.start();
  for (const name of wanted) {
    const start = Date.now();
    if (!['cold', 'warm'].includes(name)) await run.toTop();
    await STEPS[name](run);
    console.error(`run ${k} of ${RUNS}: ${name} took ${Math.round((Date.now() - start) / 1000)} s`);
  }
  await run.browser.close();
}
console.log(JSON.stringify(Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, { median: median(runs), runs }]))));
