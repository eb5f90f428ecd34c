/** The order of test files. Long ones begin early, so that no worker waits for another one at the end. */

import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files of the shared process that take longest: their texts are short, but they start programs or try every fixture.
 */
const long =
  /\/test\/(?:docs\/conversion|run\/(?:budgets|hostile-texts|open-model|origin|why-different)|translators\/(?:constructs|passes)|compare\/(?:compare|pairs))\.test\.ts$|\/test\/interoperability\//;

const rank = ({ project, moduleId }: TestSpecification): number =>
  project.name === 'apart' ? 0 : long.test(moduleId) ? 1 : 2;

/** Vitest's order (by their last duration if known, or by their sizes), but long files first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => rank(one) - rank(other));
  }
}
