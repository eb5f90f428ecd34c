/** Runs before each test file: measures its processor time, with its imports and the processes that it starts. */

import { afterAll } from 'vitest';
import { processorSeconds } from './processor-time.js';

declare module 'vitest' {
  interface TaskMeta {
    processorSeconds?: number;
  }
}

const before = processorSeconds();
afterAll(({}, file) => {
  file.meta.processorSeconds = processorSeconds() - before;
});
