import { defineConfig } from 'vitest/config';

// A file has a server of its own; one file at a time, because browsers and decoders want both cores.
export default defineConfig({
  test: {
    include: ['*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
