/**
 * Which cases of long tests enter which functions, `test/recorded/entered.json`, and the cases that a change needs.
 * `scripts/nightly.ts record` writes it after a night.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enteredFolder, type EnteredFile } from './entered.js';
import { root } from './import-graph.js';
import { changedFunctions } from './units.js';

/** Cases of a file that run for each changed function, from the shortest on. */
const enough = 4;

/** The cases of a test file. */
interface EnteredCases {
  /** Whole names, from the shortest case on. */
  readonly cases: readonly string[];
  /** Numbers of functions, by the numbers of the first cases that enter them, such as `{ "0 2": "7-9 12" }`. */
  readonly entered: Readonly<Record<string, string>>;
}

export interface EnteredMap {
  /** The commit that was tested. */
  readonly commit: string;
  /** Names of functions by file, numbered in this order. */
  readonly functions: Readonly<Record<string, readonly string[]>>;
  readonly tests: Readonly<Record<string, EnteredCases>>;
}

const mapPath = join(root, 'test/recorded/entered.json');

/** Returns the recorded map, or undefined if there is none. */
export const enteredMap = (): EnteredMap | undefined =>
  existsSync(mapPath) ? (JSON.parse(readFileSync(mapPath, 'utf8')) as EnteredMap) : undefined;

/** Returns ascending numbers in words, such as `7-9 12`. */
function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([begin, end]) => (begin === end ? `${begin}` : `${begin}-${end}`)).join(' ');
}

const isIn = (number: number, ranges: string): boolean =>
  ranges.split(' ').some((range) => {
    const [begin, end = begin] = range.split('-').map(Number);
    return begin! <= number && number <= end!;
  });

/** Returns the map of recorded test files. */
export function mapOf(commit: string, files: Readonly<Record<string, EnteredFile>>): EnteredMap {
  const all = new Set(Object.values(files).flatMap((cases) => Object.values(cases).flatMap((one) => one.functions)));
  const sorted = [...all].sort();
  const numbers = new Map(sorted.map((name, number) => [name, number]));
  const functions: Record<string, string[]> = {};
  for (const name of sorted)
    (functions[name.slice(0, name.indexOf('#'))] ??= []).push(name.slice(name.indexOf('#') + 1));
  const tests = Object.entries(files).map(([file, record]) => {
    const shortest = Object.entries(record).sort(([, one], [, other]) => one.seconds - other.seconds);
    const first = new Map<string, number[]>();
    for (const [k, [, one]] of shortest.entries())
      for (const name of one.functions) {
        const known = first.get(name) ?? [];
        if (known.length < enough) first.set(name, [...known, k]);
      }
    const groups = new Map<string, string[]>();
    for (const name of [...first.keys()].sort()) {
      const cases = first.get(name)!.join(' ');
      groups.set(cases, [...(groups.get(cases) ?? []), name]);
    }
    const entered = [...groups].map(([cases, names]) => [cases, rangesOf(names.map((name) => numbers.get(name)!))]);
    return [file, { cases: shortest.map(([name]) => name), entered: Object.fromEntries(entered) }];
  });
  return { commit, functions, tests: Object.fromEntries(tests) };
}

/** Writes the map of the recorded test files of a run. */
export function writeMap(commit: string): void {
  const files = existsSync(enteredFolder) ? readdirSync(enteredFolder).sort() : [];
  if (files.length === 0) return;
  const records = files.map((file) => [
    file.replaceAll('+', '/').replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(enteredFolder, file), 'utf8')) as EnteredFile,
  ]);
  const map = mapOf(commit, Object.fromEntries(records) as Record<string, EnteredFile>);
  const lines = (record: object): string =>
    Object.entries(record)
      .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(',\n');
  const { functions, tests } = map;
  writeFileSync(
    mapPath,
    `{\n  "commit": "${commit}",\n  "functions": {\n${lines(functions)}\n  },\n  "tests": {\n${lines(tests)}\n  }\n}\n`,
  );
}

/** A change of the sources. */
export interface Change {
  /** Changed files. */
  readonly files: readonly string[];
  /** Returns the text of a file before and after; undefined where it is missing. */
  texts(file: string): { readonly before: string | undefined; readonly after: string | undefined };
}

const isSource = (path: string): boolean => /^(?:src|translators|runtime)\/.*\.ts$/.test(path);

/**
 * Returns the cases of test files that a change needs; files of which all cases run are missing.
 *
 * @param reaching returns the test files that reach one of several files
 */
export function neededCases(
  { functions, tests }: EnteredMap,
  { files, texts }: Change,
  reaching: (files: readonly string[]) => ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const numbers = new Map(
    Object.entries(functions)
      .flatMap(([file, names]) => names.map((name) => `${file}#${name}`))
      .map((name, k) => [name, k]),
  );
  const changed = files.map((file) => {
    const { before, after = '' } = isSource(file) ? texts(file) : { before: undefined };
    // Who calls a new file has changed, too.
    if (isSource(file) && before === undefined) return { file, names: new Set<string>() };
    return { file, names: before === undefined ? undefined : changedFunctions(before, after) };
  });
  // What is outside functions, or is no source, needs all cases that load it.
  const whole = changed.flatMap(({ file, names }) => (names === undefined ? [file] : []));
  const entered = changed.flatMap(({ file, names = [] }) =>
    [...names].flatMap((name) => numbers.get(`${file}#${name}`) ?? []),
  );
  const needed = new Map<string, ReadonlySet<string>>();
  const all = reaching(whole);
  for (const [test, record] of Object.entries(tests)) {
    if (all.has(test)) continue;
    const lists = Object.entries(record.entered).flatMap(([cases, ranges]) =>
      entered.some((number) => isIn(number, ranges)) ? [cases] : [],
    );
    needed.set(test, new Set(lists.flatMap((cases) => cases.split(' ').map((k) => record.cases[Number(k)]!))));
  }
  return needed;
}
