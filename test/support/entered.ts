/** Records which functions of our sources each case of a test file enters. */

import { Session, type Profiler } from 'node:inspector';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './import-graph.js';

/**
 * Long tests whose cases do not depend on each other, so that a change needs only some of them. Files without a record
 * run whole.
 */
export const chosenByCase: readonly string[] = [
  'test/fixtures/later-phases.test.ts',
  'test/lower/features/matrix.test.ts',
  'test/translators/pynn/protocol-fixtures.test.ts',
  'test/verify/limit-changes.test.ts',
  'test/verify/limit.test.ts',
  'test/verify/why-different.test.ts',
];

/** The cases of a test file, by their whole names. */
export type EnteredFile = Readonly<Record<string, { readonly seconds: number; readonly functions: readonly string[] }>>;

/** Folder of the records of a run, one file for each test file. */
export const enteredFolder = join(root, 'out/entered');

const source = new RegExp(`${root}/((?:src|translators|runtime)/.*\\.ts)$`);

/** Counts calls of functions in this process. */
export class Entered {
  readonly #session = new Session();
  readonly #cases: Record<string, EnteredFile[string]> = {};
  #began = 0;

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  }

  /** Returns the functions that were entered since it was asked last, as `file#name`. */
  #taken(): string[] {
    let result: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) throw error;
      ({ result } = taken);
    });
    const names = new Set<string>();
    for (const { url, functions } of result) {
      const file = source.exec(url)?.[1];
      if (file === undefined) continue;
      for (const { functionName, ranges } of functions)
        if (functionName !== '' && ranges[0]!.count > 0) names.add(`${file}#${functionName}`);
    }
    return [...names].sort();
  }

  begin(): void {
    this.#taken();
    this.#began = performance.now();
  }

  end(name: string): void {
    const seconds = Math.round(performance.now() - this.#began) / 1000;
    this.#cases[name] = { seconds, functions: this.#taken() };
  }

  /** Writes the record of a test file. */
  write(file: string): void {
    mkdirSync(enteredFolder, { recursive: true });
    writeFileSync(join(enteredFolder, `${file.replaceAll('/', '+')}.json`), JSON.stringify(this.#cases));
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
