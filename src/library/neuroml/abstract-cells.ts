/**
 * NeuroML's abstract cells, for neuron types whose equations are theirs, whatever their variables are called and in
 * whatever units they are: the parameters, and the synapses that variables of the type stand for.
 *
 * @source NeuroML 2.3, Cells.xml, Synapses.xml and PyNN.xml
 */

import type { Expression } from '../../lang/ast.js';
import { name as nameOf, number, quotient } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import type { NeuronType } from '../../model/model.js';
import { recogniseCell } from '../recognise/cells.js';
import { type CellUse, type RecognisedCell, Unrecognised, refuse } from '../recognise/cells/view.js';
import { constantOf, everywhere, fold, near } from '../recognise/numbers.js';
import { quadraticCell } from './quadratic-cells.js';
import type { AbstractCell } from './abstract-cell.js';
import { receptorsOf } from './receptors.js';

/** The abstract cell that a type is; a text that says why where it is none. */
export function abstractCell(type: NeuronType, use: CellUse): AbstractCell | string {
  try {
    if (type.noise.length > 0) refuse('noise');
    const quadratic = quadraticCell(type, use);
    if (quadratic !== undefined) return quadratic;
    const found = recogniseCell(type, use);
    return typeof found === 'string' ? found : fromStandard(found, type, use);
  } catch (error) {
    if (error instanceof Unrecognised) return error.message;
    if (error instanceof NoNumber) return 'its rates depend on values known only during a run';
    throw error;
  }
}

const isNought = (e: Expression | undefined): boolean => e === undefined || constantOf(e) === 0;

/** A cell of PyNN's as one of NeuroML's. */
function fromStandard(found: RecognisedCell, type: NeuronType, { environment }: CellUse): AbstractCell {
  const { standard, parameters, variables, ports, currents } = found;
  const of = (name: string): Expression => parameters[name] ?? refuse(`${standard.name} has no ${name}`);
  const isAdaptive = ['delta_T', 'a', 'b'].some((name) => !isNought(parameters[name]));
  if (!/^(IF_c|EIF_|LIF|AdExp|PointNeuron)/.test(standard.name) || /gsfa|curr_delta/.test(standard.name))
    refuse(`NeuroML has no abstract cell like ${standard.name}`);
  if (type.events['spike'] === undefined) refuse('it has no threshold');
  const inputs = Object.keys(type.inputs).filter((name) => currents?.has(name) === true);
  if (inputs.some((name) => type.inputs[name]?.unit !== 'A' || !near(currents?.get(name) ?? 0, 1)))
    refuse('its inputs are no currents');
  const own = new Map([...variables].filter(([, { name }]) => name === 'v' || name === 'w'));
  const common = {
    variables: own,
    receptors: receptorsOf(ports, parameters),
    responses: [...variables.keys()].filter((name) => !own.has(name)),
    inputs,
    isPure: false,
    remarks: found.remarks,
  };
  const held = isNought(parameters['tau_refrac']) ? {} : { held: of('tau_refrac') };
  const drive = isNought(parameters['i_offset']) ? {} : { drive: of('i_offset') };
  const isFree = inputs.length + common.receptors.size === 0 && drive.drive === undefined;
  const [given] = Object.entries(type.parameters).flatMap(([name, { unit }]) => (unit === 'F' ? [name] : []));
  const capacitance = isFree && given !== undefined ? nameOrNumber(given, environment) : of('cm');
  const conductance = fold(quotient(capacitance, of('tau_m')));
  if (isAdaptive) {
    if ((everywhere(of('delta_T')) ?? 1) === 0) refuse('NeuroML has no adaptive cell without an exponential');
    const adaptive = {
      C: capacitance,
      gL: conductance,
      EL: of('v_rest'),
      VT: of('v_thresh'),
      thresh: of('v_spike'),
      reset: of('v_reset'),
      delT: of('delta_T'),
      tauw: parameters['tau_w'] ?? number(0.1),
      a: of('a'),
      b: of('b'),
    };
    return { ...common, ...held, ...drive, name: 'adExIaFCell', parameters: adaptive };
  }
  const threshold = { leakReversal: of('v_rest'), thresh: of('v_thresh'), reset: of('v_reset') };
  const refractory = isNought(parameters['tau_refrac']) ? '' : 'Ref';
  if (isFree && given === undefined)
    return { ...common, ...held, name: `iafTau${refractory}Cell`, parameters: { ...threshold, tau: of('tau_m') } };
  const membrane = { leakConductance: conductance, C: capacitance };
  return { ...common, ...held, ...drive, name: `iaf${refractory}Cell`, parameters: { ...threshold, ...membrane } };
}

/** A parameter: its number, where all cells share one. */
function nameOrNumber(parameter: string, { numbers }: CellUse['environment']): Expression {
  const known = numbers.get(parameter);
  return known === undefined ? nameOf(parameter) : number(known);
}
