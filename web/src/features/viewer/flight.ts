/** The picture grows from its tile and goes back to it: transforms of the picture in its final place, nothing else. */

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** What moves a picture from its place onto a tile, covering it; a tile may be a cut of the picture. */
export function ontoTile(place: Box, tile: Box): string {
  const scale = Math.max(tile.width / place.width, tile.height / place.height);
  const x = tile.left + tile.width / 2 - (place.left + place.width / 2);
  const y = tile.top + tile.height / 2 - (place.top + place.height / 2);
  return `translate(${x}px, ${y}px) scale(${scale})`;
}

/** A duration of the design's tokens; 0 for those who asked for less motion. */
export function tokenMs(name: '--t-1' | '--t-2' | '--t-3'): number {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name);
  return Number.parseFloat(text) * (text.trim().endsWith('ms') ? 1 : 1000) || 0;
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const isSeen = (box: Box | undefined): box is Box => box !== undefined && box.width > 0 && box.height > 0;

/** `flying` is centred on `place`, where the picture is. */
export function grow(flying: Element, place: Box, tile: Box | undefined): void {
  const duration = tokenMs('--t-3');
  if (!duration || !isSeen(tile) || !isSeen(place)) return;
  flying.animate([{ transform: ontoTile(place, tile) }, { transform: 'none' }], { duration, easing: token('--ease') });
}

/** Resolves when the picture is back in its tile; at once when the tile is out of sight. */
export async function shrink(flying: Element, place: Box, tile: Box | undefined): Promise<void> {
  const duration = tokenMs('--t-3');
  if (!duration || !isSeen(tile) || !isSeen(place)) return;
  const frames = [{ transform: 'none' }, { transform: ontoTile(place, tile) }];
  const flight = flying.animate(frames, { duration, easing: token('--ease'), fill: 'forwards' });
  await flight.finished.catch(() => {});
}

/** Fades what is behind the picture, in or out. */
export async function fade(element: Element, way: 'in' | 'out'): Promise<void> {
  const frames = way === 'in' ? [{ opacity: 0 }, { opacity: 1 }] : [{ opacity: 1 }, { opacity: 0 }];
  const animation = element.animate(frames, { duration: tokenMs('--t-2'), easing: token('--ease'), fill: 'forwards' });
  await animation.finished.catch(() => {});
}
