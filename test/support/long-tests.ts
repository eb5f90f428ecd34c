/**
 * Long tests, which take half of the time of all. Every night runs them; a change runs those that it reaches, and a
 * seventh of the others in turn, so that a week covers all.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { root } from './import-graph.js';
import { testsReaching } from './reach.js';

/**
 * Tests that the change of a newcomer is unlikely to break alone: comparisons of engines, large sizes, random programs
 * and killed processes.
 */
const longTests = [
  'test/{fuzz/fuzz,translators/passes,translators/brian/import-properties,translators/{nir,sonata}/errors}.test.ts',
  'test/translators/{neuroml/{export-restored,export/every-fixture,large,renamed},pynn/protocol-fixtures}.test.ts',
  'test/pipeline/{budgets,checkpoint,forged,hostile-texts,results/names-and-units}.test.ts',
  'test/session/{cells-between-runs,open-model}.test.ts',
  'test/cli/{codegen,process,sweep}.test.ts',
  'test/codegen/{hostile-names,wasm/growth,c/{differential,pace}}.test.ts',
  'test/codegen/c/device/{cable-teams,cuda,cuda-project,one-path,opencl-project,strategies}.test.ts',
  'test/fixtures/{brunel-2000,going-on,later-phases,neuroml,targets/{model,mpi,neuroml,pynn}}.test.ts',
  'test/lower/{elements/{any-order,engines,single-cells},features/matrix}.test.ts',
  'test/optimise/{arrivals,integer-weights}.test.ts',
  'test/runtime/targets/{fixed-point,processes,trust,cuda/{compilers,processes,session},mpi/mpi}.test.ts',
  'test/runtime/results/{crash-safety,unwritable}.test.ts',
  'test/interoperability/{lems-export,neuroml-kept}.test.ts',
  'test/{scripts/continuous-integration,site/{documentation,page}}.test.ts',
  'test/ir/library/random.test.ts',
  'test/python/installed.test.ts',
];

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

/** Returns the output of git in the repository; undefined if it fails, as where history is missing. */
export function git(...words: readonly string[]): string | undefined {
  try {
    return execFileSync('git', words, { cwd: root, encoding: 'utf8', stdio: 'pipe', maxBuffer: 1 << 28 }).trim();
  } catch {
    return undefined;
  }
}

const lines = (text: string): string[] => text.split('\n').filter(Boolean);

/** Returns the files that differ from those of a commit; undefined where that commit is unknown. */
export function changedSince(commit: string): string[] | undefined {
  const changed = git('diff', '--no-renames', '--name-only', commit);
  return changed === undefined
    ? undefined
    : [...lines(changed), ...lines(git('ls-files', '--others', '--exclude-standard') ?? '')];
}

/** The long tests of a change. */
export interface LongChoice {
  /** Files that run, each with the reason. */
  readonly run: ReadonlyMap<string, string>;
  readonly left: readonly string[];
}

/**
 * Chooses long tests.
 *
 * @param reached tests that reach a change since the last night; undefined if the changes are unknown
 * @param day     a number that grows by one each day
 */
export function chooseLong(
  files: readonly string[],
  night: Pick<Nightly, 'broken' | 'seconds'> | undefined,
  reached: ReadonlySet<string> | undefined,
  day: number,
): LongChoice {
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
  const turns = sevenths(files, night?.seconds ?? {});
  for (const file of rest) if (turns.get(file) === day % 7) run.set(file, 'it is its turn');
  return { run, left: rest.filter((file) => !run.has(file)) };
}

/** Returns the day of the week of each file, so that all days take about equally long. */
function sevenths(files: readonly string[], seconds: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const of = (file: string): number => seconds[file] ?? 0;
  const days = Array.from({ length: 7 }, () => 0);
  // Each file goes to the day that has least so far.
  const longestFirst = [...files].sort((one, other) => of(other) - of(one) || (one < other ? -1 : 1));
  return new Map(
    longestFirst.map((file) => {
      const day = days.indexOf(Math.min(...days));
      // Files that take no time to speak of are spread, too.
      days[day]! += of(file) + 0.1;
      return [file, day];
    }),
  );
}

/** Seconds of the processor from which on a file is long. */
const longTime = 5;

/** Returns the files of long tests: those of the list, and those that took long last night. */
export function longFiles(night = lastNight()): string[] {
  const took = Object.entries(night?.seconds ?? {}).flatMap(([file, seconds]) => (seconds > longTime ? [file] : []));
  const present = took.filter((file) => existsSync(join(root, file)));
  return [...new Set([...globSync(longTests, { cwd: root }), ...present])].sort();
}

/** Returns the choice of long tests for the present files on a day. */
export function longTestsNow(now = Date.now()): LongChoice {
  const night = lastNight();
  const files = longFiles(night);
  const changed = night && changedSince(night.commit);
  const present = lines(git('ls-files', '--cached', '--others', '--exclude-standard') ?? '');
  const repository = {
    files: present.filter((path) => existsSync(join(root, path))),
    text: (path: string): string => readFileSync(join(root, path), 'utf8'),
  };
  const reached = changed && testsReaching(changed, files, repository);
  return chooseLong(files, night, reached, Math.floor(now / 86_400_000));
}
