/**
 * Poisson sources with given instead of drawn numbers of spikes per step, in a model and in its conversion, so that the
 * spikes of both, and their effects, are the same.
 */

import type { ValidModel } from '../../src/model/model.js';

const rest = '((37*i + t_in_timesteps*t_in_timesteps) % 503)';
/** One, two or three spikes, each in every 500th step or so. */
const given = `(int(${rest} == 0) + 2*int(${rest} == 7) + 3*int(${rest} == 29))`;
const active = 't > start - dt/2 and t < start + duration - dt/2';

/** A model of PyNN with given numbers of spikes while the rate of a source is not zero. */
export function withGivenCounts({ model, data }: ValidModel): ValidModel {
  const neurons = Object.fromEntries(
    Object.entries(model.neurons).map(([name, type]) => {
      const { spike } = type.events;
      if (type.conformsTo?.type !== 'pynn/SpikeSourcePoisson' || spike === undefined) return [name, type];
      const counted = { ...spike, when: `rate > 0*Hz and ${given} > 0 and ${active}`, multiplicity: given };
      return [name, { ...type, events: { ...type.events, spike: counted } }];
    }),
  );
  return { model: { ...model, neurons }, data };
}

/** A document or script for Brian with the same numbers. */
export const givenCountsIn = (text: string): string =>
  text.replace(
    /poisson\(rate\*dt(\*int\([^:]*\))?\) : integer/g,
    (_, window = '') => `${given}*int(rate > 0*Hz)${window} : integer`,
  );
