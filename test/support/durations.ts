/** Writes the processor time of each test file, which other work on the machine does not change. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { root } from './import-graph.js';

/** Seconds of test files, by their paths. */
export const durationsPath = join(root, 'out/durations.json');

export class Durations implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const seconds = modules.map((module) => {
      // Files whose tests are all skipped are not measured.
      const { processorSeconds = 0 } = module.meta();
      return [module.relativeModuleId, Math.round(10 * processorSeconds) / 10] as const;
    });
    mkdirSync(dirname(durationsPath), { recursive: true });
    writeFileSync(durationsPath, JSON.stringify(Object.fromEntries(seconds)));
  }
}
