/**
 * The results of the last night, `test/nightly.json`:
 *
 *     npx tsx scripts/nightly.ts age             says how old they are, and fails when they are too old
 *     npx tsx scripts/nightly.ts broken          lists the test files in which a thorough test failed
 *     npx tsx scripts/nightly.ts unformatted     lists files whose format may have changed, or the folder if all may
 *     npx tsx scripts/nightly.ts site            succeeds if the documentation site is to be built anew
 *     npx tsx scripts/nightly.ts record [REPORT] writes them, from vitest's report of all tests at the present commit,
 *                                                `out/tests.json`, with the fingerprints of all documents and the
 *                                                functions that cases enter, if this run has found them
 *     npx tsx scripts/nightly.ts mended [REPORT] takes files that failed then and pass in a later report off the list
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { globSync } from 'tinyglobby';
import { changedSince, git } from '../test/support/changes.js';
import { lastNight, nightlyPath, type Nightly } from '../test/support/long-tests.js';
import { durationsPath } from '../test/support/durations.js';
import { importsOf, root } from '../test/support/import-graph.js';

/** A report of vitest's reporter `json`, as far as it is read. */
interface Report {
  readonly startTime: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** The oldest results with which a change is taken. */
const limits = { days: 7, commits: 300 } as const;

/**
 * Returns the age of results in words, and whether they are too old.
 *
 * @param commits how many commits followed the tested one; undefined if the history is not here
 */
export function ageOf(
  night: Nightly | undefined,
  now: number,
  commits: number | undefined,
): { readonly says: string; readonly isTooOld: boolean } {
  if (night === undefined) return { says: 'test/nightly.json is not here, so all long tests run', isTooOld: false };
  const { date, effort, passed, failed, skipped } = night;
  const days = Math.floor((now - Date.parse(date)) / 86_400_000);
  const isTooOld = days > limits.days || (commits ?? 0) > limits.commits;
  const past = commits === undefined ? 'an unknown number of commits' : `${commits} commits`;
  const found = `${passed} passed, ${failed} failed, ${skipped} skipped in ${effort} tests`;
  const hint = isTooOld
    ? `\nIt may be ${limits.days} days and ${limits.commits} commits old: .ci/nightly writes it anew`
    : '';
  return { says: `test/nightly.json is ${days} days and ${past} old: ${found}${hint}`, isTooOld };
}

/** Returns the results that a report states. @param durations seconds of files, with what is done before their tests */
export function nightOf(
  { startTime, testResults }: Report,
  { commit, effort, durations }: { commit: string; effort: string; durations: Readonly<Record<string, number>> },
): Nightly {
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (status: string): number => statuses.filter((one) => one === status).length;
  const files = testResults.map(({ name, startTime: began, endTime, ...rest }) => {
    const file = relative(root, name);
    return { ...rest, file, seconds: durations[file] ?? Math.round((endTime - began) / 100) / 10 };
  });
  files.sort((one, other) => (one.file < other.file ? -1 : 1));
  return {
    commit,
    date: new Date(startTime).toISOString(),
    effort,
    passed: count('passed'),
    failed: count('failed'),
    skipped: statuses.length - count('passed') - count('failed'),
    broken: files.filter(({ status }) => status === 'failed').map(({ file }) => file),
    seconds: Object.fromEntries(files.map(({ file, seconds }) => [file, seconds])),
  };
}

/** Returns the results of a night without the test files that failed then and pass in a later report. */
export function mendedBy({ testResults }: Pick<Report, 'testResults'>, night: Nightly): Nightly {
  const passing = testResults.filter(({ status }) => status === 'passed').map(({ name }) => relative(root, name));
  return { ...night, broken: night.broken.filter((file) => !passing.includes(file)) };
}

/** Returns those of changed files from which the documentation site is built: pages, schemas and interfaces. */
export function siteSources(changed: readonly string[], library: string): string[] {
  const interfaces = ['src/index.ts', ...importsOf('src/index.ts', library)];
  const folders =
    /^(?:docs|schemas|site|python\/[\w-]+\/src)\/|^scripts\/(?:docs|page|message-pages|schema-reference)\./;
  return changed.filter((path) => folders.test(path) || interfaces.includes(path));
}

/** Returns whether the site is built: always, unless only what a change needs is tested. */
function buildsSite(): boolean {
  const night = lastNight();
  const changed = process.env['INTERNEURON_TESTS'] === 'change' && night ? changedSince(night.commit) : undefined;
  if (changed === undefined) return true;
  const sources = siteSources(changed, readFileSync(join(root, 'src/index.ts'), 'utf8'));
  process.stdout.write(`${sources.length} sources of the documentation site have changed since the last night\n`);
  return sources.length > 0;
}

/** Returns the changed files that may be formatted otherwise; all if formatting itself may have changed. */
export function unformatted(changed: readonly string[] | undefined): readonly string[] {
  if (changed === undefined || changed.some((path) => /^(?:\.prettier|package(?:-lock)?\.json)/.test(path)))
    return ['.'];
  return ['package.json', ...changed.filter((path) => existsSync(path))];
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const writeNight = (night: Nightly): void => writeFileSync(nightlyPath, `${JSON.stringify(night, undefined, 2)}\n`);

async function main([action, path = 'out/tests.json']: readonly string[]): Promise<number> {
  if (action === 'age') {
    const night = lastNight();
    const commits = night && git('rev-list', '--count', `${night.commit}..HEAD`);
    const { says, isTooOld } = ageOf(night, Date.now(), commits === undefined ? undefined : Number(commits));
    process.stdout.write(`${says}\n`);
    return isTooOld ? 1 : 0;
  }
  if (action === 'broken') {
    const { effort = '', broken = [] } = lastNight() ?? {};
    // Usual tests that failed run again among all others.
    if (effort === 'thorough') for (const file of broken) process.stdout.write(`${file}\n`);
    return 0;
  }
  if (action === 'unformatted') {
    const night = lastNight();
    for (const file of unformatted(night && changedSince(night.commit))) process.stdout.write(`${file}\n`);
    return 0;
  }
  if (action === 'site') return buildsSite() ? 0 : 1;
  if (action === 'mended') {
    const night = lastNight();
    if (night === undefined) return 1;
    const mended = mendedBy(readJson(path) as Report, night);
    writeNight(mended);
    process.stdout.write(`of ${night.broken.length} test files that failed, ${mended.broken.length} are left\n`);
    return 0;
  }
  if (action !== 'record') {
    const actions = 'age | broken | unformatted | site | record [REPORT] | mended [REPORT]';
    process.stderr.write(`usage: npx tsx scripts/nightly.ts ${actions}\n`);
    return 2;
  }
  const durations = existsSync(durationsPath) ? (readJson(durationsPath) as Readonly<Record<string, number>>) : {};
  const effort = process.env['INTERNEURON_TESTS'] ?? 'usual';
  const night = nightOf(readJson(path) as Report, { commit: git('rev-parse', 'HEAD') ?? '', effort, durations });
  const missing = globSync('test/**/*.test.ts', { cwd: root }).filter((file) => !(file in night.seconds));
  if (missing.length > 0) {
    process.stderr.write(
      `${path} lacks ${missing.length} test files, such as ${missing[0]}: it is no report of all tests\n`,
    );
    return 1;
  }
  writeNight(night);
  // Only here engines and a compiler are needed.
  const { recordRuns } = await import('../test/fixtures/night.js');
  const { writeMap } = await import('../test/support/entered-map.js');
  recordRuns(night);
  writeMap(night.commit);
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2));
