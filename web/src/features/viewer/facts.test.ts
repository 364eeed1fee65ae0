import { describe, expect, it } from 'vitest';
import { type AssetInfo, camera, clock, coordinates, exactTime, exposure, exposureTime, fileFacts, longDate, offsetName, placeName } from './facts';

describe('exposure', () => {
  it.each([
    ['1/125', '1/125 s'],
    ['10/1250', '1/125 s'],
    ['0.004', '1/250 s'],
    ['0.5', '0.5 s'],
    ['2', '2 s'],
    ['1/3', '0.3 s'],
    ['30', '30 s'],
  ])('says %s as %s', (text, said) => {
    expect(exposureTime(text, 'en')).toBe(said);
  });

  it.each([null, '', '0', '1/0', 'auto'])('says nothing of %s', (text) => {
    expect(exposureTime(text, 'en')).toBeUndefined();
  });

  it('joins what is known', () => {
    const known = { focalLength: 50, fNumber: 2.8, exposureTime: '1/125', iso: 800 };
    expect(exposure(known, 'en')).toBe('50 mm · ƒ/2.8 · 1/125 s · ISO 800');
    expect(exposure({ focalLength: 4.25, fNumber: 1.8 }, 'de')).toBe('4,3 mm · ƒ/1,8');
    expect(exposure({}, 'en')).toBeUndefined();
  });
});

describe('camera', () => {
  it('does not say the maker twice', () => {
    expect(camera({ make: 'NIKON CORPORATION', model: 'NIKON Z 6' })).toBe('NIKON Z 6');
    expect(camera({ make: 'Apple', model: 'iPhone 15' })).toBe('Apple iPhone 15');
    expect(camera({ make: 'Canon', model: null })).toBe('Canon');
    expect(camera({ make: null, model: ' DSC-1 ' })).toBe('DSC-1');
    expect(camera({})).toBeUndefined();
  });
});

describe('file', () => {
  const file = (change: object) => ({ type: 'IMAGE', width: 6000, height: 4000, ...change }) as AssetInfo;
  it('says pixels and size', () => {
    expect(fileFacts(file({ exifInfo: { fileSizeInByte: 1_700_000 } }), 'en')).toBe('24.0 MP · 6000 × 4000 · 1.7 MB');
    expect(fileFacts(file({ type: 'VIDEO' }), 'en')).toBe('6000 × 4000');
    expect(fileFacts(file({ width: null, height: null }), 'en')).toBeUndefined();
  });
});

describe('when and where', () => {
  const info = (timeZone: string | null) =>
    ({ localDateTime: '2026-06-14T19:42:08.000Z', fileCreatedAt: '2026-06-14T17:42:08.000Z', exifInfo: { timeZone } }) as AssetInfo;
  it('keeps the clock of the place', () => {
    expect(exactTime(info('Europe/Berlin'), 'en-GB')).toBe('19:42:08, GMT+2');
    expect(exactTime(info(null), 'en-GB')).toBe('19:42:08');
    expect(longDate('2026-06-14T23:59:59', 'en-GB')).toBe('Sunday, 14 June 2026');
  });
  it('names offsets', () => {
    expect([0, 120, 330, -570].map(offsetName)).toEqual(['GMT', 'GMT+2', 'GMT+5:30', 'GMT−9:30']);
  });
  it('names places, or gives the figures', () => {
    expect(placeName({ city: 'Konstanz', country: 'Germany' })).toBe('Konstanz, Germany');
    expect(placeName({ city: null, state: 'Alaska', country: null })).toBe('Alaska');
    expect(placeName({ city: null, country: null })).toBeUndefined();
    expect(coordinates({ latitude: 47.66033, longitude: 9.1758 }, 'en')).toBe('47.6603, 9.1758');
    expect(coordinates({ latitude: 0, longitude: 0 }, 'en')).toBe('0.0000, 0.0000');
    expect(coordinates({ latitude: null, longitude: 3 }, 'en')).toBeUndefined();
  });
  it('counts time', () => {
    expect([0, 7.9, 750, 3723, NaN].map(clock)).toEqual(['0:00', '0:07', '12:30', '1:02:03', '0:00']);
  });
});
