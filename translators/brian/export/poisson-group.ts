/** PyNN's Poisson sources as Brian's groups of them. */

import { assignedBy } from '../../../src/model/assigned.js';
import type { Model, NeuronType, Phase, Value } from '../../../src/model/model.js';
import { isPhase } from '../../../src/model/tagged.js';
import { largestOf } from './delays.js';
import type { IdiomContext } from './idiom-context.js';

/** Expected spikes a step above which a PoissonGroup is not a Poisson process. */
const mostOften = 0.5;

/** PyNN's Poisson source as a PoissonGroup; undefined where it is another type, or nothing a PoissonGroup can be. */
export function poissonGroup(
  name: string,
  type: NeuronType,
  values: Readonly<Record<string, Value>>,
  pointer: string,
  { model, data, report, changed }: IdiomContext,
): { readonly type: NeuronType; readonly values: Readonly<Record<string, Value>> } | undefined {
  if (type.conformsTo?.type !== 'pynn/SpikeSourcePoisson') return undefined;
  const given = (key: string): Value => values[key] ?? type.parameters[key]?.value ?? 0;
  const [rate, start, duration] = ['rate', 'start', 'duration'].map(given);
  const { dt } = model.experiment;
  if (rate === undefined || ['start', 'duration'].some((key) => changed.has(`${name}.${key}`))) return undefined;
  const rates = [rate, ...ratesSet(name, model)];
  const always = start === 0 && typeof duration === 'number' && duration >= 1e6;
  // A rate that is set is a variable of the group, not a part of an expression.
  if (changed.has(`${name}.rate`) && (!always || rates.length === 1)) return undefined;
  const most = Math.max(...rates.map((one) => largestOf(one, data) ?? 0)) * dt;
  const often = Number((most * 100).toPrecision(2));
  if (most > mostOften) {
    report.missing(
      pointer,
      `${often} spikes in a hundred steps, but each neuron of Brian's groups spikes at most once per step`,
      'brian/poisson-group',
    );
    return undefined;
  }
  // PyNN's own backend for Brian takes a PoissonGroup too.
  report.approximated(
    'brian/poisson-group',
    pointer,
    'a PoissonGroup has at most one spike per step, where the model draws their number' +
      (most > 0 ? `: the variance of counts is up to ${often} % less` : ''),
  );
  const spike = {
    when: 'uniform() < rates*dt',
    edge: 'level',
    do: [],
    order: 0,
  } as const satisfies NeuronType['events'][string];
  const base: NeuronType = {
    parameters: {},
    state: {},
    derived: {},
    derivatives: {},
    noise: [],
    method: 'auto',
    inputs: {},
    events: { spike },
    regimes: {},
  };
  if (always)
    return {
      type: { ...base, parameters: { rates: { unit: 'Hz', type: 'real', value: 0, shared: false } } },
      values: { rates: rate },
    };
  if (typeof start !== 'number' || typeof duration !== 'number' || typeof rate !== 'number') return undefined;
  const after = start === 0 ? [] : [`t >= ${start}*s - dt/2`];
  const before = duration >= 1e6 ? [] : [`t < ${Number((start + duration).toPrecision(12))}*s - dt/2`];
  return {
    type: {
      ...base,
      parameters: { rate: { unit: 'Hz', type: 'real', value: rate, shared: true } },
      derived: {
        rates: {
          unit: 'Hz',
          type: 'real',
          value: `rate*int(${[...after, ...before].join(' and ')})`,
          shared: false,
          held: false,
        },
      },
    },
    values: {},
  };
}

/** Values that phases give to the rate of a population. */
function ratesSet(name: string, { experiment }: Model): readonly Value[] {
  return experiment.protocol.flatMap((phase) =>
    isPhase(phase, 'set')
      ? Object.entries(phase.set).flatMap(([key, value]) => (isRateOf(name, key) ? [value] : []))
      : [],
  );
}

function isRateOf(name: string, key: string): boolean {
  const { owner, variable } = assignedBy(key);
  return owner === name && variable === 'rate';
}

/** A phase that sets rates of PoissonGroups by their name in Brian. */
export const withRates = (phase: Phase, groups: ReadonlySet<string>): Phase =>
  isPhase(phase, 'set')
    ? {
        ...phase,
        set: Object.fromEntries(
          Object.entries(phase.set).map(([key, value]) => [
            [...groups].some((name) => isRateOf(name, key)) ? key.replace(/\.rate$/, '.rates') : key,
            value,
          ]),
        ),
      }
    : phase;
