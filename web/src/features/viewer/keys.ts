/** The viewer's keys, as data: what is pressed, what it is called, what it does. */
import type { MessageKey } from '#lib/i18n';
import type { Shortcut } from '#lib/shortcuts';
import type { Controls } from './controls.svelte';

const key = (name: string, title: MessageKey, run: () => unknown): Shortcut => ({ key: name, title, run: () => void run() });

const STARS = ['viewer.rate.1', 'viewer.rate.2', 'viewer.rate.3', 'viewer.rate.4', 'viewer.rate.5'] as const;

export function viewerKeys(on: Controls): Shortcut[] {
  const { stage, view } = on;
  const always = [
    key('Escape', 'viewer.close', () => on.escape()),
    key('ArrowLeft', 'viewer.left', () => stage.arrow('ArrowLeft') || on.side(-1)),
    key('ArrowRight', 'viewer.right', () => stage.arrow('ArrowRight') || on.side(1)),
    key('a', 'viewer.previous', () => view.move(-1)),
    key('d', 'viewer.next', () => view.move(1)),
    key('Home', 'viewer.first', () => view.edge(-1)),
    key('End', 'viewer.last', () => view.edge(1)),
    key('Control+z', 'actions.undo', () => on.undo()),
  ];
  if (!on.photo) return always;
  const actions = on.offered.flatMap((action) => (action.key ? [key(action.key, action.title, () => on.run(action))] : []));
  return [
    ...always,
    ...actions,
    key('i', 'viewer.info', () => on.toggleInfo()),
    key('Shift+F', 'viewer.fullscreen', () => on.fullscreen()),
    ...(on.mine ? ratingKeys(on) : []),
    ...(on.isVideo ? videoKeys(on) : pictureKeys(on)),
  ];
}

function ratingKeys(on: Controls): Shortcut[] {
  const stars = [1, 2, 3, 4, 5].map((count) => key(String(count), STARS[count - 1]!, () => on.rate(count)));
  return [...stars, key('0', 'viewer.rate.none', () => on.rate(0))];
}

function pictureKeys(on: Controls): Shortcut[] {
  const { stage } = on;
  const keys = [
    key('ArrowUp', 'viewer.zoom.up', () => stage.arrow('ArrowUp')),
    key('ArrowDown', 'viewer.zoom.down', () => stage.arrow('ArrowDown')),
    key('+', 'viewer.zoom.in', () => stage.zoomIn()),
    key('=', 'viewer.zoom.in', () => stage.zoomIn()),
    key('-', 'viewer.zoom.out', () => stage.zoomOut()),
    key('z', 'viewer.zoom.full', () => stage.toggle()),
  ];
  if (on.photo?.livePhotoVideoId) keys.push(key(' ', 'viewer.live', () => (on.live = !on.live)));
  return keys;
}

function videoKeys(on: Controls): Shortcut[] {
  const { player } = on;
  return [
    key(' ', 'viewer.video.play', () => player.toggle()),
    key('m', 'viewer.video.mute', () => player.setMuted(!player.muted)),
    key(',', 'viewer.video.frameBack', () => player.step(-1)),
    key('.', 'viewer.video.frameOn', () => player.step(1)),
  ];
}
