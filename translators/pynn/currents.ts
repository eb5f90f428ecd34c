/**
 * Current sources as stimuli. A source is on for start <= t < stop, with both rounded to the nearest step. Times in
 * expressions are times at the start of a step, and half a step keeps comparisons clear of rounding.
 * Changes of a source by phases are known beforehand and become part of its expression. After a reset, time is
 * ambiguous, so the change is a phase of the protocol.
 */

import type { Finding } from '../../src/diagnostics/diagnostic.js';
import { child } from '../../src/model/pointer.js';
import { own, stepsIn, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import type { CellPlace } from '../../src/library/standard-type.js';
import { placesAt } from './compartments.js';
import * as messages from './messages.js';
import { selectionOf, targetOf, type Portion, type Target } from './selections.js';
import type { CurrentSource } from './specification.generated.js';
import { isNumbers, numpyGenerator } from './values.js';
import { argumentOf, field, number, type Field, type Fields } from '../shared/vocabulary.js';

type Parameters = Readonly<Record<string, unknown>>;

interface Known {
  readonly parameters: Fields;
  /** Expression of the current in nA, while the source is on. */
  readonly value: (numbers: (name: string) => number, lists: (name: string) => readonly number[]) => string;
}

const times: Fields = { start: number('ms', 0), stop: number('ms', 1e12) };
const list = (unit: string): Field => ({ ...field({ type: 'array', items: { type: 'number' } }, []), unit });

/** Current sources by class name. */
export const currentSources: Readonly<Record<string, Known>> = {
  DCSource: {
    parameters: { amplitude: number('nA', 1), ...times },
    value: (of) => window(of, nA(of('amplitude'))),
  },
  ACSource: {
    parameters: {
      amplitude: number('nA', 1),
      ...times,
      frequency: number('Hz', 10),
      offset: number('nA', 0),
      phase: number('degrees', 0),
    },
    value: (of) =>
      window(
        of,
        `(${nA(of('offset'))} + ${nA(of('amplitude'))}*sin(2*pi*${of('frequency')}*Hz*(t - ${of('start')}*ms) + ` +
          `${of('phase')}*pi/180))`,
      ),
  },
  StepCurrentSource: {
    parameters: { times: list('ms'), amplitudes: list('nA') },
    value: (_, numbers) => steps(numbers('times'), numbers('amplitudes')),
  },
  NoisyCurrentSource: {
    parameters: { mean: number('nA', 0), stdev: number('nA', 1, { minimum: 0 }), ...times, dt: number('ms', 0.1) },
    value: (of) => window(of, `normal(${nA(of('mean'))}, ${nA(of('stdev'))})`),
  },
};

const nA = (value: number): string => `${value}*nA`;
const after = (time: number): string => `t > ${time}*ms - dt/2`;

function window(of: (name: string) => number, value: string): string {
  const conditions = [
    ...(of('start') > 0 ? [after(of('start'))] : []),
    ...(of('stop') < 1e12 ? [`t < ${of('stop')}*ms - dt/2`] : []),
  ];
  return conditions.length === 0 ? value : `${value} if ${conditions.join(' and ')} else 0*nA`;
}

/** Returns the most recent of the amplitudes at a time. Bisection keeps expressions of long lists shallow. */
function steps(times: readonly number[], amplitudes: readonly number[]): string {
  const values = [0, ...amplitudes];
  const within = (low: number, high: number): string => {
    if (low === high) return nA(values[low] ?? 0);
    const middle = Math.floor((low + high) / 2);
    return `(${within(middle + 1, high)} if ${after(times[middle] ?? 0)} else ${within(low, middle)})`;
  };
  return within(0, times.length);
}

/**
 * Returns an expression with one value until a time (ms) and another from then on. Draws keep their numbers, so earlier
 * draws stay the same.
 */
const changed = (type: string, value: string, next: string, time: number): string =>
  type === 'NoisyCurrentSource'
    ? `(${value}) if t <= ${time}*ms - dt/2 else (${next})`
    : `(${next}) if ${after(time)} else (${value})`;

/** A change of parameters during the run. */
export interface SourceChange {
  /** Time of the change in ms, since time last began. */
  readonly time: number;
  /** Parameters that change, with their new values. */
  readonly params: Parameters;
  /** Of the phase. */
  readonly pointer: string;
  /** Its place among the phases. */
  readonly place: number;
}

/** The stimuli of one source, and the cells that each flows into. */
interface TranslatedSource {
  readonly stimuli: readonly Located[];
  readonly portions: readonly Portion[];
}

const nothing: TranslatedSource = { stimuli: [], portions: [] };

/**
 * Returns the stimuli of one source: one for each target population. Changes at known times are part of their
 * expressions.
 */
export function translateCurrentSource(
  source: CurrentSource,
  pointer: string,
  targets: ReadonlyMap<string, Target>,
  changes: readonly SourceChange[],
  setting: Setting,
): TranslatedSource {
  const known = own(currentSources, source.type);
  if (known === undefined) return nothing;
  if (source.type === 'NoisyCurrentSource' && numpyGenerator(source.rng, child(pointer, 'rng'), setting))
    setting.report(messages.unusedGenerator(source.label), child(pointer, 'rng'));
  const given = source.params ?? {};
  let value = valueOf(source.type, known, given, child(pointer, 'params'), setting);
  let params: Parameters = given;
  for (const change of changes) {
    params = { ...params, ...change.params };
    const next = valueOf(source.type, known, params, change.pointer, setting);
    value = value === undefined || next === undefined ? undefined : changed(source.type, value, next, change.time);
  }
  if (value === undefined) return nothing;
  // A source has one output: all cells that it flows into get the same.
  const timing = source.type === 'NoisyCurrentSource' ? { shared: true, ...held(known, given, setting) } : {};
  const flows = (source.inject_into ?? []).flatMap((label, index) => {
    const at = child(child(pointer, 'inject_into'), index);
    return (targetOf(label, targets, at, setting)?.portions ?? []).flatMap((portion) => {
      const input = portion.population.cell?.injectable;
      if (input !== undefined) {
        const place = placeOf(source, portion, child(pointer, 'location'), setting);
        return place === undefined ? [] : [{ portion, input, at, place }];
      }
      setting.report(messages.notInjectable(label), at);
      return [];
    });
  });
  return {
    portions: flows.map(({ portion }) => portion),
    stimuli: flows.map(({ portion, input, at, place }) =>
      located(
        {
          kind: 'current',
          to: located(selectionOf(portion), at),
          input,
          value: located(value, child(pointer, 'params')),
          ...place,
          ...timing,
        },
        pointer,
      ),
    ),
  };
}

/** Returns the place on its cells at which a current flows in; undefined after an error was reported. */
function placeOf(
  { location }: CurrentSource,
  { population: { cell, label } }: Portion,
  pointer: string,
  setting: Setting,
): Partial<CellPlace> | undefined {
  if (cell?.structure === undefined)
    return location === undefined ? {} : void setting.report(messages.noCompartments(label), pointer);
  const places = placesAt(location ?? cell.structure.soma, cell.structure, pointer, setting);
  const [place, ...more] = places ?? [];
  if (more.length > 0) return void setting.report(messages.severalPlaces('a current source', location), pointer);
  return place;
}

/** Returns the phase that changes the parameters of a source: all changes up to the last of `changes`. */
export function changeOfSource(
  source: CurrentSource,
  ids: readonly string[],
  changes: readonly SourceChange[],
  setting: Setting,
): Located | undefined {
  const known = own(currentSources, source.type);
  const last = changes.at(-1);
  if (known === undefined || last === undefined) return undefined;
  const params: Parameters = Object.assign({}, source.params, ...changes.map((change) => change.params)) as Parameters;
  const value = valueOf(source.type, known, params, last.pointer, setting);
  if (value === undefined || ids.length === 0) return undefined;
  return located({ currents: Object.fromEntries(ids.map((id) => [id, value])) }, last.pointer);
}

/** Returns how long each number of a noise holds, if that is longer than a step. */
function held(
  { parameters }: Known,
  given: Parameters,
  { dt }: Setting,
): { readonly every?: string; readonly from?: string } {
  const [interval, start] = ['dt', 'start'].map((name) => Number(argumentOf(parameters, given, name))) as [
    number,
    number,
  ];
  const { steps: count } = stepsIn(interval, dt);
  if (count <= 1) return {};
  const { steps: first } = stepsIn(start, dt);
  return { every: `${interval} ms`, ...(first % count === 0 ? {} : { from: `${start} ms` }) };
}

/** Returns the expression of a source with the given parameters; undefined after an error was reported. */
function valueOf(
  type: string,
  known: Known,
  params: Parameters,
  pointer: string,
  setting: Setting,
): string | undefined {
  let whole = true;
  const fail = (finding: Finding, key: string, onKey = false): void => {
    whole = false;
    if (onKey) setting.reportKey(finding, child(pointer, key));
    else setting.report(finding, child(pointer, key));
  };
  for (const [key, value] of Object.entries(params)) {
    const usual = own(known.parameters, key)?.usual;
    if (usual === undefined) fail(messages.unknownParameter(key, type, Object.keys(known.parameters)), key, true);
    else if (typeof usual === 'number' ? typeof value !== 'number' : !isNumbers(value))
      fail(messages.wrongValue(key, typeof usual === 'number' ? 'a number' : 'a list of numbers', value), key);
  }
  const number = (name: string): number => Number(argumentOf(known.parameters, params, name));
  const list = (name: string): readonly number[] => argumentOf(known.parameters, params, name) as readonly number[];
  if (whole && type === 'StepCurrentSource') whole = checkSteps(list('times'), list('amplitudes'), pointer, setting);
  if (whole && type === 'NoisyCurrentSource') {
    const { steps: count, whole: multiple } = stepsIn(number('dt'), setting.dt);
    if (!multiple || count < 1)
      fail(messages.notAMultiple('the interval of the noise', setting.dt, number('dt')), 'dt');
    if (number('stdev') < 0) fail(messages.outOfRange('stdev', '0 nA or more', number('stdev')), 'stdev');
  }
  return whole ? known.value(number, list) : undefined;
}

function checkSteps(
  times: readonly number[],
  amplitudes: readonly number[],
  pointer: string,
  setting: Setting,
): boolean {
  const wrong = times.findIndex((time, k) => time < 0 || (k > 0 && time <= (times[k - 1] ?? 0)));
  if (amplitudes.length !== times.length)
    setting.report(messages.wrongLength('amplitudes', times.length, amplitudes.length), child(pointer, 'amplitudes'));
  else if (wrong >= 0)
    setting.report(
      messages.outOfRange('a time of the steps', '0 ms or more, in ascending order', `${times[wrong]} ms`),
      child(child(pointer, 'times'), wrong),
    );
  else return true;
  return false;
}
