/**
 * Tests of OMV (Open Source Brain model validation): an `.omt` file names a model, an engine and observables, and an
 * `.mep` file the values that they must have. Tests with jNeuroML run here instead, without Java.
 */

import { itemAt } from '../../diagnostics/entry.js';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { DiagnosticError, UsageError, type Diagnostic, type Finding } from '../../diagnostics/diagnostic.js';
import { isObject } from '../../diagnostics/member.js';
import { unplaced, type Positions } from '../../diagnostics/positions.js';
import { child } from '../../model/pointer.js';
import { readDocument } from '../../model/text/read.js';
import { runModel, validateModel } from '../../pipeline/pipeline.js';
import { temporaryFolder } from '../../platform/temporary-folder.js';
import { messages } from './messages.js';
import { areClose, detectedSpikes, meanRate, numbersIn, type Rows } from './omv-measures.js';
import type { TestOptions, TestVerdict } from './test-model.js';
import { isBoundless } from './tolerances.js';

type Json = Readonly<Record<string, unknown>>;

/** Engines with tests that run here. */
const engines = ['jNeuroML', 'jLEMS', 'jNeuroML_validate'];

/** Checks whether the model of a test is a LEMS file, which an engine runs through jNeuroML or reads itself. */
const readsLems = (engine: string): boolean => /^(?:jNeuroML|PyNeuroML|PyLEMS|EDEN)/i.test(engine);

/** A test that cannot be judged. */
class BadTest extends Error {
  readonly finding: Finding;
  readonly pointer: string;

  constructor(finding: Finding, pointer: string) {
    super(finding.message);
    this.finding = finding;
    this.pointer = pointer;
  }
}

const bad = (why: string, pointer: string): BadTest => new BadTest(messages.badTest(why), pointer);

/**
 * Runs a test of OMV.
 *
 * @param anyEngine whether tests for other engines that read LEMS run here
 * @throws UsageError for an expected file or a model that cannot be read
 */
export async function testOmv(path: string, options: TestOptions, anyEngine = false): Promise<TestVerdict> {
  let [expectations, positions] = [0, unplaced];
  const verdict = (diagnostics: readonly Diagnostic[]): TestVerdict => ({
    document: path,
    outcome: diagnostics.length === 0 ? 'passed' : 'failed',
    expectations,
    diagnostics,
  });
  try {
    const test = documentOf(path, options);
    const { value } = test;
    ({ positions } = test);
    const engine = textOf(value, 'engine', '');
    if (!engines.includes(engine) && !(anyEngine && readsLems(engine)))
      return {
        document: path,
        outcome: 'not checked',
        expectations: 0,
        reason: `it is for ${engine}${readsLems(engine) ? ' (--engine any checks it here)' : ''}`,
        diagnostics: [],
      };
    const target = textOf(value, 'target', '');
    if (engine === 'jNeuroML_validate') {
      expectations = 1;
      return verdict(await validated(path, target));
    }
    const observables = observablesOf(path, value, options);
    expectations = Math.max(1, observables.length);
    const unread = observables.find(({ kind }) => !(kind in kinds));
    if (unread)
      return {
        document: path,
        outcome: 'not checked',
        expectations,
        reason: `its observable ${unread.kind} is not supported`,
        diagnostics: [],
      };
    const found = await observed(path, target, observables, positions, options);
    const diagnostics = engines.includes(engine)
      ? found
      : await explained(found, engine, path, target, observables, options);
    return {
      ...verdict(diagnostics),
      tolerances: observables.map(({ experiment, kind, observable }) => ({
        text: `${experiment}: ${kind}${kind === 'dry' ? '' : ` within ${toleranceOf(observable)} of each value`}`,
        acceptsAll: isBoundless(1, toleranceOf(observable)),
      })),
    };
  } catch (error) {
    if (error instanceof DiagnosticError) return verdict(error.diagnostics);
    if (!(error instanceof BadTest)) throw error;
    return verdict([{ severity: 'error', ...error.finding, place: positions.place(error.pointer) }]);
  }
}

function documentOf(path: string, { read }: TestOptions): { readonly value: Json; readonly positions: Positions } {
  const { value, positions, diagnostics } = readDocument(read(path).text, path);
  if (diagnostics.length > 0) throw new DiagnosticError(diagnostics);
  if (!isObject(value))
    throw new DiagnosticError([
      { severity: 'error', ...messages.badTest('this is not a map'), place: positions.place('') },
    ]);
  return { value, positions };
}

function textOf(map: Json, key: string, pointer: string): string {
  const value = map[key];
  if (typeof value !== 'string' || value.trim() === '') throw bad(`${key} is missing`, pointer);
  return value.trim();
}

function mapOf(map: Json, key: string, pointer: string): Json {
  const value = map[key];
  if (!isObject(value)) throw bad(`${key} is missing`, pointer);
  return value;
}

/** Something that a test measures, and the value that it must have. */
interface Observable {
  readonly experiment: string;
  readonly kind: string;
  readonly observable: Json;
  readonly expected: unknown;
  readonly pointer: string;
  /** Folder of the file with expected values. */
  readonly folder: string;
}

function observablesOf(path: string, test: Json, options: TestOptions): readonly Observable[] {
  if (test['mep'] === undefined) return [];
  const mep = join(dirname(path), textOf(test, 'mep', ''));
  if (!existsSync(mep)) throw bad(`there is no file ${mep}`, '/mep');
  const known = mapOf(documentOf(mep, options).value, 'experiments', '/mep');
  const experiments = mapOf(test, 'experiments', '');
  return Object.keys(experiments).flatMap((experiment) => {
    const pointer = child('/experiments', experiment);
    if (!isObject(known[experiment])) throw bad(`${mep} has no experiment ${experiment}`, pointer);
    const expected = mapOf(known[experiment], 'expected', pointer);
    const observables = mapOf(mapOf(experiments, experiment, pointer), 'observables', pointer);
    return Object.entries(observables).map(([kind, given]): Observable => {
      const place = child(child(pointer, 'observables'), kind);
      if (expected[kind] === undefined && kind !== 'dry')
        throw bad(`${mep} expects no ${kind} of ${experiment}`, place);
      const observable = isObject(given) ? given : {};
      return { experiment, kind, observable, expected: expected[kind], pointer: place, folder: dirname(mep) };
    });
  });
}

// --- Validation -----------------------------------------------------------------------------------------------------
async function validated(path: string, target: string): Promise<readonly Diagnostic[]> {
  const { glob } = await import('tinyglobby');
  const cwd = dirname(path);
  const files = (await glob(target.split(/\s+/), { cwd, expandDirectories: false })).sort();
  if (files.length === 0) throw bad(`no file matches ${target}`, '/target');
  const { readSource } = await import('../../pipeline/read/read-source.js');
  const found: Diagnostic[] = [];
  for (const file of files) {
    try {
      await validateModel(readSource(join(cwd, file)));
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error;
      found.push(...error.diagnostics.filter(({ severity }) => severity === 'error'));
    }
  }
  return found;
}

// --- Runs -----------------------------------------------------------------------------------------------------------
async function observed(
  path: string,
  target: string,
  observables: readonly Observable[],
  positions: Positions,
  options: TestOptions,
): Promise<readonly Diagnostic[]> {
  const model = join(dirname(path), target);
  if (!existsSync(model)) throw bad(`there is no file ${model}`, '/target');
  const { read: _, model: importModel, ...run } = options;
  const folder = temporaryFolder('test');
  try {
    const result = await runModel(await importModel(model, {}), { ...run, outputFolder: folder });
    if (result.kind === 'generated')
      throw new UsageError('the null target runs nothing, so there is nothing to check', 'choose another target');
    result.dispose();
    const fault = result.diagnostics.filter(({ severity }) => severity === 'error');
    if (fault.length > 0) return fault;
    const written = result.outputs.map((file) => relative(folder, file).split(sep).join('/'));
    const contents = (file: string, pointer: string): string => {
      const inside = relative(dirname(model), resolve(dirname(path), file));
      const output = join(folder, inside);
      if (relative(folder, output).startsWith('..') || !existsSync(output))
        throw new BadTest(messages.noFile(file, written), pointer);
      return readFileSync(output, 'utf8');
    };
    return observables.flatMap((observable) => {
      const finding = judged(observable, contents);
      return finding ? [{ severity: 'error' as const, ...finding, place: positions.place(observable.pointer) }] : [];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the differences of a test for another engine with a hint about their cause. Differences that vanish with
 * steps of a tenth are those of forward Euler, by which tests with jNeuroML run.
 */
async function explained(
  found: readonly Diagnostic[],
  engine: string,
  path: string,
  target: string,
  observables: readonly Observable[],
  options: TestOptions,
): Promise<readonly Diagnostic[]> {
  if (!found.some(({ code }) => code === differsCode)) return found;
  const finer: TestOptions = {
    ...options,
    model: async (model, given) => {
      const { dt } = (await options.model(model, given)).valid.model.experiment;
      return options.model(model, { ...given, dt: `${dt / 10} s` });
    },
  };
  const left = await observed(path, target, observables, unplaced, finer);
  const hint = messages.otherEngine(engine, left.length === 0);
  return found.map((one) => (one.code === differsCode ? { ...one, hint } : one));
}

const { code: differsCode } = messages.differs('', '', '');

/** Returns the text of a file that the run wrote. */
type Contents = (file: string, pointer: string) => string;

/** Kinds of observables: how each is measured, and how its expected value is read. */
const kinds: Readonly<Record<string, (observable: Json, pointer: string, contents: Contents) => readonly number[]>> = {
  dry: () => [],
  'spike times': (observable, pointer, contents) => {
    const cells = spikesIn(observable, pointer, contents);
    if (cells.length !== 1) throw bad(`spike times are those of one cell, and there are ${cells.length}`, pointer);
    return itemAt(cells, 0);
  },
  'spike rate': (observable, pointer, contents) => [
    meanRate(spikesIn(observable, pointer, contents), {
      method: observable['method'] === 'duration based' ? 'duration based' : 'isi based',
      start: Number(observable['start_time'] ?? 0),
      end: Number(observable['end_time'] ?? Infinity),
    }),
  ],
  resting: (observable, pointer, contents) => {
    const rows = columnsIn(mapOf(observable, 'file', pointer), pointer, contents);
    const last = rows.slice(-Number(observable['average last'] ?? 1));
    return [last.reduce((sum, row) => sum + (row[1] ?? NaN), 0) / last.length];
  },
  timeseries: (observable, pointer, contents) =>
    columnsIn(mapOf(observable, 'file', pointer), pointer, contents).flat(),
};

/** Returns the tolerance of an observable, relative to the expected value. */
const toleranceOf = (observable: Json): number => Number(observable['tolerance'] ?? 0.1);

function judged(given: Observable, contents: Contents): Finding | null {
  const { experiment, kind, observable, pointer, expected, folder } = given;
  const found = kinds[kind]!(observable, pointer, contents);
  if (kind === 'dry') return null;
  const tolerance = toleranceOf(observable);
  const wanted = expectedNumbers(expected, pointer, (file) => {
    if (existsSync(join(folder, file))) return readFileSync(join(folder, file), 'utf8');
    throw bad(`there is no file ${join(folder, file)}`, pointer);
  });
  if (areClose(found, wanted, tolerance)) return null;
  const at = wanted.findIndex((value, k) => !areClose(found.slice(k, k + 1), [value], tolerance));
  const first = at < 0 ? wanted.length : at;
  const texts = [wanted, found].map((numbers) => valuesAround(numbers, first));
  const part = Math.max(wanted.length, found.length) > 1 ? `value ${first + 1} of ${experiment}` : experiment;
  return messages.differs(`${part}: ${kind}`, `${texts[0]} within ${tolerance} of each`, texts[1] ?? '');
}

/** Returns up to eight values as a text, of which the one at an index is one, and the number of those left out. */
function valuesAround(values: readonly number[], at: number): string {
  const from = at < 8 ? 0 : Math.min(at - 3, Math.max(0, values.length - 8));
  const shown = values.slice(from, from + 8).map((value) => Number(value.toPrecision(9)));
  const before = from > 0 ? `${from} values, ` : '';
  const after = values.length - from - shown.length;
  return values.length === 0 ? 'none' : `${before}${shown.join(', ')}${after > 0 ? ` and ${after} more` : ''}`;
}

function expectedNumbers(expected: unknown, pointer: string, contents: Contents): readonly number[] {
  if (typeof expected === 'number') return [expected];
  if (Array.isArray(expected)) return expected.flat(2).map(Number);
  if (isObject(expected) && isObject(expected['file'])) return columnsIn(expected['file'], pointer, contents).flat();
  throw bad('its expected value is no number', pointer);
}

/** Returns the columns of a file that a test names, scaled. */
function columnsIn(file: Json, pointer: string, contents: Contents): Rows {
  const path = textOf(file, 'path', pointer);
  const rows = numbersIn(contents(path, pointer), Number(file['header'] ?? 0));
  if (!rows) throw new BadTest(messages.noData(path, 'holds more than numbers'), pointer);
  const columns = numbersOf(file['columns'] ?? [0, 1]);
  const scaling = numbersOf(file['scaling'] ?? 1);
  if (columns.some((column) => column >= (rows[0]?.length ?? Infinity)))
    throw new BadTest(
      messages.noData(path, `has ${rows[0]?.length} columns, not column ${Math.max(...columns)}`),
      pointer,
    );
  return rows.map((row) => columns.map((column, k) => itemAt(row, column) * (scaling[k] ?? scaling[0] ?? 1)));
}

const numbersOf = (value: unknown): readonly number[] => [value].flat().map(Number);

/** Returns the spikes of each cell that an observable names. */
function spikesIn(observable: Json, pointer: string, contents: Contents): readonly (readonly number[])[] {
  const { file, 'spiketimes file': list, 'spike detection': detection } = observable;
  if (isObject(list)) return listedSpikes(list, pointer, contents);
  if (!isObject(file)) throw bad('file or spiketimes file is missing', pointer);
  const rows = columnsIn(file, pointer, contents);
  if (!isObject(detection)) return [rows.flat()];
  const method = detection['method'] === 'derivative' ? 'derivative' : 'threshold';
  return [detectedSpikes(rows, method, Number(detection['threshold'] ?? 0))];
}

function listedSpikes(list: Json, pointer: string, contents: Contents): readonly (readonly number[])[] {
  const path = textOf(list, 'path', pointer);
  const format = list['format'] ?? 'ID_TIME';
  const rows = numbersIn(contents(path, pointer), format === 'ID_TIME_NEST_DAT' ? 3 : 0);
  if (!rows) throw new BadTest(messages.noData(path, 'holds more than numbers'), pointer);
  const [idAt, timeAt] = format === 'TIME_ID' ? [1, 0] : [0, 1];
  const wanted = list['ids'] ?? 0;
  const cells = new Map<number, number[]>();
  for (const row of rows) {
    const id = itemAt(row, idAt);
    if (wanted !== '*' && id !== Number(wanted)) continue;
    const time = itemAt(row, timeAt) * Number(list['scaling'] ?? 1);
    const times = cells.get(id);
    if (times) times.push(time);
    else cells.set(id, [time]);
  }
  return [...cells.values()];
}
