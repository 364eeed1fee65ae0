// What the measurement sees of a page, from inside of it: added before the page's own scripts, so a function without
// imports. It judges by what is painted, not by how the app is made, so that apps can be compared.
//
// photo        an <img> that is complete, wider than 8 px in the file and at least 80 px on screen
// placeholder  an unfinished <img>, a canvas, a background image, or a tile-sized element with a colour of its own

export function inPage() {
  const T = (globalThis.__timeline = {});
  const width = () => innerWidth;
  const height = () => innerHeight;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  /** The element with the most room to scroll. */
  T.findScroller = () => {
    let best = document.scrollingElement;
    let room = best ? best.scrollHeight - innerHeight : 0;
    for (const element of document.querySelectorAll('body *')) {
      const more = element.scrollHeight - element.clientHeight;
      if (more <= room || element.clientHeight < 300 || element.clientWidth < 400) continue;
      if (!/auto|scroll|overlay/.test(getComputedStyle(element).overflowY)) continue;
      best = element;
      room = more;
    }
    return best;
  };

  /** The part of the window that scrolls. */
  T.view = () => {
    const stale = !T.looked || performance.now() - T.looked > 500;
    if (!T.scroller?.isConnected || (T.scroller === document.scrollingElement && stale)) {
      T.looked = performance.now();
      T.scroller = T.findScroller();
    }
    if (!T.scroller || T.scroller === document.scrollingElement) return { l: 0, t: 0, r: width(), b: height() };
    const box = T.scroller.getBoundingClientRect();
    return {
      l: Math.max(0, box.left),
      t: Math.max(0, box.top),
      r: Math.min(width(), box.right),
      b: Math.min(height(), box.bottom),
    };
  };

  const isSeen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const isLoaded = (image) => image.complete && image.naturalWidth > 8;

  /** Images and canvases in the view, or up to `over` heights of it away: photo, placeholder or nothing yet. */
  T.images = (view, over = 0) => {
    const found = [];
    const more = (view.b - view.t) * over;
    for (const element of document.querySelectorAll('img, canvas')) {
      const box = element.getBoundingClientRect();
      if (box.width < 80 || box.height < 80) continue;
      if (box.bottom <= view.t - more || box.top >= view.b + more || box.right <= view.l || box.left >= view.r) continue;
      const image = element.tagName === 'IMG';
      let kind = 'placeholder';
      if (image && isLoaded(element)) kind = isSeen(element) ? 'photo' : 'placeholder';
      else if (image && !element.src && !element.srcset) kind = 'nothing';
      found.push({ element, box, src: image ? element.currentSrc || element.src : '', kind });
    }
    return found;
  };

  const isOpaque = (colour) => colour !== 'transparent' && !/, 0\)$|\/ 0\)$/.test(colour);

  /** What is at a point: i(mage), p(laceholder) or . */
  T.at = (x, y, images) => {
    let placeholder = false;
    for (const { box, kind } of images) {
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
      if (kind === 'photo') return 'i';
      if (kind === 'placeholder') placeholder = true;
    }
    if (placeholder) return 'p';
    for (const element of document.elementsFromPoint(x, y)) {
      if (element === document.body || element === document.documentElement) break;
      const box = element.getBoundingClientRect();
      if (box.width < 60 || box.height < 60 || !isSeen(element)) continue;
      if (element.tagName === 'IMG' && isLoaded(element)) return 'i';
      const style = getComputedStyle(element);
      if (style.backgroundImage !== 'none') return 'p';
      if (box.width * box.height < 0.4 * width() * height() && isOpaque(style.backgroundColor)) return 'p';
    }
    return '.';
  };

  T.points = (view, images, columns, rows) => {
    let points = '';
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const x = view.l + ((view.r - view.l) * (column + 0.5)) / columns;
        const y = view.t + ((view.b - view.t) * (row + 0.5)) / rows;
        points += T.at(x, y, images);
      }
    return points;
  };

  T.state = () => {
    const view = T.view();
    const images = T.images(view).filter(({ kind }) => kind !== 'nothing');
    const photos = images.filter(({ kind }) => kind === 'photo');
    const points = T.points(view, images, 8, 6);
    return {
      points,
      photos: photos.length,
      pending: images.filter(({ element, kind }) => kind === 'placeholder' && element.tagName === 'IMG').length,
      signature: points + photos.map(({ src, box }) => `${src}${Math.round(box.left)},${Math.round(box.top)}`).join(),
    };
  };

  /** Since `start`: the first placeholder, the first photo, and the last change before 500 ms of rest. */
  T.settle = async (start, limit = 30_000) => {
    const seen = { photo: null, placeholder: null, all: null };
    let signature = null;
    let since = 0;
    for (;;) {
      const now = performance.now();
      if (document.body) {
        const state = T.state();
        if (seen.placeholder === null && (state.points.includes('p') || state.photos)) seen.placeholder = now - start;
        if (seen.photo === null && state.photos) seen.photo = now - start;
        if (state.signature !== signature) {
          signature = state.signature;
          since = now;
        }
        // What looks like a placeholder and has not changed for 3 s is part of the design.
        const left = state.pending + state.points.split('p').length - 1;
        if (state.photos && now - since > (left ? 3000 : 500))
          return { ...seen, all: since - start, left, share: state.points.split('i').length - 1 };
      }
      if (now - start > limit) return seen;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  T.loaded = T.settle(0);

  /** The address of the picture shown large in the middle of the window. */
  T.large = () => {
    let best = null;
    for (const image of document.images) {
      if (!image.complete || image.naturalWidth < 800) continue;
      const box = image.getBoundingClientRect();
      const central = box.left < width() / 2 && box.right > width() / 2 && box.top < height() / 2 && box.bottom > height() / 2;
      const area = box.width * box.height;
      if (!central || Math.max(box.width, box.height) < 400 || !isSeen(image) || (best && area < best.area)) continue;
      best = { area, src: image.currentSrc || image.src };
    }
    return best?.src ?? null;
  };

  /** From an event until another picture than `previous` is shown large. */
  T.shown = async (event, previous, limit = 15_000) => {
    let start = null;
    addEventListener(event, () => (start ??= performance.now()), { capture: true, once: true });
    const end = performance.now() + limit;
    while (performance.now() < end) {
      const src = T.large();
      if (start !== null && src && src !== previous) return { ms: performance.now() - start, src };
      await frame();
    }
    return null;
  };

  T.record = () => {
    const record = (T.recording = { long: [], frames: [], on: true });
    record.observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) record.long.push(entry.duration);
    });
    record.observer.observe({ entryTypes: ['longtask'] });
    let last = null;
    const count = (time) => {
      if (last !== null) record.frames.push(time - last);
      last = time;
      if (record.on) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  };
  T.stop = () => {
    T.recording.on = false;
    T.recording.observer.disconnect();
    return { long: T.recording.long, frames: T.recording.frames };
  };

  T.sample = () => {
    const view = T.view();
    const scroller = T.scroller ?? document.scrollingElement;
    return {
      points: T.points(view, T.images(view), 1, 12),
      nodes: document.getElementsByTagName('*').length,
      images: document.images.length,
      top: scroller.scrollTop,
      max: scroller.scrollHeight - scroller.clientHeight,
      near: T.images(view, 1).map(({ src }) => src),
    };
  };

  T.middle = () => {
    T.scroller = T.findScroller();
    const view = T.view();
    return { x: (view.l + view.r) / 2, y: (view.t + view.b) / 2, room: T.scroller.scrollHeight - T.scroller.clientHeight };
  };

  T.scrollTo = async (share) => {
    const start = performance.now();
    const room = () => T.scroller.scrollHeight - T.scroller.clientHeight;
    T.scroller.scrollTop = room() * share;
    await frame();
    await frame();
    return { ...(await T.settle(start)), at: T.scroller.scrollTop / room() };
  };

  /** A photo that is wholly in view: the first in reading order. */
  T.firstPhoto = () => {
    const view = T.view();
    const centres = T.images(view)
      .filter(({ kind, box }) => kind === 'photo' && box.top >= view.t && box.bottom <= view.b)
      .map(({ box }) => ({ x: box.left + box.width / 2, y: box.top + box.height / 2 }))
      .filter(({ x, y }) => document.elementFromPoint(x, y));
    return centres.sort((a, b) => Math.round(a.y / 40) - Math.round(b.y / 40) || a.x - b.x)[0] ?? null;
  };
}
