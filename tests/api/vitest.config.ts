import { defineConfig } from 'vitest/config';

// One server for the whole run, and one file at a time: some tests change what all users share.
export default defineConfig({
  test: {
    include: ['*.test.ts'],
    globalSetup: './support/server.ts',
    setupFiles: './support/each.ts',
    fileParallelism: false,
    testTimeout: 20_000,
  },
});
