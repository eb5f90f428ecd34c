/** Writes the seconds of each test file, with what is done before and after its tests, to `out/durations.json`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { root } from './import-graph.js';

export const durationsPath = join(root, 'out/durations.json');

export class Durations implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const seconds = modules.map((module) => {
      const { collectDuration, setupDuration, duration } = module.diagnostic();
      return [module.relativeModuleId, Math.round((collectDuration + setupDuration + duration) / 100) / 10] as const;
    });
    mkdirSync(dirname(durationsPath), { recursive: true });
    writeFileSync(durationsPath, JSON.stringify(Object.fromEntries(seconds)));
  }
}
