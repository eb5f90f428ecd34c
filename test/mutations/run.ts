/**
 * Tries seeded faults: `npx tsx test/mutations/run.ts [FAULT...]`, by their numbers in `faults.json`, or all.
 *
 * Each fault is put into a copy of the present commit. It is found by the first failing one of: the documents of
 * `test/fixtures/targets`, then tests that import its source, tests of its folder and of the folders around it, and all
 * short tests. `out/mutations.json` keeps what was found, and later calls go on from there.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { globSync } from 'tinyglobby';
import { importGraph, root, sourceFiles } from '../support/import-graph.js';
import { isLong, lastNight } from '../support/long-tests.js';
import { faultsPath, withFault, type Fault } from './faults.js';

const seconds = lastNight()?.seconds ?? {};
/** Seconds of files that are tried first if they are near. */
const longest = 20;

/** Sources that no document on WebAssembly enters. */
const isElsewhere = /^src\/(?:convert|codegen\/(?:c|mpi)|ir\/evaluate)/;

const imports = importGraph(sourceFiles(['test']));
const isTest = (file: string): boolean => file.endsWith('.test.ts');

/** Returns groups of tests, the nearest first: those that import a source, those of the folders around it, others. */
function nearestTests(file: string): string[][] {
  const groups = [[...imports].flatMap(([test, targets]) => (isTest(test) && targets.includes(file) ? [test] : []))];
  for (let folder = dirname(relative('src', file)); folder !== '.'; folder = dirname(folder))
    groups.push([...imports.keys()].filter((test) => isTest(test) && test.startsWith(`test/${folder}/`)));
  // Short tests run for each change.
  groups.push([...imports.keys()].filter((test) => isTest(test) && !isLong(test)));
  const seen = new Set<string>();
  return groups.map((group) => {
    const tests = group.filter((test) => !seen.has(test) && (seconds[test] ?? 0) <= longest);
    for (const test of tests) seen.add(test);
    return tests.sort((one, other) => (seconds[one] ?? 0) - (seconds[other] ?? 0));
  });
}

/** Runs a command in the copy. Returns its output if it fails. */
function failure(copy: string, words: readonly string[]): string | undefined {
  const env = { ...process.env, INTERNEURON_TESTS: 'usual', CI: 'true', NO_COLOR: '1' };
  const options = { cwd: copy, encoding: 'utf8', env, maxBuffer: 1 << 28 } as const;
  // Of the processor: an endless loop ends, too.
  const limited = ['-c', 'ulimit -t 900; exec npx "$@"', 'npx', ...words];
  const { status, stdout, stderr } = spawnSync('bash', limited, options);
  return status === 0 ? undefined : stdout + stderr;
}

/** Returns which test finds a fault that is in the copy; undefined if none does. */
function finder(copy: string, { file }: Fault): string | undefined {
  const documents = isElsewhere.test(file) ? undefined : failure(copy, ['tsx', 'test/mutations/documents.ts']);
  if (documents !== undefined) return `test/fixtures/targets: ${documents.trim()}`;
  for (const tests of nearestTests(file)) {
    if (tests.length === 0) continue;
    const failed = failure(copy, ['vitest', 'run', '--bail', '1', ...tests]);
    if (failed !== undefined) return /FAIL\s+(.*)/.exec(failed)?.[1] ?? failed.slice(-300);
  }
  return undefined;
}

const faults = JSON.parse(readFileSync(faultsPath, 'utf8')) as readonly Fault[];
const resultsPath = join(root, 'out/mutations.json');
const results: Record<string, string> = existsSync(resultsPath)
  ? (JSON.parse(readFileSync(resultsPath, 'utf8')) as Record<string, string>)
  : {};
const asked = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [...faults.keys()];

const copy = mkdtempSync(join(tmpdir(), 'interneuron-mutations-'));
try {
  execFileSync('git', ['worktree', 'add', '--quiet', '--detach', '--force', copy], { cwd: root });
  for (const name of ['node_modules', ...globSync('.venv*', { cwd: root, onlyDirectories: true, deep: 1, dot: true })])
    symlinkSync(join(root, name), join(copy, name.replace(/\/$/, '')));
  for (const number of asked) {
    if (String(number) in results) continue;
    const fault = faults[number]!;
    const path = join(copy, fault.file);
    const text = readFileSync(path, 'utf8');
    const faulty = withFault(text, fault);
    if (faulty !== undefined) writeFileSync(path, faulty);
    const found = faulty === undefined ? 'the line is gone' : (finder(copy, fault) ?? 'not found');
    writeFileSync(path, text);
    results[number] = found;
    writeFileSync(resultsPath, `${JSON.stringify(results, undefined, 2)}\n`);
    process.stdout.write(`${number} ${fault.file}:${fault.line} ${fault.kind}: ${found}\n`);
  }
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', copy], { cwd: root });
  rmSync(copy, { recursive: true, force: true });
}
