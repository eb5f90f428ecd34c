/** `interneuron sweep`: a model with varied parameters and seeds, as one table. */

import { availableParallelism } from 'node:os';
import { mkdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { orOutputError } from '../../../runtime/results/output-error.js';
import { DiagnosticError, UsageError, type Diagnostic, type Place } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { formatCount, formatDuration } from '../../diagnostics/quantities.js';
import { shorten } from '../../diagnostics/suggest.js';
import type { ImportedModel } from '../../pipeline/pipeline.js';
import { shareableJson } from '../../pipeline/results/provenance.js';
import type { RunOptions } from '../../pipeline/run-options.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { partOfSweep, pointsOf, readAxis, readSeeds, type Axis, type Point } from '../../sweep/axes.js';
import { runSweep, type SweepRow } from '../../sweep/run-sweep.js';
import { schedulers, sweepScripts } from '../../sweep/scripts.js';
import { rowsToJson, sweepTable, tableText } from '../../sweep/sweep-table.js';
import { standardStream } from '../arguments.js';
import { onlyFile, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { runnerOn } from './run-on.js';
import { formatTable } from '../table.js';
import { cacheOption, readSettings, readThreads } from '../values.js';
import { checkDuration } from './run.js';

/** Rows of the table that a person still reads. */
const mostRows = 40;
/** Parts of generated scripts, unless their number is given. */
const mostParts = 100;

/**
 * Runs all combinations. Ctrl-C stops it; the rows of completed runs are written.
 *
 * @throws DiagnosticError before the first run if a varied name or value is wrong
 */
export async function sweep(context: CommandContext): Promise<number> {
  const { options, terminal } = context;
  const axes = options.values('vary').map(readAxis);
  const points = pointsOf(axes, seedsOf(context));
  const fixed = readSettings(options.values('set'));
  const both = axes.find(({ name }) => Object.hasOwn(fixed, name));
  if (both) throw new UsageError(`${shorten(both.name)} is in --vary and in --set`, 'leave out one of them');
  const outputs = outputsOf(context);
  const model = (point: Point): Promise<ImportedModel> =>
    context.model(onlyFile(context), {
      set: { ...fixed, ...point.set },
      ...(point.seed === undefined ? {} : { seed: point.seed }),
    });
  const first = await checkedFirst(axes, points, model);
  context.show(first.diagnostics);
  checkDuration(first, options.value('dt') !== undefined);
  if (options.value('emit') !== undefined) return emit(context, points.length, outputs);
  const elsewhere = runnerOn(context);
  const part = options.value('part');
  const chosen = part === undefined ? points : partOfSweep(part, points);
  const width = String(points.length).length;
  const fileOf = ({ number }: Point): string =>
    join(outputs.folder ?? '', `run-${String(number).padStart(width, '0')}.nwb`);
  const files = outputs.folder === undefined ? [] : chosen.map(fileOf);
  const tables = outputs.tables.filter((path) => path !== standardStream);
  await refuseToReplace([...tables, ...files], options.flag('force'));
  if (outputs.folder !== undefined) makeFolder(outputs.folder);
  const progress = context.json || context.quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping; the rows of completed runs are kept');
  const began = performance.now();
  let rows: readonly SweepRow[];
  try {
    interruption.onProgress('run', 0);
    rows = await runSweep(chosen, {
      jobs: jobsOf(context, chosen.length),
      ...(elsewhere === undefined ? {} : { elsewhere }),
      model,
      run: (point) => runOptions(context, point, outputs.folder === undefined ? [] : [fileOf(point)]),
      onProgress: (fraction) => interruption.onProgress('run', fraction),
      signal: interruption.signal,
    });
  } finally {
    progress.stop();
    interruption.stop();
  }
  const populations = Object.keys(first.valid.model.populations);
  const table = sweepTable(axes, populations, rows, outputs.folder !== undefined);
  for (const path of tables)
    writeText(path, extname(path) === '.json' ? shareableJson({ runs: rowsToJson(rows) }) : tableText(table));
  if (tables.length < outputs.tables.length) terminal.stdout.write(tableText(table));
  if (context.json) printJson(terminal, { runs: rowsToJson(rows), outputs: tables });
  for (const { number, diagnostics } of rows) context.show(diagnostics.map((finding) => inRun(number, finding)));
  context.say(summary(table, rows, chosen.length, (performance.now() - began) / 1000, tables));
  if (rows.length < chosen.length) return interruption.exitCode();
  return rows.some(({ outcome }) => outcome !== 'complete') ? exitCodes.wrong : exitCodes.done;
}

/** Returns the given seeds. @throws UsageError */
function seedsOf({ options }: CommandContext): readonly string[] {
  const [seed, seeds] = [options.value('seed'), options.value('seeds')];
  if (seed !== undefined && seeds !== undefined)
    throw new UsageError('--seed and --seeds cannot be combined', 'give --seeds first:last');
  return seeds === undefined ? (seed === undefined ? [] : [seed]) : readSeeds(seeds);
}

interface Outputs {
  /** Tables to write. */
  readonly tables: readonly string[];
  /** Folder for the files of runs, or for scripts. */
  readonly folder?: string;
}

/** Returns tables by their suffix, and the folder. @throws UsageError for another file, or a second folder */
function outputsOf({ options }: CommandContext): Outputs {
  const paths = options.values('output');
  const isTable = (path: string): boolean => path === standardStream || /\.(csv|json)$/i.test(path);
  const tables = paths.filter(isTable);
  const [folder, other] = paths.filter((path) => !isTable(path));
  if (other !== undefined) throw new UsageError('a sweep writes to one folder', `leave out ${shorten(other)}`);
  if (folder === undefined) return { tables };
  if (/\.(nwb|h5)$/i.test(folder))
    throw new UsageError(
      `a sweep has a file for each run, and ${shorten(folder)} is one file`,
      'name a folder for the files (-o runs), or a table (-o table.csv)',
    );
  const isPart = options.value('part') !== undefined;
  return { folder, tables: tables.length > 0 || isPart ? tables : [join(folder, 'table.csv')] };
}

const makeFolder = (path: string): void => void orOutputError(path, () => mkdirSync(path, { recursive: true }));

/**
 * Reads the model with each value of each axis, so that a wrong name or value is reported before the first run.
 *
 * @returns the model of the first point
 */
async function checkedFirst(
  axes: readonly Axis[],
  points: readonly Point[],
  model: (point: Point) => Promise<ImportedModel>,
): Promise<ImportedModel> {
  const [first] = points;
  if (!first) throw new UsageError('the sweep has no runs');
  try {
    const imported = await model(first);
    for (const { name, values } of axes)
      for (const value of values.slice(1)) await model({ ...first, set: { ...first.set, [name]: value } });
    return imported;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    throw new DiagnosticError(error.diagnostics.map((finding) => asVaried(axes, finding)));
  }
}

/** Returns a finding with `--vary` as its place, if it is about a varied value. */
function asVaried(axes: readonly Axis[], finding: Diagnostic): Diagnostic {
  const renamed = (place: Place): Place =>
    axes.some(({ name }) => place.document.startsWith(`--set ${name}=`))
      ? { ...place, document: place.document.replace('--set', '--vary') }
      : place;
  return {
    ...finding,
    ...(finding.place ? { place: renamed(finding.place) } : {}),
    ...(finding.related ? { related: finding.related.map((part) => ({ ...part, place: renamed(part.place) })) } : {}),
  };
}

const inRun = (number: number, finding: Diagnostic): Diagnostic => ({
  ...finding,
  message: `run ${number}: ${finding.message}`,
});

/** Runs at the same time: one a core, or one on a device. */
function jobsOf({ options }: CommandContext, runs: number): number {
  const text = options.value('jobs');
  const given = text === undefined ? undefined : readJobs(text);
  const onDevice = ['opencl', 'cuda'].includes(options.value('target') ?? '');
  return Math.max(1, Math.min(given ?? (onDevice ? 1 : availableParallelism()), runs));
}

function readJobs(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--jobs cannot be ${shorten(text)}`, 'give a number of runs at the same time, such as 2');
}

function runOptions(context: CommandContext, point: Point, outputs: readonly string[]): RunOptions {
  const { options, terminal } = context;
  const target = options.value('target');
  const device = options.value('device');
  return {
    outputs,
    precision: options.value('precision') === 'float32' ? 'float32' : 'float64',
    threads: readThreads(options.value('threads')) ?? 1,
    command: commandOf(context, point),
    environment: !options.flag('no-environment'),
    ...cacheOption(terminal),
    force: options.flag('force'),
    ...(target === undefined ? {} : { target }),
    ...(device === undefined ? {} : { device }),
  };
}

/** Options of the sweep as a whole, not of its runs. */
const ofSweep = ['vary', 'seeds', 'seed', 'jobs', 'part', 'emit', 'output', 'force', 'json', 'quiet', 'no-environment'];

/** Returns the words of the command that runs one point. */
function commandOf(context: CommandContext, { set, seed }: Point): readonly string[] {
  const settings = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  return [
    'interneuron',
    'run',
    ...wordsWithout(context, ofSweep).slice(1),
    ...settings,
    ...(seed === undefined ? [] : ['--seed', seed]),
  ];
}

/** Returns the words of the command without some options and their values. */
function wordsWithout({ words }: CommandContext, names: readonly string[]): readonly string[] {
  const flags = ['force', 'json', 'quiet'];
  const short: Readonly<Record<string, string>> = { '-o': '--output', '-q': '--quiet' };
  const nameOf = (word: string): string | undefined =>
    names.find((name) => (short[word] ?? word) === `--${name}` || word.startsWith(`--${name}=`));
  return words.filter((word, k) => {
    const before = words[k - 1];
    const earlier = before === undefined ? undefined : nameOf(before);
    const isValue = before !== undefined && earlier !== undefined && !flags.includes(earlier) && !before.includes('=');
    return nameOf(word) === undefined && !isValue && !/^-o./.test(word);
  });
}

/** Refuses texts that lines of scripts and rules of Snakemake cannot hold. @throws UsageError */
function refuseInScripts(scheduler: string, folder: string, words: readonly string[]): void {
  for (const text of [folder, ...words])
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text))
      throw new UsageError(
        `${shorten(text)} has a line break or another control character`,
        'choose another name for --emit',
      );
  if (scheduler === 'snakemake' && /[{}]/.test(folder))
    throw new UsageError(`${shorten(folder)} has braces, which are wildcards in Snakemake`, 'choose another folder');
}

/** Writes scripts for another program. @throws UsageError without a folder */
async function emit(context: CommandContext, runs: number, { folder }: Outputs): Promise<number> {
  const { options } = context;
  const scheduler = schedulers.find((name) => name === options.value('emit'));
  if (folder === undefined || !scheduler) throw new UsageError('--emit needs a folder', 'name one, such as -o sweep');
  const text = options.value('jobs');
  const parts = Math.min(runs, text === undefined ? mostParts : readJobs(text));
  if (onlyFile(context) === standardStream)
    throw new UsageError('--emit needs a model in a file', 'the generated files name it');
  const words = wordsWithout(context, ['emit', 'jobs', 'output', 'force', 'json', 'quiet', 'part']);
  refuseInScripts(scheduler, folder, words);
  const scripts = sweepScripts(scheduler, {
    words: ['interneuron', ...words],
    // Programs would read such a name as an option, or as an assignment of awk.
    folder: /^-|^[^/]*=/.test(folder) ? `./${folder}` : folder,
    parts,
  });
  const paths = [...scripts.keys()].map((name) => join(folder, name));
  await refuseToReplace(paths, options.flag('force'));
  makeFolder(folder);
  for (const [name, content] of scripts) writeText(join(folder, name), content);
  if (context.json) printJson(context.terminal, { runs, parts, outputs: paths });
  context.say(
    [
      `${formatCount(runs)} runs in ${formatCount(parts)} parts`,
      ...paths.map((path) => `wrote  ${printable(path)}`),
    ].join('\n'),
  );
  return exitCodes.done;
}

function summary(
  { headings, lines }: ReturnType<typeof sweepTable>,
  rows: readonly SweepRow[],
  runs: number,
  seconds: number,
  tables: readonly string[],
): string {
  const shown = headings.map((heading) => heading !== 'file' && heading !== 'outcome');
  const short = (text: string, k: number): string => {
    if (headings[k] === 'fingerprint') return text.slice(0, 12);
    return headings[k]?.endsWith('.rate_Hz') && text !== '' ? Number(text).toFixed(2) : text;
  };
  const columns = headings.filter((_, k) => shown[k]).map((heading) => ({ heading, align: 'right' as const }));
  const cells = lines.map((line) => line.map(short).filter((_, k) => shown[k]));
  const wrong = rows.filter(({ outcome }) => outcome !== 'complete').length;
  return [
    ...formatTable(columns, cells.slice(0, mostRows)),
    ...(cells.length > mostRows
      ? [`and ${formatCount(cells.length - mostRows)} more rows; -o table.csv has them all`]
      : []),
    '',
    `completed    ${formatCount(rows.length - wrong)} of ${formatCount(runs)} runs`,
    ...tables.map((path) => `wrote        ${printable(path)}`),
    `time         ${formatDuration(seconds)}`,
  ].join('\n');
}
