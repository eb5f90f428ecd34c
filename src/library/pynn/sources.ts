/**
 * PyNN 0.13's sources of spikes that draw them; SpikeSourceArray is a population that replays spikes and has no type.
 *
 * A source is active for start <= t < start + duration. Intervals between spikes are drawn as whole, in continuous time, and the
 * first one begins at `start` (an ordinary renewal process); a spike is emitted in the step that it falls into, one in a step at most,
 * and one that is late because of that is emitted in the step after.
 *
 * @source PyNN 0.13, pyNN.standardmodels.cells
 */

import type { NeuronDocument } from '../../model/document.js';
import { identityOf, type StandardCell } from '../standard-type.js';

type Parameters = NonNullable<NeuronDocument['parameters']>;

const window: Parameters = { start: { unit: 'ms', value: 0 }, duration: { unit: 'ms', value: 1e10 } };
const active = 't >= start and t < start + duration';

function source(name: string, parameters: Parameters, rest: Pick<NeuronDocument, 'state' | 'events'>): StandardCell {
  return {
    name,
    neuron: { conformsTo: { type: `pynn/${name}`, where: identityOf(Object.keys(parameters)), timing: 'grid' }, parameters, ...rest },
    receptors: {},
    recordable: {},
    initial: {},
  };
}

/** A renewal process whose intervals are drawn by an expression of the parameters. */
const renewal = (name: string, parameters: Parameters, interval: string): StandardCell =>
  source(
    name,
    { ...parameters, ...window },
    {
      state: { next_spike: { unit: 'ms', initial: `start + ${interval}` } },
      events: { spike: { when: `next_spike < t + dt and ${active}`, do: [`next_spike += ${interval}`] } },
    },
  );

/** Sources by name. */
export const sources: readonly StandardCell[] = [
  // A spike with probability rate*dt in each step, so that a change of the rate acts at once.
  source(
    'SpikeSourcePoisson',
    { rate: { unit: 'Hz', value: 1 }, ...window },
    { events: { spike: { when: `uniform() < rate*dt and ${active}` } } },
  ),
  // Intervals tau_refrac plus an exponential one, so that `rate` is the mean rate of the output.
  renewal(
    'SpikeSourcePoissonRefractory',
    { rate: { unit: 'Hz', value: 1 }, tau_refrac: { unit: 'ms', value: 0 } },
    'tau_refrac + exponential(1/rate - tau_refrac)',
  ),
  renewal('SpikeSourceGamma', { alpha: { unit: 1, value: 2 }, beta: { unit: 'Hz', value: 1 } }, 'gamma(alpha, 1/beta)'),
];
