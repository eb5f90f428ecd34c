/** Populations: their type, values, first values, positions; sources that replay spikes. */

import type { StandardCell } from '../../src/library/standard-type.js';
import { child } from '../../src/model/pointer.js';
import { defaultOf, givenParameters, listCount, listFor, parameterValues, unitOf, type CellTypes } from './cells.js';
import { canList, own, type Setting } from './context.js';
import { located, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { whereFrom } from './native/types.js';
import { checkRanges, checkThreshold } from './check-ranges.js';
import type { PopulationInfo } from './selections.js';
import type { Population, Value, Values } from './specification.generated.js';
import { translateStructure } from './structures.js';
import { translateValue } from './values.js';

/** Cells that any target can count. */
const mostCells = 2_147_483_648;

/** Allowed sizes of a population, for messages. */
const sizesAllowed = `a whole number from 1 to ${mostCells}, or two or three of them`;

/** Returns the number of cells: for a grid, the product of its sides. */
export function sizeOfPopulation(population: Population, pointer: string, setting: Setting): number {
  const sides = typeof population.size === 'number' ? [population.size] : population.size;
  const product = sides.reduce((a, b) => a * b, 1);
  if (
    sides.length > 0 &&
    sides.length <= 3 &&
    sides.every((side) => Number.isSafeInteger(side) && side >= 1) &&
    product <= mostCells
  )
    return product;
  setting.report(messages.outOfRange('the size', sizesAllowed, population.size), child(pointer, 'size'));
  return 1;
}

/** Returns a population of the canonical model. */
export function translatePopulation(
  population: Population,
  info: PopulationInfo,
  pointer: string,
  types: CellTypes,
  trains: Trains | undefined,
  setting: Setting,
): Located {
  const size = located(info.size, child(pointer, 'size'));
  const positions = translateStructure(population, info.size, pointer, setting);
  if (info.cell === null) {
    const spikes = trains && replayed(trains, `${pointer}/cell/params/spike_times`);
    if (population.initial_values !== undefined) checkInitial(null, population, pointer, setting);
    const native = whereFrom(population.native ?? {}, child(pointer, 'native'));
    return located({ size, ...(spikes === undefined ? {} : { spikes }), ...positions, ...native }, pointer);
  }
  if (info.cell.native === true)
    return nativePopulation(population, info.cell, info.size, positions, pointer, types, setting);
  const given = givenParameters(population.cell, child(pointer, 'cell'));
  checkRanges(population.cell.params, `${pointer}/cell/params`, setting);
  checkThreshold(population.cell.type, population.cell.params, `${pointer}/cell/params`, setting);
  checkRate(population, `${pointer}/cell/params`, setting);
  const parameters = parameterValues(info.cell, given, info.size, setting);
  const initial = initialValues(
    info.cell,
    population.initial_values ?? {},
    info.size,
    child(pointer, 'initial_values'),
    setting,
  );
  return located(
    {
      type: located(types.add(info.cell, child(pointer, 'cell')), `${pointer}/cell/type`),
      size,
      values: { ...parameters, ...initial },
      ...positions,
    },
    pointer,
  );
}

/** Returns a population of cells of a type of the document's own. */
function nativePopulation(
  { cell, initial_values: initial = {}, native = {} }: Population,
  type: StandardCell,
  count: number,
  positions: object,
  pointer: string,
  types: CellTypes,
  setting: Setting,
): Located {
  const given = givenParameters(cell, child(pointer, 'cell'));
  const values = {
    ...parameterValues(type, given, count, setting),
    ...nativeValues(type, cell.values ?? {}, `${pointer}/cell/values`, setting),
    ...nativeValues(type, initial, child(pointer, 'initial_values'), setting),
  };
  return located(
    {
      type: located(types.add(type, child(pointer, 'cell')), `${pointer}/cell/type`),
      size: located(count, child(pointer, 'size')),
      values,
      ...positions,
      ...whereFrom(native, child(pointer, 'native')),
    },
    pointer,
  );
}

/** Returns values of a native type in their places, and reports names that it lacks. */
function nativeValues(
  { name: type, neuron }: StandardCell,
  values: Readonly<Record<string, unknown>>,
  pointer: string,
  setting: Setting,
): Record<string, Located> {
  const known = [
    ...Object.keys(neuron.parameters ?? {}),
    ...Object.keys(neuron.state ?? {}),
    ...(neuron.compartments === undefined ? [] : ['v']),
    ...Object.entries(neuron.compartments?.mechanisms ?? {}).flatMap(([mechanism, { parameters, state }]) =>
      Object.keys({ ...parameters, ...state }).map((variable) => `${mechanism}.${variable}`),
    ),
  ];
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (known.includes(name)) return [[name, located(value, child(pointer, name))] as const];
      setting.reportKey(messages.unknownParameter(name, type, known), child(pointer, name));
      return [];
    }),
  );
}

/** Sources of whole intervals emit one spike a step at most, and no interval is shorter than the refractory period. */
function checkRate({ cell: { type, params = {} } }: Population, pointer: string, setting: Setting): void {
  const number = (name: string, otherwise: number): number => {
    const value = own(params, name) ?? otherwise;
    return typeof value === 'number' ? value : NaN;
  };
  const least = (name: string): number => Math.min(...(listFor(own(params, name) ?? [1], 0) ?? [NaN]));
  let mean = Infinity;
  if (type === 'SpikeSourcePoissonRefractory') {
    mean = 1000 / number('rate', 1);
    const period = number('tau_refrac', 0);
    if (mean < period)
      setting.report(
        messages.outOfRange(
          'the rate',
          `${1000 / period} Hz or less, as tau_refrac is ${period} ms`,
          number('rate', 1),
        ),
        pointer,
      );
  } else if (type === 'SpikeSourceGamma') mean = (1000 * number('alpha', 2)) / number('beta', 1);
  else if (type === 'SpikeSourceInhGamma') mean = 1000 * least('a') * least('b');
  if (mean < setting.dt) setting.report(messages.rateTooHigh(type, mean, setting.dt), pointer);
}

function checkInitial(_cell: null, population: Population, pointer: string, setting: Setting): void {
  for (const key of Object.keys(population.initial_values ?? {})) {
    setting.reportKey(
      messages.unknownVariable(key, population.cell.type, []),
      child(child(pointer, 'initial_values'), key),
    );
  }
}

/** Returns first values of variables, by canonical name. */
export function initialValues(
  cell: StandardCell,
  values: Values,
  size: number,
  pointer: string,
  setting: Setting,
  settable = false,
): Record<string, Located> {
  const result: Record<string, Located> = {};
  for (const [name, value] of Object.entries(values)) {
    const at = child(pointer, name);
    const variable = own(cell.initial, name);
    const begins = (one = ''): boolean => cell.neuron.state?.[one] !== undefined || cell.structure !== undefined;
    if (variable === undefined || !begins(variable)) {
      const known = Object.keys(cell.initial).filter((key) => begins(cell.initial[key]));
      setting.reportKey(messages.unknownVariable(name, cell.name, known), at);
      continue;
    }
    const translated = translateValue(
      value,
      at,
      cell.structure
        ? { what: name, unit: 'mV', count: size, formulas: ['i'], explicit: true }
        : { what: name, unit: unitOf(cell, variable), count: size, formulas: ['i'] },
      setting,
    );
    if (translated !== undefined && (settable || translated.value !== defaultOf(cell, variable)))
      result[variable] = translated;
  }
  return result;
}

// --- SpikeSourceArray ---------------------------------------------------------------------------------------------

/** Spike times of each cell in ms. */
export type Trains = readonly (readonly number[])[];

/** Returns the first spike times of a SpikeSourceArray; undefined after an error was reported. */
export function trainsOf(population: Population, size: number, pointer: string, setting: Setting): Trains | undefined {
  const params = population.cell.params ?? {};
  for (const key of Object.keys(params))
    if (key !== 'spike_times')
      setting.reportKey(messages.unknownParameter(key, 'SpikeSourceArray', ['spike_times']), child(pointer, key));
  return spikeTrains(own(params, 'spike_times') ?? [], size, child(pointer, 'spike_times'), setting);
}

/** Returns spikes of the canonical model, by time, then cell. */
export function replayed(trains: Trains, pointer: string): Located {
  const [first = []] = trains;
  const { indices, times } = trains.every((train) => train === first) ? ofAll(first, trains.length) : inOrder(trains);
  return located({ indices, times: { array: times, unit: 'ms' } }, pointer);
}

/** Returns spikes of cells that share a train: every cell spikes at each time. */
function ofAll(train: readonly number[], cells: number): { readonly indices: number[]; readonly times: number[] } {
  const indices: number[] = [];
  const times: number[] = [];
  for (const time of train)
    for (let cell = 0; cell < cells; cell++) {
      indices.push(cell);
      times.push(time);
    }
  return { indices, times };
}

function inOrder(trains: Trains): { readonly indices: readonly number[]; readonly times: readonly number[] } {
  const count = trains.reduce((sum, train) => sum + train.length, 0);
  const indices = new Uint32Array(count);
  const times = new Float64Array(count);
  let next = 0;
  trains.forEach((train, cell) => {
    for (const time of train) {
      indices[next] = cell;
      times[next++] = time;
    }
  });
  const order = Uint32Array.from(indices.keys()).sort(
    (a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (indices[a] ?? 0) - (indices[b] ?? 0),
  );
  return {
    indices: Array.from(order, (k) => indices[k] ?? 0),
    times: Array.from(order, (k) => times[k] ?? 0),
  };
}

/**
 * Returns the spike times of each cell, ascending; one list is for all cells. Undefined after an error was reported.
 */
export function spikeTrains(value: Value, size: number, pointer: string, setting: Setting): Trains | undefined {
  const count = listCount(value);
  // A plain empty list is one list of no spikes.
  const one = count === null || (Array.isArray(value) && value.length === 0);
  if (!one && count !== size) return void setting.report(messages.wrongLength('spike_times', size, count), pointer);
  const trains: (readonly number[])[] = [];
  const whole = one ? listFor(value, 0) : undefined;
  if (one && whole === undefined)
    return void setting.report(
      messages.wrongValue('spike_times', 'a list of times, or one for each cell', value),
      pointer,
    );
  if (!canList(size * Math.max(1, whole?.length ?? 1), pointer, setting)) return undefined;
  for (let cell = 0; cell < size; cell++) {
    const train = whole ?? listFor(value, cell);
    if (train === undefined)
      return void setting.report(
        messages.wrongValue('spike_times', 'a list of times, or one for each cell', value),
        pointer,
      );
    trains.push(train);
  }
  for (const train of one ? trains.slice(0, 1) : trains) if (!checkTrain(train, pointer, setting)) return undefined;
  return trains;
}

function checkTrain(train: readonly number[], pointer: string, setting: Setting): boolean {
  for (const [k, time] of train.entries()) {
    const before = k > 0 ? (train[k - 1] ?? 0) : -Infinity;
    if (time < 0) setting.report(messages.outOfRange('a spike time', '0 ms or more', `${time} ms`), pointer);
    else if (time < before) setting.report(messages.unsortedSpikeTimes(before, time), pointer);
    else continue;
    return false;
  }
  const [first] = train;
  if (first !== undefined && first < setting.dt / 2) setting.report(messages.earlySpike(first, setting.dt), pointer);
  return true;
}
