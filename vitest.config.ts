import { defineConfig } from 'vitest/config';

// Processes rather than threads: what native code breaks is then the failure of one file.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, pool: 'forks' },
});
