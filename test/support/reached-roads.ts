/** Finds, once for all tests, the notations that each test file reaches: it has no others. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import type { TestProject } from 'vitest/node';
import { root } from './import-graph.js';
import { namesIn, reachedFrom } from './reach.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Notations by the paths of test files from the root. */
    readonly roads: Readonly<Record<string, readonly string[]>>;
  }
}

export function setup(project: TestProject): void {
  const files = globSync(['{src,translators,runtime,test,scripts,site}/**/*.{ts,js,mjs}', 'package.json'], {
    cwd: root,
  });
  const names = namesIn({ files, text: (path) => readFileSync(join(root, path), 'utf8') });
  const roadsOf = (test: string): readonly string[] =>
    [...reachedFrom(test, names)].flatMap((path) => /^translators\/(\w+)\/road\.ts$/.exec(path)?.[1] ?? []);
  const tests = files.filter((path) => path.endsWith('.test.ts'));
  project.provide('roads', Object.fromEntries(tests.map((test) => [test, roadsOf(test)])));
}
