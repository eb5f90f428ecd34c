/**
 * Long tests, which take nine tenths of the time of all. Every night runs them; a change runs those whose subject it
 * reaches, and of some of them only the cases that enter a changed function.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changedSince, git, present } from './changes.js';
import { root } from './import-graph.js';
import { testsReaching, type Repository } from './reach.js';

/** Sources of the core, as the beginning of a path in a pattern. */
const core = 'src/(?:lower|ir|model|codegen|convert|optimise|lang|library|verify|compare)/';

/**
 * Long tests with a subject that is smaller than what they import, and its sources. A change of other sources shows
 * itself in tests of these sources, and in `test/fixtures/targets`.
 */
const subjects: readonly { readonly tests: RegExp; readonly sources: RegExp }[] = [
  {
    // Engines among themselves: what lowering gives them is an input.
    tests:
      /^test\/(?:codegen|runtime\/targets|optimise|matrix)\/|^test\/fixtures\/targets\/mpi|^test\/cli\/codegen|^test\/scripts\/gpu/,
    sources: /^(?:src\/(?:ir|codegen|optimise)|runtime|python)\//,
  },
  {
    // Verdicts are recorded, and measured again where what is converted has changed.
    tests: /^test\/docs\/conversion/,
    sources: /^(?!src\/(?:lower|ir|codegen|optimise|verify|compare|session|cli)\/|runtime\/)/,
  },
  {
    // What commands print.
    tests: /^test\/docs\/transcripts/,
    sources: /^(?!src\/(?:lower|ir|codegen|optimise)\/)/,
  },
  {
    // The program and its pages as a whole, in processes of their own.
    tests:
      /^test\/(?:site|scripts|bundle)\/|^test\/python\/installed|^test\/cli\/(?:process|starting|sweep|bad-input|habits)/,
    sources: new RegExp(`^(?!${core}|translators/)`),
  },
  {
    // What is read from files of all notations.
    tests: /^test\/fuzz\/|^test\/cli\/(?:what-is|bad-)/,
    sources: new RegExp(`^(?!${core})`),
  },
  // Scripts of one simulator, and the package that runs them.
  ...[
    ['brian-device', 'brian', 'brian2'],
    ['pynn-', 'pynn', 'pynn'],
    ['neuron-', 'nmodl', 'neuron'],
  ].map(([tests, notation, own]) => ({
    tests: new RegExp(`^test/python/${tests}`),
    sources: new RegExp(`^(?!${core}|translators/(?!shared|${notation})|python/(?!interneuron/|${own}-))`),
  })),
  {
    // Scripts, and the packages that run them.
    tests: /^test\/python\//,
    sources: new RegExp(`^(?!${core}|translators/(?:neuroml|sonata|nir|swc|nestml)/)`),
  },
  {
    // Results, of which models are only the origin.
    tests: /^test\/(?:compare|tables|runtime\/results|interoperability\/nwb)/,
    sources: /^(?:src\/(?:compare|verify|present|tables|pipeline|cli|hdf5)|runtime\/(?:results|record)|python)\//,
  },
];

/** Returns whether a change of a file may concern a test that reaches it. */
export function concerns(path: string, test: string): boolean {
  const { sources = /^/ } = subjects.find(({ tests }) => tests.test(test)) ?? {};
  return !/^(?:src|translators|runtime|python)\//.test(path) || sources.test(path);
}

/** What the last night found, `test/nightly.json`. `scripts/nightly.ts` writes it. */
export interface Nightly {
  /** The commit that was tested. */
  readonly commit: string;
  /** When its tests began, in UTC. */
  readonly date: string;
  /** The extent of tests, `usual` or `thorough`. */
  readonly effort: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Test files in which a test failed. */
  readonly broken: readonly string[];
  /** Seconds of the processor that each test file took. */
  readonly seconds: Readonly<Record<string, number>>;
}

export const nightlyPath = join(root, 'test/nightly.json');

/** Returns the results of the last night, or undefined without any. */
export const lastNight = (): Nightly | undefined =>
  existsSync(nightlyPath) ? (JSON.parse(readFileSync(nightlyPath, 'utf8')) as Nightly) : undefined;

/** The long tests of a change. */
export interface LongChoice {
  /** Files that run, each with the reason. */
  readonly run: ReadonlyMap<string, string>;
  readonly left: readonly string[];
  /** Cases that run of files that do not run whole, by their whole names. */
  readonly cases: ReadonlyMap<string, RecordedCases>;
}

/** The cases of a file at the last record. */
export interface RecordedCases {
  readonly run: readonly string[];
  /** New cases are not among them. */
  readonly left: readonly string[];
}

/**
 * Chooses long tests.
 *
 * @param reached tests that reach a change since the last night; undefined if the changes are unknown
 */
export function chooseLong(
  files: readonly string[],
  night: Pick<Nightly, 'broken' | 'seconds'> | undefined,
  reached: ReadonlySet<string> | undefined,
): Pick<LongChoice, 'run' | 'left'> {
  const reasonOf = (file: string): string | undefined => {
    if (night === undefined) return 'no night is recorded';
    if (reached === undefined) return 'the changes are unknown';
    if (night.broken.includes(file)) return 'it failed last night';
    if (!(file in night.seconds)) return 'it is new';
    return reached.has(file) ? 'a change reaches it' : undefined;
  };
  const run = new Map<string, string>();
  const rest: string[] = [];
  for (const file of files) {
    const reason = reasonOf(file);
    if (reason === undefined) rest.push(file);
    else run.set(file, reason);
  }
  return { run, left: rest };
}

/** Seconds of the processor from which on a file is long. */
const longTime = 3;

/** Returns whether a test file took long last night. */
export const isLong = (file: string, night = lastNight()): boolean => (night?.seconds[file] ?? 0) > longTime;

/** Returns the files of long tests. */
export const longFiles = (night = lastNight()): string[] =>
  Object.keys(night?.seconds ?? {}).filter((file) => isLong(file, night) && existsSync(join(root, file)));

/** Returns the cases that run of long tests that need not run whole. */
async function casesNow(repository: Repository, night: Nightly): Promise<ReadonlyMap<string, RecordedCases>> {
  // It loads a compiler, which most users of this file do not need.
  const { enteredMap, neededCases } = await import('./entered-map.js');
  const map = enteredMap();
  const changed = map && changedSince(map.commit);
  if (map === undefined || changed === undefined) return new Map();
  const change = { files: changed, before: (path: string) => git('show', `${map.commit}:${path}`), after: repository };
  const needed = neededCases(map, change, (paths) => testsReaching(paths, Object.keys(map.tests), repository));
  return new Map(
    [...needed].flatMap(([test, run]) => {
      // It runs whole after it failed.
      if (night.broken.includes(test)) return [];
      const left = map.tests[test]!.cases.filter((name) => !run.has(name));
      return [[test, { run: [...run], left }] as const];
    }),
  );
}

/** Returns the choice of long tests for the present files. */
export async function longTestsNow(): Promise<LongChoice> {
  const night = lastNight();
  const files = longFiles(night);
  const changed = night && changedSince(night.commit);
  const repository = present();
  const reached = changed && testsReaching(changed, files, repository, concerns);
  const { run, left } = chooseLong(files, night, reached);
  const cases = night ? await casesNow(repository, night) : new Map<string, RecordedCases>();
  // A file without a case that runs is not loaded.
  const isIdle = (file: string): boolean => cases.get(file)?.run.length === 0;
  return {
    run: new Map([...run].filter(([file]) => !isIdle(file))),
    left: [...left, ...[...run.keys()].filter(isIdle)],
    cases,
  };
}
