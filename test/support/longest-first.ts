/** The order of test files. Long ones begin early, so that no worker waits for another one at the end. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of the files in a shared process, tests that start other programs take longest, even if their text is short. */
const startsPrograms = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/interoperability/');

/** Vitest's order (by their last duration if known, or by their sizes), but files that start programs first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const apart = sorted.filter(({ project }) => project.name === 'apart');
    const shared = sorted.filter(({ project }) => project.name !== 'apart');
    return [...apart, ...shared.filter(startsPrograms), ...shared.filter((file) => !startsPrograms(file))];
  }
}
