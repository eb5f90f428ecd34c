/**
 * PyNN's PointNeuron: a membrane with any number of named receptors.
 *
 * @source PyNN 0.13, pyNN.standardmodels.cells.PointNeuron and pyNN.standardmodels.receptors
 */

import type { StandardCell } from '../standard-type.js';
import { adex, composeCell, lif } from './cells.js';
import { response, type ResponseParts, type ResponseShape } from './receptors.js';

/** A receptor that a document requests. */
export interface ReceptorChoice {
  /** As the document calls it. */
  readonly name: string;
  /** Type of response in the library. */
  readonly type: string;
}

/** Membranes by name. */
export const neuronParts: readonly string[] = ['LIF', 'AdExp'];

interface ResponseType {
  readonly shape: ResponseShape;
  readonly kind: 'current' | 'conductance';
}

const beta: ResponseType = { shape: 'beta', kind: 'conductance' };
const exponential: ResponseType = { shape: 'exp', kind: 'conductance' };
const alpha: ResponseType = { shape: 'alpha', kind: 'conductance' };

/** Receptor types by name, with PyNN's short names. */
export const responseParts: Readonly<Record<string, ResponseType>> = {
  CurrExpPostSynapticResponse: { shape: 'exp', kind: 'current' },
  CondExpPostSynapticResponse: exponential,
  ExpPSR: exponential,
  CondAlphaPostSynapticResponse: alpha,
  AlphaPSR: alpha,
  CondBetaPostSynapticResponse: beta,
  BetaPSR: beta,
};

/**
 * Returns a cell type for a membrane and receptors, with parameters named `<receptor>_<parameter>`. Receptors are in
 * the order of their names, as in PyNN. Undefined for names that do not exist.
 */
export function pointNeuron(neuron: string, receptors: readonly ReceptorChoice[]): StandardCell | undefined {
  if (!neuronParts.includes(neuron)) return undefined;
  const responses: Record<string, ResponseParts> = {};
  const recordable: Record<string, string> = {};
  for (const { name, type } of [...receptors].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const known = responseParts[type];
    if (known === undefined) return undefined;
    const { shape, kind } = known;
    const variable = `${name}_${kind === 'current' ? 'isyn' : 'gsyn'}`;
    responses[name] = response({
      shape,
      kind,
      variable,
      timeConstant: shape === 'beta' ? [`${name}_tau_decay`, 1.7] : [`${name}_tau_syn`, 5],
      ...(shape === 'beta' ? { riseTime: [`${name}_tau_rise`, 0.2] as const } : {}),
      ...(kind === 'conductance' ? { reversal: [`${name}_e_syn`, 0] as const } : {}),
    });
    recordable[`${name}.${kind === 'current' ? 'isyn' : 'gsyn'}`] = variable;
  }
  const linear = Object.values(responses).every(({ receptor }) => receptor.kind === 'current');
  const membrane = neuron === 'LIF' ? lif('PointNeuron', linear ? 'exact' : 'rk4') : adex('PointNeuron');
  return composeCell(membrane, responses, recordable);
}

/** The parts of a cell type that give the names of composed cells. */
export type CellParts = { readonly [part in 'parameters' | 'state']: Readonly<Record<string, object>> };

/** Returns receptors of a composed cell: their names and types, by the parameters and variables that each has. */
export function receptorsOf(type: CellParts): readonly { readonly name: string; readonly type: string }[] {
  return Object.keys(type.parameters).flatMap((key) => {
    const [, name, time] = /^(\w+)_(tau_syn|tau_decay)$/.exec(key) ?? [];
    if (name === undefined) return [];
    const shape =
      time === 'tau_decay'
        ? 'BetaPSR'
        : type.parameters[`${name}_e_syn`] === undefined
          ? 'CurrExpPostSynapticResponse'
          : type.state[`${name}_gsyn_rise`] === undefined
            ? 'ExpPSR'
            : 'AlphaPSR';
    return [{ name, type: shape }];
  });
}

/** Returns the membrane of a composed cell. */
export const membraneOf = (type: CellParts): string => (type.state['w'] === undefined ? 'LIF' : 'AdExp');

/** Returns the composed cell with parts that have the names of a type. */
export function composedCell(type: CellParts): StandardCell | undefined {
  const receptors = receptorsOf(type);
  return receptors.length === 0 ? undefined : pointNeuron(membraneOf(type), receptors);
}
