/**
 * PyNN 0.13's sources of spikes that draw them; SpikeSourceArray is a population that replays spikes and has no type.
 *
 * A source is active for start <= t < start + duration, both rounded to the nearest step. Poisson sources draw how many
 * spikes fall into a step. Intervals of the other two are drawn as whole, in continuous time; the first begins at
 * `start` (an ordinary renewal process), and a spike is emitted in the step that it falls into, one in a step at most:
 * one that is late because of that comes in the step after. The first interval is drawn when time begins to pass, so
 * that each segment of a run has its own.
 *
 * @source PyNN 0.13, pyNN.standardmodels.cells
 */

import type { NeuronDocument } from '../../model/document.generated.js';
import { identityOf, type StandardCell } from '../standard-type.js';

type Parameters = NonNullable<NeuronDocument['parameters']>;

const window: Parameters = { start: { unit: 'ms', value: 0 }, duration: { unit: 'ms', value: 1e10 } };
const active = 't > start - dt/2 and t < start + duration - dt/2';

function source(
  name: string,
  parameters: Parameters,
  rest: Pick<NeuronDocument, 'state' | 'events' | 'derived'>,
  lists?: StandardCell['lists'],
): StandardCell {
  const own = Object.keys(parameters);
  return {
    name,
    neuron: { conformsTo: { type: `pynn/${name}`, where: identityOf(own), timing: 'grid' }, parameters, ...rest },
    receptors: {},
    recordable: {},
    initial: {},
    ...(lists ? { lists } : {}),
  };
}

/** Returns an event that runs first in the first step: a source draws its first values while time passes. */
const begin = (unset: string, actions: readonly string[]): NonNullable<NeuronDocument['events']> => ({
  begin: { when: unset, do: actions, slot: 'start', actionSlot: 'after_start', order: -1 },
});

/** Returns a renewal process with intervals drawn by an expression of the parameters. */
const renewal = (name: string, parameters: Parameters, interval: string): StandardCell =>
  source(
    name,
    { ...parameters, ...window },
    {
      // Before its first interval is drawn the time of the next spike is negative.
      state: { next_spike: { unit: 'ms', initial: -1 } },
      events: {
        ...begin('next_spike < 0*ms', [`next_spike = start + ${interval}`]),
        spike: { when: `next_spike >= 0*ms and next_spike < t + dt and ${active}`, do: [`next_spike += ${interval}`] },
      },
    },
  );

/**
 * Returns the most recent of the values at a time, or the first value before any. Bisection keeps expressions of long
 * lists shallow.
 */
function piecewise(values: readonly string[], times: readonly string[]): string {
  const within = (low: number, high: number): string => {
    if (low === high) return values[low] ?? '';
    const middle = Math.floor((low + high) / 2) + 1;
    return `(${within(middle, high)} if t > ${times[middle] ?? ''} - dt/2 else ${within(low, middle - 1)})`;
  };
  return within(0, values.length - 1);
}

/**
 * Returns a gamma process with a shape a and a scale b (s) that change at `bins` given times. The probability of a
 * spike in a step is the hazard of the current interval distribution, at the age of the step's middle. A spike is in
 * the middle of its step, and age counts from `start` before the first.
 *
 * @source E. Muller, L. Buesing, J. Schemmel & K. Meier, Neural Computation 19 (2007) 2958, for the process
 */
export function inhomogeneousGamma(bins: number): StandardCell {
  const names = (name: string): readonly string[] => Array.from({ length: bins }, (_, k) => `${name}_${k + 1}`);
  const [a, b, tbins] = [names('a'), names('b'), names('tbins')];
  const all = (list: readonly string[], unit: string | number, value: number): Parameters =>
    Object.fromEntries(list.map((name) => [name, { unit, value }]));
  return source(
    'SpikeSourceInhGamma',
    { ...all(a, 1, 1), ...all(b, 's', 1), ...all(tbins, 'ms', 0), ...window },
    {
      state: { last: { unit: 'ms', initial: -1 } },
      derived: { scale: { unit: 's', value: piecewise(b, tbins) }, shape: { unit: 1, value: piecewise(a, tbins) } },
      events: {
        ...begin('last < 0*ms', ['last = start']),
        spike: {
          when: `uniform() < -expm1(-gammahazard(shape, max(t + dt/2 - last, dt/2)/scale)*dt/scale) and ${active}`,
          do: ['last = t + dt/2'],
        },
      },
    },
    { a, b, tbins },
  );
}

/** Sources by name. */
export const sources: readonly StandardCell[] = [
  // Whether any spikes fall into a step, so a change of the rate acts at once; then how many, given the time of
  // the first.
  source(
    'SpikeSourcePoisson',
    { rate: { unit: 'Hz', value: 1 }, ...window },
    {
      events: {
        spike: {
          when: `uniform() < -expm1(-rate*dt) and ${active}`,
          multiplicity: '1 + poisson(rate*dt + log1p(uniform()*expm1(-rate*dt)))',
        },
      },
    },
  ),
  // Intervals tau_refrac plus an exponential one, so that `rate` is the mean rate of the output.
  renewal(
    'SpikeSourcePoissonRefractory',
    { rate: { unit: 'Hz', value: 1 }, tau_refrac: { unit: 'ms', value: 0 } },
    'tau_refrac + exponential(1/rate - tau_refrac)',
  ),
  renewal('SpikeSourceGamma', { alpha: { unit: 1, value: 2 }, beta: { unit: 'Hz', value: 1 } }, 'gamma(alpha, 1/beta)'),
  inhomogeneousGamma(1),
];
