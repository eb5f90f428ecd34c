/**
 * Current sources as stimuli. A source is on for start <= t < stop, with both rounded to the nearest step; times in expressions are
 * those of the start of a step, and half a step keeps comparisons clear of rounding.
 *
 * What phases change of a source is known beforehand, and becomes part of its expression.
 */

import { child } from '../../src/model/pointer.js';
import { own, stepsIn, type Setting } from './context.js';
import { located, type Located } from './located.js';
import * as messages from './messages.js';
import { rangesOf, targetOf, type Target } from './selections.js';
import type { CurrentSource } from './specification.js';
import { isNumbers, numpyGenerator } from './values.js';

type Parameters = Readonly<Record<string, unknown>>;

interface Known {
  readonly defaults: Readonly<Record<string, number | readonly number[]>>;
  /** Expression of the current in nA, while the source is on. */
  readonly value: (numbers: (name: string) => number, lists: (name: string) => readonly number[]) => string;
}

/** Current sources by class name. */
export const currentSources: Readonly<Record<string, Known>> = {
  DCSource: { defaults: { amplitude: 1, start: 0, stop: 1e12 }, value: (of) => window(of, nA(of('amplitude'))) },
  ACSource: {
    defaults: { amplitude: 1, start: 0, stop: 1e12, frequency: 10, offset: 0, phase: 0 },
    value: (of) =>
      window(
        of,
        `(${nA(of('offset'))} + ${nA(of('amplitude'))}*sin(2*pi*${of('frequency')}*Hz*(t - ${of('start')}*ms) + ${of('phase')}*pi/180))`,
      ),
  },
  StepCurrentSource: { defaults: { times: [], amplitudes: [] }, value: (_, list) => steps(list('times'), list('amplitudes')) },
  NoisyCurrentSource: {
    defaults: { mean: 0, stdev: 1, start: 0, stop: 1e12, dt: 0.1 },
    value: (of) => window(of, `normal(${nA(of('mean'))}, ${nA(of('stdev'))})`),
  },
};

const nA = (value: number): string => `${value}*nA`;
const after = (time: number): string => `t > ${time}*ms - dt/2`;

function window(of: (name: string) => number, value: string): string {
  const conditions = [...(of('start') > 0 ? [after(of('start'))] : []), ...(of('stop') < 1e12 ? [`t < ${of('stop')}*ms - dt/2`] : [])];
  return conditions.length === 0 ? value : `${value} if ${conditions.join(' and ')} else 0*nA`;
}

/** The last of the amplitudes whose time has come: found by halves, so that long lists stay shallow. */
function steps(times: readonly number[], amplitudes: readonly number[]): string {
  const values = [0, ...amplitudes];
  const within = (low: number, high: number): string => {
    if (low === high) return nA(values[low] ?? 0);
    const middle = Math.floor((low + high) / 2);
    return `(${within(middle + 1, high)} if ${after(times[middle] ?? 0)} else ${within(low, middle)})`;
  };
  return within(0, times.length);
}

/** A change of parameters during the run. */
export interface SourceChange {
  /** When, in ms. */
  readonly time: number;
  readonly params: Parameters;
  readonly pointer: string;
}

/** The stimuli of one source: one for each range of cells that it flows into. */
export function translateCurrentSource(
  source: CurrentSource,
  pointer: string,
  targets: ReadonlyMap<string, Target>,
  changes: readonly SourceChange[],
  setting: Setting,
): readonly Located[] {
  const known = own(currentSources, source.type);
  if (known === undefined) {
    setting.report(messages.unknownType('current source', source.type, Object.keys(currentSources)), child(pointer, 'type'));
    return [];
  }
  if (source.record === true) setting.report(messages.unsupported('recording a current source'), child(pointer, 'record'));
  if (source.type === 'NoisyCurrentSource' && numpyGenerator(source.rng, child(pointer, 'rng'), setting)) {
    setting.report(
      messages.unsupported('a noisy current drawn by a NumpyRNG', "leave rng out: PyNN's simulators do not use it"),
      child(pointer, 'rng'),
    );
  }
  const given = source.params ?? {};
  let value = valueOf(source.type, known, given, child(pointer, 'params'), setting);
  let params: Parameters = given;
  for (const change of changes) {
    params = { ...params, ...change.params };
    const next = valueOf(source.type, known, params, change.pointer, setting);
    value = value === undefined || next === undefined ? undefined : `(${next}) if ${after(change.time)} else (${value})`;
  }
  if (value === undefined) return [];
  const expression = value;
  return (source.inject_into ?? []).flatMap((label, index) => {
    const at = child(child(pointer, 'inject_into'), index);
    return (targetOf(label, targets, at, setting)?.portions ?? []).flatMap((portion) => {
      const input = portion.population.cell?.injectable;
      if (input === undefined) {
        setting.report(messages.notInjectable(label), at);
        return [];
      }
      const ranges = rangesOf(portion);
      if (ranges === undefined) {
        setting.report(messages.unsupported('a current into a drawn sample of cells'), at);
        return [];
      }
      const { id, size } = portion.population;
      return ranges.map(([begin, end]) => {
        const to = begin === 0 && end === size ? { population: id } : { population: id, slice: [begin, end, 1] };
        return located({ kind: 'current', to: located(to, at), input, value: located(expression, child(pointer, 'params')) }, pointer);
      });
    });
  });
}

/** The expression of a source with these parameters; undefined after what is wrong was reported. */
function valueOf(type: string, known: Known, params: Parameters, pointer: string, setting: Setting): string | undefined {
  let whole = true;
  const fail = (finding: ReturnType<typeof messages.unsupported>, key: string, onKey = false): void => {
    whole = false;
    if (onKey) setting.reportKey(finding, child(pointer, key));
    else setting.report(finding, child(pointer, key));
  };
  for (const [key, value] of Object.entries(params)) {
    const usual = own(known.defaults, key);
    if (usual === undefined) fail(messages.unknownParameter(key, type, Object.keys(known.defaults)), key, true);
    else if (typeof usual === 'number' ? typeof value !== 'number' : !isNumbers(value))
      fail(messages.wrongValue(key, typeof usual === 'number' ? 'a number' : 'a list of numbers', value), key);
  }
  const merged: Parameters = { ...known.defaults, ...params };
  const number = (name: string): number => Number(own(merged, name) ?? 0);
  const list = (name: string): readonly number[] => {
    const value = own(merged, name);
    return isNumbers(value) ? value : [];
  };
  if (whole && type === 'StepCurrentSource') whole = checkSteps(list('times'), list('amplitudes'), pointer, setting);
  if (whole && type === 'NoisyCurrentSource' && stepsIn(number('dt'), setting.dt).steps !== 1) {
    fail(messages.unsupported(`noise that holds for ${number('dt')} ms`, `set dt to the time step, ${setting.dt} ms`), 'dt');
  }
  return whole ? known.value(number, list) : undefined;
}

function checkSteps(times: readonly number[], amplitudes: readonly number[], pointer: string, setting: Setting): boolean {
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
