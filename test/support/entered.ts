/** Records which functions of our sources each case of a test file enters, or the whole file. */

import { Session, type Profiler } from 'node:inspector';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './import-graph.js';

/**
 * Long tests whose cases do not depend on each other, so that a change needs only some of them. Files without a record
 * run whole.
 */
export const chosenByCase: readonly string[] = [
  'test/fixtures/cortical-microcircuit.test.ts',
  'test/fixtures/documents.test.ts',
  'test/fixtures/going-on.test.ts',
  'test/fixtures/later-phases.test.ts',
  'test/fixtures/matrix.test.ts',
  'test/fixtures/neuroml.test.ts',
  'test/fixtures/targets/brian.test.ts',
  'test/fixtures/targets/model.test.ts',
  'test/fixtures/targets/neuroml.test.ts',
  'test/fixtures/targets/pynn.test.ts',
  'test/interoperability/brian-distributions.test.ts',
  'test/interoperability/brian-plasticity.test.ts',
  'test/interoperability/lems-validity.test.ts',
  'test/interoperability/peers.test.ts',
  'test/lower/context/cable.test.ts',
  'test/lower/elements/any-order.test.ts',
  'test/lower/elements/engines.test.ts',
  'test/lower/features/matrix.test.ts',
  'test/lower/rules/fixed-number.test.ts',
  'test/library/recognise.test.ts',
  'test/optimise/arrivals.test.ts',
  'test/optimise/merged-rows.test.ts',
  'test/simulators/recorded-variables.test.ts',
  'test/translators/brian/import-properties.test.ts',
  'test/translators/constructs.test.ts',
  'test/translators/neuroml/export/neuroml-files.test.ts',
  'test/translators/neuroml/export-restored.test.ts',
  'test/translators/neuroml/hdf5/write.test.ts',
  'test/translators/passes.test.ts',
  'test/translators/pynn/cells.test.ts',
  'test/translators/pynn/fixtures.test.ts',
  'test/translators/pynn/protocol-fixtures.test.ts',
  'test/translators/sonata/export.test.ts',
  'test/verify/ledger.test.ts',
  'test/verify/limit-changes.test.ts',
  'test/verify/limit.test.ts',
  'test/verify/measure.test.ts',
  'test/verify/why-different.test.ts',
];

/** Stands in place of a case for what a file enters outside of its recorded cases. */
export const outsideCases = '';

/** The cases of a test file, by their whole names. */
export type EnteredFile = Readonly<Record<string, { readonly seconds: number; readonly functions: readonly string[] }>>;

/** Folder of the records of a run, one file for each test file. */
export const enteredFolder = join(root, 'out/entered');

const source = new RegExp(`${root}/((?:src|translators|runtime)/.*\\.ts)$`);

/** Counts calls of functions in this process. */
export class Entered {
  readonly #session = new Session();
  readonly #cases: Record<string, EnteredFile[string]> = {};
  readonly #outside = new Set<string>();
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
    for (const name of this.#taken()) this.#outside.add(name);
    this.#began = performance.now();
  }

  end(name: string): void {
    const seconds = Math.round(performance.now() - this.#began) / 1000;
    this.#cases[name] = { seconds, functions: this.#taken() };
  }

  /** Writes the record of a test file. */
  write(file: string): void {
    this.begin();
    this.#cases[outsideCases] = { seconds: 0, functions: [...this.#outside].sort() };
    mkdirSync(enteredFolder, { recursive: true });
    writeFileSync(join(enteredFolder, `${file.replaceAll('/', '+')}.json`), JSON.stringify(this.#cases));
    this.#session.post('Profiler.stopPreciseCoverage');
    this.#session.disconnect();
  }
}
