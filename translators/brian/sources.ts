/** PoissonGroup and SpikeGeneratorGroup: sources of spikes without equations of the user's. */

import { hertz, second } from '../../src/lang/dimension.js';
import type { Expression } from '../../src/lang/ast.js';
import { binary, call, name } from '../../src/lang/build.js';
import { printExpression } from '../../src/lang/print.js';
import { callsIn, namesIn } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { spikeStep } from '../../src/model/steps.js';
import { readNamespace } from './constants.js';
import { readExpression } from './context.js';
import { emitEquations, emitValues } from './emit.js';
import { builtInVariable, groupScope, type Group } from './group.js';
import { testPlace } from './event-places.js';
import { located } from '../shared/located.js';
import * as messages from './messages.js';
import { translate } from './names.js';
import { order, translateClock, type Setting, type Translation } from './neuron-groups.js';
import type { PoissonGroup, SpikeGenerator } from './specification.generated.js';
import { randomFunctions } from './vocabulary.js';
import { readNumber, readQuantities, readSize, readValue, type ReadValue } from './values.js';

/** Threshold of a Poisson neuron: at most one spike a step. */
export const poissonCondition = binary('<', call('uniform', []), binary('*', name('rates'), name('dt')));

/** Returns a PoissonGroup before its rates are translated. Rates that contain names are computed at every step. */
export function declarePoissonGroup(
  key: string,
  specification: PoissonGroup,
  pointer: string,
  setting: Setting,
): Group {
  const namespace = readNamespace(specification.namespace, child(pointer, 'namespace'), setting.namespace, setting.to);
  const rates = ratesExpression(specification, (name) => namespace.definition(name) !== undefined);
  const variable = builtInVariable(
    'rates',
    rates === undefined ? 'parameter' : 'subexpression',
    hertz,
    child(pointer, 'rates'),
    rates,
  );
  return {
    kind: 'poisson',
    name: key,
    pointer,
    namespace,
    variables: new Map([['rates', variable]]),
    events: ['spike'],
    used: new Map(),
    written: new Set(),
    size: readSize(specification.N, child(pointer, 'N'), namespace, setting.to),
    refractory: false,
    flagged: false,
  };
}

/** Returns the rates as an expression of names or functions, or undefined if they are quantities. */
function ratesExpression({ rates }: PoissonGroup, isConstant: (key: string) => boolean): Expression | undefined {
  if (typeof rates !== 'string') return undefined;
  const tree = readExpression(rates, '', { report: () => undefined });
  if (tree === undefined) return undefined;
  return callsIn(tree).length > 0 || [...namesIn(tree)].some((key) => isConstant(key) || !looksLikeUnit(key))
    ? tree
    : undefined;
}

const looksLikeUnit = (key: string): boolean => /^[kMGmun]?(?:Hz|hertz|second|s)$/.test(key);

/** Translates the rates of a PoissonGroup. */
export function translatePoissonGroup(group: Group, specification: PoissonGroup, setting: Setting): Translation {
  const { to } = setting;
  const pointer = child(group.pointer, 'rates');
  const rates = group.variables.get('rates');
  const right = new Map<string, Expression>();
  if (rates?.expression !== undefined) {
    const draws = callsIn(rates.expression).some((call) => randomFunctions.has(call.function));
    if (draws) to.report(messages.unsupported('rates that are drawn anew at every step'), pointer);
    right.set(
      'rates',
      translate(rates.expression, groupScope(group, setting.tables, { constants: 'byName' }), pointer, to),
    );
  }
  return {
    finish: () => {
      const values = new Map<string, ReadValue>();
      if (rates?.expression === undefined && rates !== undefined) {
        const value = readValue(
          specification.rates,
          pointer,
          rates,
          groupScope(group, setting.tables, { constants: 'byValue' }),
          group.size,
          to,
        );
        if (value !== undefined) values.set('rates', value);
        checkRates(value, pointer, setting);
      }
      const clock = translateClock(group.name, specification.dt, group.pointer, setting);
      const type = {
        ...emitEquations({ ...group, right, values }),
        events: { spike: { when: printExpression(poissonCondition) } },
      };
      const population = {
        type: group.name,
        size: located(group.size, child(group.pointer, 'N')),
        values: emitValues(values),
        ...clock.use,
        ...order(specification.order),
      };
      return {
        type: located(type, group.pointer),
        population: located(population, group.pointer),
        ...clock.definition,
      };
    },
  };
}

function checkRates(value: ReadValue | undefined, pointer: string, setting: Setting): void {
  const numbers = value?.kind === 'known' ? [value.value] : value?.kind === 'array' ? value.values : [];
  const negative = numbers.find((rate) => rate < 0);
  if (negative !== undefined)
    setting.to.report(messages.outOfRange('the rate', '0 Hz or more', `${negative} Hz`), pointer);
}

/** Returns a SpikeGeneratorGroup, which has no code. */
export function declareSpikeGenerator(
  key: string,
  specification: SpikeGenerator,
  pointer: string,
  setting: Setting,
): Group {
  return {
    kind: 'generator',
    name: key,
    pointer,
    namespace: setting.namespace,
    variables: new Map(),
    events: ['spike'],
    used: new Map(),
    written: new Set(),
    size: readSize(specification.N, child(pointer, 'N'), setting.namespace, setting.to),
    refractory: false,
    flagged: false,
    tests: new Map([
      ['spike', testPlace({ name: key, ...order(specification.order) }, 'spike', { slot: specification.when })],
    ]),
  };
}

/** Translates a SpikeGeneratorGroup with its spikes. */
export function translateSpikeGenerator(group: Group, specification: SpikeGenerator, setting: Setting): Translation {
  const step =
    specification.dt === undefined
      ? setting.dt
      : (readNumber(specification.dt, '', timeVariable, setting.namespace, { report: () => undefined }) ?? setting.dt);
  const clock = translateClock(group.name, specification.dt, group.pointer, setting);
  const { sorted, located: train } = readTrain(specification, group.pointer, group, setting);
  checkBins(sorted, step, child(group.pointer, 'times'), setting);
  const period = readPeriod(specification, sorted.at(-1)?.time ?? 0, step, group, setting);
  const spikes = {
    ...train,
    ...(period === undefined ? {} : { period: located(period, child(group.pointer, 'period')) }),
  };
  const population = {
    size: located(group.size, child(group.pointer, 'N')),
    spikes,
    ...clock.use,
    ...(specification.when === undefined ? {} : { slot: specification.when }),
    ...order(specification.order),
  };
  return { finish: () => ({ population: located(population, group.pointer), ...clock.definition }) };
}

/** Translates other spikes for a SpikeGeneratorGroup. */
export function translateSpikeTrain(given: GivenTrain, pointer: string, group: Group, setting: Setting): unknown {
  const { sorted, located: train } = readTrain(given, pointer, group, setting);
  checkBins(sorted, setting.dt, child(pointer, 'times'), setting);
  return train;
}

type GivenTrain = Pick<SpikeGenerator, 'indices' | 'times'>;
const timeVariable = { name: 'times', dimension: second, type: 'real' } as const;

/** Returns spikes sorted by time, then index. */
function readTrain(
  { indices, times: given }: GivenTrain,
  pointer: string,
  group: Group,
  { to }: Setting,
): {
  readonly sorted: readonly { readonly index: number; readonly time: number }[];
  readonly located: { readonly indices: unknown; readonly times: unknown };
} {
  const timesPointer = child(pointer, 'times');
  const indicesPointer = child(pointer, 'indices');
  const times = readQuantities(given, timesPointer, timeVariable, group.namespace.definition, to);
  if (!times) return { sorted: [], located: { indices, times: [] } };
  if (indices.length !== times.length)
    to.report(messages.lengthMismatch('times', indices.length, times.length), timesPointer);
  const wrong = indices.findIndex((index) => !Number.isInteger(index) || index < 0 || index >= group.size);
  if (wrong >= 0)
    to.report(messages.outOfRange('the index', `0 to ${group.size - 1}`, indices[wrong]), child(indicesPointer, wrong));
  const early = times.findIndex((at) => at < 0);
  if (early >= 0) to.report(messages.outOfRange('the time', '0 s or more', `${times[early]} s`), timesPointer);
  const sorted = indices
    .map((index, position) => ({ index, time: times[position] ?? 0 }))
    .sort((a, b) => a.time - b.time || a.index - b.index);
  return {
    sorted,
    located: {
      indices: located(
        sorted.map((spike) => spike.index),
        indicesPointer,
      ),
      times: located(
        sorted.map((spike) => spike.time),
        timesPointer,
      ),
    },
  };
}

function checkBins(
  spikes: readonly { readonly index: number; readonly time: number }[],
  dt: number,
  pointer: string,
  setting: Setting,
): void {
  const last = new Map<number, number>();
  for (const { index, time } of spikes) {
    const step = spikeStep(time, dt, 'brian');
    if (last.get(index) === step) {
      setting.to.report(messages.duplicateSpike(index, step), pointer);
      return;
    }
    last.set(index, step);
  }
}

function readPeriod(
  specification: SpikeGenerator,
  lastTime: number,
  dt: number,
  group: Group,
  setting: Setting,
): number | undefined {
  if (specification.period === undefined) return undefined;
  const pointer = child(group.pointer, 'period');
  const period = readNumber(
    specification.period,
    pointer,
    { name: 'period', dimension: second, type: 'real' },
    setting.namespace,
    setting.to,
  );
  if (period === undefined || period === 0) return undefined;
  const steps = Math.round(period / dt);
  if (Math.abs(period - steps * dt) > 1e-4 * dt || steps < 1) {
    setting.to.report(messages.outOfRange('the period', 'a whole number of time steps', specification.period), pointer);
  } else if (spikeStep(lastTime, dt, 'brian') >= steps)
    setting.to.report(messages.outOfRange('the period', 'a time after the last spike', specification.period), pointer);
  return period;
}
