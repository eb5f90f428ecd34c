/**
 * Which cases of long tests enter which functions, `test/recorded/entered.json`, and the cases that a change needs.
 * `scripts/nightly.ts record` writes it after a night.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { enteredFolder, outsideCases, type EnteredFile } from './entered.js';
import { root } from './import-graph.js';
import { affectedBy } from './affected.js';
import type { Repository } from './reach.js';
import { differenceOf } from './units.js';

/** Cases of a file that are recorded for each function, and run if it changes: the shortest, at least so many. */
const enough = 4;
/** As many if they take no longer together, in s. */
const most = { cases: 12, seconds: 3 } as const;
/** Of a change of more functions than these, half as many cases run for each, since a case enters many. */
const many = 40;

/** The cases of a test file. */
interface EnteredCases {
  /** Whole names, from the shortest case on. */
  readonly cases: readonly string[];
  /** Seconds of each case. */
  readonly seconds: readonly number[];
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

const numbersIn = (ranges: string): number[] =>
  ranges.split(' ').flatMap((range) => {
    const [begin = 0, end = begin] = range.split('-').map(Number);
    return Array.from({ length: end - begin + 1 }, (_, k) => begin + k);
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
    const { [outsideCases]: outside, ...cases } = record;
    const shortest = Object.entries(cases).sort(([, one], [, other]) => one.seconds - other.seconds);
    if (outside) shortest.push([outsideCases, outside]);
    const first = new Map<string, { numbers: number[]; seconds: number }>();
    for (const [k, [title, one]] of shortest.entries())
      for (const name of one.functions) {
        const { numbers: known, seconds } = first.get(name) ?? { numbers: [], seconds: 0 };
        const together = seconds + one.seconds;
        const isMore = known.length < enough || (known.length < most.cases && together <= most.seconds);
        if (title === outsideCases ? known.length === 0 : isMore)
          first.set(name, { numbers: [...known, k], seconds: together });
      }
    const groups = new Map<string, string[]>();
    for (const name of [...first.keys()].sort()) {
      const cases = first.get(name)!.numbers.join(' ');
      groups.set(cases, [...(groups.get(cases) ?? []), name]);
    }
    const entered = [...groups].map(([numbered, names]) => [
      numbered,
      rangesOf(names.map((name) => numbers.get(name)!)),
    ]);
    const [titles, seconds] = [shortest.map(([name]) => name), shortest.map(([, one]) => one.seconds)];
    return [file, { cases: titles, seconds, entered: Object.fromEntries(entered) }];
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

/** A change of a repository. */
export interface Change {
  /** Changed files. */
  readonly files: readonly string[];
  /** Returns the text of a file before; undefined where it is missing. */
  before(file: string): string | undefined;
  readonly after: Repository;
}

const isSource = (path: string): boolean => /^(?:src|translators|runtime)\/.*\.ts$/.test(path);

/**
 * Returns cases, given by number, of which every list has a share, with little time.
 *
 * @param lists cases of each function
 */
function covering(lists: readonly (readonly number[])[], seconds: readonly number[], share: number): Set<number> {
  const open = lists.map((list) => ({ list, missing: Math.ceil(share * list.length) }));
  const chosen = new Set<number>();
  for (;;) {
    const gains = new Map<number, number>();
    for (const { list, missing } of open)
      if (missing > 0) for (const k of list) if (!chosen.has(k)) gains.set(k, (gains.get(k) ?? 0) + 1);
    const worth = ([k, gain]: readonly [number, number]): number => gain / (seconds[k]! + 0.1);
    const [best] = [...gains].sort((one, other) => worth(other) - worth(one))[0] ?? [];
    if (best === undefined) return chosen;
    chosen.add(best);
    for (const one of open) if (one.list.includes(best)) one.missing -= 1;
  }
}

/**
 * Returns the cases of test files that a change needs; files of which all cases run are missing.
 *
 * @param reaching returns the test files that reach one of several files
 */
export function neededCases(
  { functions, tests }: EnteredMap,
  { files, before, after }: Change,
  reaching: (files: readonly string[]) => ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const numbers = new Map(
    Object.entries(functions)
      .flatMap(([file, names]) => names.map((name) => `${file}#${name}`))
      .map((name, k) => [name, k]),
  );
  const present = new Set(after.files);
  const sources = files.filter(isSource);
  const differences = sources.map((file) => {
    const texts = [before(file) ?? '', present.has(file) ? after.text(file) : ''] as const;
    return [file, differenceOf(...texts)] as const;
  });
  // What runs outside of cases may run only when a source is loaded.
  const byCases = Object.values(tests).flatMap(({ cases, entered }) =>
    Object.entries(entered).flatMap(([own, ranges]) => (cases[Number(own)] === outsideCases ? [] : numbersIn(ranges))),
  );
  const inCases = new Set(byCases);
  const affected = affectedBy(new Map(differences), after, (name) => inCases.has(numbers.get(name) ?? -1));
  // What is no source needs all cases that read it.
  const all = reaching([...affected.whole, ...files.filter((file) => !isSource(file))]);
  const entered = new Set([...affected.functions].flatMap((name) => numbers.get(name) ?? []));
  const needed = new Map<string, ReadonlySet<string>>();
  for (const [test, record] of Object.entries(tests)) {
    if (all.has(test)) continue;
    const lists = Object.entries(record.entered).flatMap(([cases, ranges]) =>
      numbersIn(ranges).some((number) => entered.has(number)) ? [cases.split(' ').map(Number)] : [],
    );
    const chosen = covering(lists, record.seconds, entered.size > many ? 0.5 : 1);
    const names = new Set([...chosen].map((k) => record.cases[k]!));
    if (!names.has(outsideCases)) needed.set(test, names);
  }
  return needed;
}
