/** Bundles the program once for all tests that start it as a process: from sources each start takes seconds. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundle } from '../../scripts/bundle.js';
import { root } from './import-graph.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The bundled program's file; the public interface is in the same folder. */
    readonly program: string;
  }
}

// Packages that are not bundled are found from below the project.
const folder = join(root, 'out', `test-program-${process.pid}`);

export async function setup(project: TestProject): Promise<void> {
  await bundle({ cli: 'src/cli/main.ts', index: 'src/index.ts' }, folder);
  project.provide('program', join(folder, 'cli.js'));
}

export async function teardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
