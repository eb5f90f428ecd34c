/** The order of test files. Those that take long begin early, so that at the end no worker waits for another one. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Of the files that share a process, those that start other programs take longest, however short their text is. */
const startsPrograms = ({ moduleId }: TestSpecification): boolean => moduleId.includes('/test/interoperability/');

/** Vitest's order (by what files took last time where that is known, or by their sizes), those that start programs first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const apart = sorted.filter(({ project }) => project.name === 'apart');
    const shared = sorted.filter(({ project }) => project.name !== 'apart');
    return [...apart, ...shared.filter(startsPrograms), ...shared.filter((file) => !startsPrograms(file))];
  }
}
