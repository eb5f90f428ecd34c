/** Records which functions of our sources each case of a test file enters, or the whole file. */

import { Session, type Profiler } from 'node:inspector';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './import-graph.js';
import { processorSeconds } from './processor-time.js';

/** As patterns: who imports this file would reach the tests by their paths. */
const patterns = [
  /^test\/compare\/(?:common-fluctuations|compare|pairs|patterns)\.test\.ts$|^test\/tables\/edge-tables\.test\.ts$/,
  /^test\/fixtures\/(?:cortical-microcircuit|documents|going-on|later-phases|matrix|neuroml|targets\/(?:brian|model|neuroml|pynn))\.test\.ts$/,
  /^test\/interoperability\/(?:brian-distributions|brian-plasticity|lems-validity|peers)\.test\.ts$/,
  /^test\/lower\/features\/matrix\.test\.ts$/,
  /^test\/simulators\/recorded-variables\.test\.ts$/,
  /^test\/translators\/(?:constructs|neuroml\/(?:export\/neuroml-files|hdf5\/write)|passes|pynn\/(?:cells|fixtures|protocol-fixtures))\.test\.ts$/,
  /^test\/verify\/(?:ledger|limit|limit-changes|measure|why-different)\.test\.ts$/,
];

/** Returns whether the cases of a long test do not depend on each other, so that a change needs only some of them. */
export const isChosenByCase = (file: string): boolean => patterns.some((pattern) => pattern.test(file));

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
    this.#began = processorSeconds();
  }

  end(name: string): void {
    const seconds = Math.round(1000 * (processorSeconds() - this.#began)) / 1000;
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
