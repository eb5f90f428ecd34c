/** Tables of sweeps, read back. */

import { isObject } from '../diagnostics/member.js';
import { LangError } from '../lang/lang-error.js';
import { parseUnit } from '../lang/units.js';

/** A run of a sweep. */
export interface SweptRun {
  /** Texts of the varied values, in the order of their names. */
  readonly values: readonly string[];
  readonly seed: string;
  /** Rate of each population in Hz; NaN for a run that did not end. */
  readonly rates: readonly number[];
  /** Path of its result; empty without one. */
  readonly file: string;
}

/** A sweep. */
export interface SweptTable {
  /** Names of the varied parameters, with their unit in parentheses. */
  readonly varied: readonly string[];
  readonly populations: readonly string[];
  readonly runs: readonly SweptRun[];
}

/** Reads the table of a sweep in CSV or JSON; undefined for another text. */
export function readSweep(text: string): SweptTable | undefined {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromCsv(text);
}

const rateHeading = /^(.*)\.rate_Hz$/;

function fromCsv(text: string): SweptTable | undefined {
  const [headings = [], ...lines] = text.trimEnd().split('\n').map(cellsIn);
  const seed = headings.indexOf('seed');
  if (seed < 0 || !headings.includes('outcome')) return undefined;
  const rates = headings.flatMap((heading, column) => {
    const [, name] = rateHeading.exec(heading) ?? [];
    return name === undefined ? [] : [{ name, column }];
  });
  const file = headings.indexOf('file');
  return {
    varied: headings.slice(0, seed).map(withUnit),
    populations: rates.map(({ name }) => name),
    runs: lines.map((cells) => ({
      values: cells.slice(0, seed),
      seed: cells[seed] ?? '',
      rates: rates.map(({ column }) => numberIn(cells[column] ?? '')),
      file: cells[file] ?? '',
    })),
  };
}

function fromJson(text: string): SweptTable | undefined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  const runs =
    isObject(read) && Array.isArray(read['runs']) ? (read['runs'] as readonly unknown[]).filter(isObject) : [];
  const [first] = runs;
  if (!first) return undefined;
  const keysOf = (key: string): readonly string[] => [
    ...new Set(runs.flatMap((run) => Object.keys(isObject(run[key]) ? run[key] : {}))),
  ];
  const [varied, populations] = [keysOf('set'), keysOf('populations')];
  const member = (one: unknown, name: string): unknown => (isObject(one) ? one[name] : undefined);
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    varied,
    populations,
    runs: runs.map((run) => ({
      values: varied.map((name) => textOf(member(run['set'], name))),
      seed: textOf(run['seed']),
      rates: populations.map((name) => {
        const rate = member(member(run['populations'], name), 'rate');
        return typeof rate === 'number' ? rate : NaN;
      }),
      file: '',
    })),
  };
}

/** Returns a number; NaN for a text that is none, or is empty. */
const numberIn = (text: string): number => (text.trim() === '' ? NaN : Number(text));

/** Returns a heading with its unit in parentheses: `w (mV)` for `w_mV`. A metre is the end of a name, as in `tau_m`. */
function withUnit(heading: string): string {
  const [, name, unit] = /^(.+)_([^_]+)$/.exec(heading) ?? [];
  if (name === undefined || unit === undefined || unit === 'm') return heading;
  try {
    parseUnit(unit);
    return `${name} (${unit})`;
  } catch (error) {
    if (error instanceof LangError) return heading;
    throw error;
  }
}

/** Returns the cells of a line of CSV (RFC 4180). */
const cellsIn = (line: string): readonly string[] =>
  Array.from(line.replace(/\r$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g), ([, quoted, plain = '']) =>
    quoted === undefined ? plain : quoted.replaceAll('""', '"'),
  );
