/** PyNN's Poisson sources as Brian's groups of them. */

import type { NeuronType, Value } from '../../../src/model/model.js';
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
  if (rate === undefined || ['rate', 'start', 'duration'].some((key) => changed.has(`${name}.${key}`)))
    return undefined;
  const most = (largestOf(rate, data) ?? 0) * dt;
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
    'a PoissonGroup has at most one spike per step, where PyNN draws their number' +
      (most > 0 ? `: the variance of counts is up to ${often} % less` : ''),
  );
  const spike = {
    when: 'uniform() < rates*dt',
    edge: 'level',
    do: [],
    order: 0,
  } as const satisfies NeuronType['events'][string];
  const always = start === 0 && typeof duration === 'number' && duration >= 1e6;
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
