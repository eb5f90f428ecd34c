/** Synapses of NeuroML that variables of a cell stand for. */

import type { Expression } from '../../lang/ast.js';
import type { Port } from '../recognise/cells/view.js';
import { refuse } from '../recognise/cells/view.js';

/** A synapse that acts on its cell as a variable of a neuron type does. */
export interface AbstractReceptor {
  /** Name of the component type. */
  readonly name: string;
  /** Values in SI, by NeuroML's names. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** The parameter that one spike of weight 1 adds at its peak, in `unit`; absent: weights are in nA. */
  readonly base?: string;
  readonly unit: 'S' | 'A';
  /** What a spike adds to the variable, times this, is what it adds in SI. */
  readonly factor: number;
}

/**
 * Receptors by the variable that spikes add to.
 *
 * @param ports       variables of PyNN's cell that the type's stand for
 * @param parameters  those of PyNN's cell
 */
export const receptorsOf = (
  ports: ReadonlyMap<string, Port>,
  parameters: Readonly<Record<string, Expression>>,
): ReadonlyMap<string, AbstractReceptor> =>
  new Map([...ports].map(([variable, port]) => [variable, receptorOf(port, parameters)] as const));

function receptorOf(
  { kind, positive, factor }: Port,
  parameters: Readonly<Record<string, Expression>>,
): AbstractReceptor {
  if (kind === 'voltage') return refuse('NeuroML has no synapses that step a potential');
  const side = /_(exc|inh)/.exec(positive)?.[1];
  const named = /^(.*)_[gi]syn(?:_rise)?$/.exec(positive)?.[1];
  const of = (pynn: string, composed: string): Expression | undefined =>
    named === undefined ? parameters[`${pynn}_${side === 'exc' ? 'E' : 'I'}`] : parameters[`${named}_${composed}`];
  const need = (e: Expression | undefined): Expression => e ?? refuse('its synapses have no time constant');
  const [tau, reversal] = [of('tau_syn', 'tau_syn'), of('e_rev', 'e_syn')];
  const isRising = positive.endsWith('_rise');
  if (kind === 'current')
    return isRising
      ? { name: 'alphaCurrentSynapse', parameters: { tau: need(tau) }, base: 'ibase', unit: 'A', factor }
      : { name: 'expCurrSynapse', parameters: { tau_syn: need(tau) }, unit: 'A', factor };
  const conductance = { base: 'gbase', unit: 'S', factor } as const;
  const erev = reversal ?? refuse('its synapses have no reversal potential');
  if (!isRising) return { name: 'expOneSynapse', parameters: { erev, tauDecay: need(tau) }, ...conductance };
  if (tau !== undefined) return { name: 'alphaSynapse', parameters: { erev, tau }, ...conductance };
  const [rise, decay] = [of('', 'tau_rise'), of('', 'tau_decay')];
  return { name: 'expTwoSynapse', parameters: { erev, tauRise: need(rise), tauDecay: need(decay) }, ...conductance };
}
