import { expect, it } from 'vitest';
import { isLoopback } from './address';

it.each([
  ['http://localhost:2283', true],
  ['http://photos.localhost', true],
  ['http://127.0.0.1:2283', true],
  ['http://127.1.2.3', true],
  ['http://[::1]:2283', true],
  ['https://photos.example.org', false],
  ['http://192.168.1.5:2283', false],
  ['http://localhost.example.org', false],
  ['http://127.example.org', false],
])('%s means the computer itself: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
