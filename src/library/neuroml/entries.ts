/**
 * Cells that NeuroML has and PyNN has not, without receptors.
 *
 * @source NeuroML 2.3, Cells.xml; Izhikevich, IEEE Transactions on Neural Networks 14 (2003) 1569, and Dynamical
 *   Systems in Neuroscience (2007); FitzHugh, Biophysical Journal 1 (1961) 445
 */

import type { NeuronDocument } from '../../model/document.generated.js';
import type { StandardCell } from '../standard-type.js';

const entry = (name: string, neuron: NeuronDocument): StandardCell => ({
  name,
  neuron,
  receptors: {},
  recordable: {},
  initial: {},
});

/** PyNN's Izhikevich with a threshold of its own. */
export const izhikevichFree = entry('izhikevichCell', {
  parameters: { a: '0/ms', b: '0/ms', c: '0*mV', d: '0*mV/ms', thresh: '30*mV', i_offset: '0*nA' },
  state: { v: { unit: 'mV' }, u: { unit: 'mV/ms' } },
  derivatives: { v: '0.04*v**2/(ms*mV) + 5*v/ms + 140*mV/ms - u + i_offset/pF', u: 'a*(b*v - u)' },
  events: { spike: { when: 'v > thresh', do: ['v = c', 'u += d'] } },
});

/** Izhikevich's cell with a capacitance: k, v_r and v_t as in k*(v - v_r)*(v - v_t). */
export const izhikevich2007 = entry('izhikevich2007Cell', {
  parameters: {
    ...{ cm: '1*nF', k: '0*nS/mV', v_r: '0*mV', v_t: '0*mV', a: '0/ms', b: '0*nS', c: '0*mV', d: '0*nA' },
    ...{ thresh: '30*mV', i_offset: '0*nA' },
  },
  state: { v: { unit: 'mV' }, u: { unit: 'nA' } },
  derivatives: { v: '(k*(v - v_r)*(v - v_t) - u + i_offset)/cm', u: 'a*(b*(v - v_r) - u)' },
  events: { spike: { when: 'v > thresh', do: ['v = c', 'u += d'] } },
});

/** The cells of FitzHugh and Nagumo: with all constants given, in milliseconds; with fixed ones, in seconds. */
export const fitzHughNagumo = entry('fitzHughNagumo1969Cell', {
  parameters: { a: { unit: 1 }, b: { unit: 1 }, phi: { unit: 1 }, I: { unit: 1 } },
  state: { V: { unit: 1 }, W: { unit: 1 } },
  derivatives: { V: '(V - V**3/3 - W + I)/ms', W: 'phi*(V + a - b*W)/ms' },
});
export const fitzHughNagumoFixed = entry('fitzHughNagumoCell', {
  parameters: { I: { unit: 1 } },
  state: { V: { unit: 1 }, W: { unit: 1 } },
  derivatives: { V: '(V - V**3/3 - W + I)/s', W: '0.08*(V + 0.7 - 0.8*W)/s' },
});
