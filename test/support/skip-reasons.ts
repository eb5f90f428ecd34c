/** Sums up, after all tests, the reasons for skipped tests, and the tests that were left out. */

import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { LongChoice } from './long-tests.js';

/**
 * Reason in the name of a test or of its group, as `(skipped: reason)`, a sentence that ends with a script to run, or
 * `: npm run test:thorough runs it`.
 */
export function skipReason(name: string): string | undefined {
  return (
    /\(skipped: (.*)\)/.exec(name)?.[1] ??
    /([^(:]*; run scripts\/[\w-]+\.sh)/.exec(name)?.[1]?.trim() ??
    (/npm run test:thorough runs/.test(name) ? 'npm run test:thorough runs them' : undefined)
  );
}

/** Returns the name of a test that is skipped, with the reason if there is one. */
export const withReason = (name: string, reason: string | null | undefined): string =>
  (reason ?? null) === null ? name : `${name} (skipped: ${reason})`;

/** Names of a test and of its groups, from the outermost on. */
function namesOf(test: TestCase): readonly string[] {
  const names = [test.name];
  for (let group: TestSuite | TestModule = test.parent; group.type === 'suite'; group = group.parent)
    names.unshift(group.name);
  return names;
}

/** Returns what a test that skips itself says. */
function noteOf(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' ? (result.note ?? '') : '';
}

export class SkipReasons implements Reporter {
  readonly #long: LongChoice;

  /** @param long the files of long tests that run, and those that are left out */
  constructor(long: LongChoice = { run: new Map(), left: [], cases: new Map() }) {
    this.#long = long;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    const unexplained: string[] = [];
    for (const module of modules)
      for (const test of module.children.allTests('skipped')) {
        const reason =
          [...namesOf(test), noteOf(test)].flatMap((name) => skipReason(name) ?? []).at(0) ?? 'no reason given';
        if (reason === 'no reason given') unexplained.push(`${module.relativeModuleId}: ${test.fullName}`);
        counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
    const rows = [...counts].sort(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count} ${reason}\n`);
    if (rows.length > 0) process.stdout.write(`\nSkipped tests by reason:\n${rows.join('')}`);
    for (const name of unexplained) process.stdout.write(`Skipped without a reason: ${name}\n`);
    const { run, left, cases } = this.#long;
    for (const [file, reason] of run) {
      const chosen = cases.get(file);
      const some = chosen ? `, ${chosen.run.length} of ${chosen.run.length + chosen.left.length} cases` : '';
      process.stdout.write(`Long test: ${file}${some}, since ${reason}\n`);
    }
    if (left.length > 0)
      process.stdout.write(`\n${left.length} files of long tests were left out: npm run test:thorough runs them\n`);
  }
}
