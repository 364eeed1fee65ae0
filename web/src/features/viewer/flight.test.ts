import { expect, it } from 'vitest';
import { ontoTile } from './flight';

const place = { left: 100, top: 50, width: 1000, height: 500 };

it('puts the picture onto its tile, middle on middle', () => {
  const tile = { left: 200, top: 300, width: 200, height: 100 };
  expect(ontoTile(place, tile)).toBe('translate(-300px, 50px) scale(0.2)');
});

it('covers a tile that shows a cut of the picture', () => {
  const square = { left: 0, top: 0, width: 100, height: 100 };
  expect(ontoTile(place, square)).toBe('translate(-550px, -250px) scale(0.2)');
  const tall = { left: 0, top: 0, width: 100, height: 250 };
  expect(ontoTile(place, tall)).toContain('scale(0.5)');
});
