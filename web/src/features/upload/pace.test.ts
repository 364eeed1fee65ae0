import { describe, expect, it } from 'vitest';
import { bytesToCome, Pace } from './pace';

describe('Pace', () => {
  const steady = (pace: Pace, from: number, to: number, bytesPerSecond: number, start = 0) => {
    for (let second = from; second <= to; second++) pace.note(start + (second - from) * bytesPerSecond, second * 1000);
  };

  it('says nothing before it has seen enough', () => {
    const pace = new Pace();
    expect(pace.secondsFor(100)).toBeUndefined();
    steady(pace, 0, 1, 100);
    expect(pace.secondsFor(100)).toBeUndefined();
  });

  it('divides what is left by what was seen', () => {
    const pace = new Pace();
    steady(pace, 0, 10, 1_000_000);
    expect(pace.rate).toBe(1_000_000);
    expect(pace.secondsFor(240_000_000)).toBe(240);
  });

  it('forgets how fast it once was', () => {
    const pace = new Pace();
    steady(pace, 0, 60, 1_000_000);
    steady(pace, 61, 90, 100_000, 60_000_000);
    expect(pace.rate).toBe(100_000);
  });

  it('promises nothing while nothing moves', () => {
    const pace = new Pace();
    steady(pace, 0, 10, 1000);
    steady(pace, 11, 40, 0, 10_000);
    expect(pace.secondsFor(1)).toBeUndefined();
  });

  it('starts anew after a pause', () => {
    const pace = new Pace();
    steady(pace, 0, 10, 1000);
    pace.restart();
    steady(pace, 600, 610, 500, 10_000);
    expect(pace.rate).toBe(500);
  });
});

describe('bytesToCome', () => {
  it('takes all for new before the server was asked', () => {
    expect(bytesToCome({ accepted: 0, refused: 0, open: 500, unsent: 0 })).toBe(500);
  });
  it('expects of the rest what was true so far', () => {
    expect(bytesToCome({ accepted: 100, refused: 300, open: 400, unsent: 60 })).toBe(160);
  });
  it('does not divide by what is not there', () => {
    expect(bytesToCome({ accepted: 0, refused: 300, open: 400, unsent: 0 })).toBe(0);
  });
});
