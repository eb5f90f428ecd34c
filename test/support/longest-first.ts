/** The order of test files. Long ones begin early, so that no worker waits for another one at the end. */

import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { root } from './import-graph.js';
import { lastNight } from './long-tests.js';

/**
 * Files with processes of their own first, and within both projects the files that took longest last night. New files
 * have vitest's order, before those that are known to be short.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = lastNight()?.seconds ?? {};
    const rank = ({ project }: TestSpecification): number => (project.name === 'apart' ? 0 : 1);
    const took = ({ moduleId }: TestSpecification): number => seconds[relative(root, moduleId)] ?? 5;
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => rank(one) - rank(other) || took(other) - took(one));
  }
}
