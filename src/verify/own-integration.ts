/** How PyNN's simulators integrate standard cells otherwise than by converged solutions, so that spikes drift apart. */

import type { Model } from '../model/model.js';
import type { Simulator } from '../convert/target-notations.js';

/**
 * Returns a sentence for each reason why spikes under a simulator differ from spikes of a model here. Measured with
 * PyNN 0.13, NEST 3.8 and NEURON 8.2 in steps of 0.1 ms and 1 ms (`docs/pynn-conformance.md`). With constant currents
 * under NEURON, each spike of IF_curr_exp and IF_cond_exp is a step further off. Each spike of Izhikevich is two steps
 * further off under NEST. A cell with a tau_refrac of half a step spikes a third more often under NEURON.
 *
 * @param model  with PyNN's names of types, as converted
 */
export function ownIntegration(simulator: Simulator, { neurons, populations, experiment }: Model): readonly string[] {
  const ms = `${Number((experiment.dt * 1e3).toPrecision(6))} ms`;
  const used = (pattern: RegExp): string =>
    [...new Set(Object.values(populations).flatMap(({ type = '' }) => (pattern.test(type) ? [type] : [])))].join(', ');
  const sentences: string[] = [];
  const say = (pattern: RegExp, sentence: (types: string) => string): void => {
    const types = used(pattern);
    if (types !== '') sentences.push(sentence(types));
  };
  if (simulator === 'nest')
    say(/^Izhikevich/, (types) => `NEST advances ${types} by Euler steps of ${ms}: spikes drift by a step or two each`);
  if (simulator !== 'neuron') return sentences;
  say(
    /^(IF|EIF|GIF)_|^Izhikevich/,
    (types) => `NEURON advances ${types} by implicit steps of ${ms}: spikes drift by about a step each`,
  );
  const odd = Object.values(populations).flatMap(({ type = '', values }) => {
    const held = values['tau_refrac'] ?? neurons[type]?.parameters['tau_refrac']?.value;
    if (!/^E?IF_/.test(type) || typeof held !== 'number') return [];
    const steps = held / experiment.dt;
    return Math.abs(steps - Math.round(steps)) > 1e-6 * Math.max(1, steps) ? [type] : [];
  });
  if (odd.length > 0)
    sentences.push(
      `NEURON holds ${[...new Set(odd)].join(', ')} for tau_refrac itself, which is no multiple of the step: the model holds it up to the next step`,
    );
  return sentences;
}
