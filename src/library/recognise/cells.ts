/**
 * Which standard cell a neuron type is: from its rates as polynomials in the state, whatever its variables and
 * parameters are called, and in whatever units and order they are written.
 *
 * The parameters of the standard cell are solved for; then both sets of rates are compared at random points.
 */

import { numbersOf } from '../../model/arrays.js';
import type { NeuronType } from '../../model/typed.js';
import { isGiven } from '../../model/tagged.js';
import { name as nameOf } from '../../lang/build.js';
import { NotExpressible } from '../not-expressible.js';
import { NoNumber } from '../../lang/evaluate.js';
import { declaredCell } from '../declared-types.js';
import { type CellUse, type RecognisedCell, refuse, viewOf, currentsOf } from './cells/view.js';
import { anatomyOf, fits, matched } from './cells/match.js';
import { membranes, type CellNotation } from './cells/membranes.js';
import { verify } from './cells/verify.js';
import { recogniseCompartments } from './compartments.js';
import { constantOf } from './numbers.js';
import { valueOf } from './values.js';

/** Returns the standard cell that a type is, or a text with the reason if there is no such cell. */
export function recogniseCell(
  type: NeuronType,
  use: CellUse,
  notation: CellNotation = 'pynn',
): RecognisedCell | string {
  try {
    return recognise(type, use, notation);
  } catch (error) {
    if (error instanceof NotExpressible) return error.message;
    // A function of time or a draw in a rate has no value at a point.
    if (error instanceof NoNumber) return 'its rates depend on values known only during a run';
    throw error;
  }
}

/**
 * Refuses values for which the equations of a standard type have solutions, but not its meaning: times and capacitances
 * that are not positive, and an adaptation that only drives the membrane, such as the potential of a second
 * compartment.
 */
function checkRanges({ standard, parameters }: RecognisedCell, { environment }: CellUse): void {
  const some = (name: string, test: (value: number) => boolean): boolean => {
    const e = parameters[name];
    const value = e && (constantOf(e) ?? valueOf(e, environment));
    const isList = value !== undefined && typeof value === 'object' && isGiven(value);
    const numbers = isList ? Array.from(numbersOf(value.array, environment.data)) : [value];
    return numbers.some((number) => typeof number === 'number' && test(number));
  };
  for (const name of Object.keys(parameters))
    if ((name === 'cm' || (name.startsWith('tau_') && name !== 'tau_refrac')) && some(name, (value) => value <= 0))
      refuse(`its ${name} as ${standard.name} would not be positive, which PyNN's simulators refuse`);
  if (standard.name.startsWith('EIF_') && some('a', (a) => a < 0) && !some('b', (b) => b !== 0))
    refuse(`it has a second variable that drives the membrane, which the adaptation of ${standard.name} does not`);
}

/** Returns the cell that a type declares to be, with its own names. */
function byDeclaration(type: NeuronType): RecognisedCell | undefined {
  const standard = declaredCell(type);
  if (standard === undefined) return undefined;
  return {
    standard,
    parameters: Object.fromEntries(Object.keys(type.parameters).map((key) => [key, nameOf(key)])),
    variables: new Map(Object.keys(type.state).map((key) => [key, { name: key, factor: 1 }])),
    ports: new Map(
      Object.values(standard.receptors).map(({ variable, kind }) => [
        variable,
        { kind, positive: variable, negative: variable, factor: 1 },
      ]),
    ),
    currents: new Map(Object.keys(type.inputs).map((key) => [key, 1])),
    remarks: [],
  };
}

function recognise(type: NeuronType, use: CellUse, notation: CellNotation): RecognisedCell {
  if (type.noise.length > 0) refuse('PyNN has no noise in the equations of a cell');
  if (type.compartments !== undefined || type.cable !== undefined) {
    const found = notation === 'pynn' ? recogniseCompartments(type, use.environment.data) : '';
    refuse(typeof found === 'string' && found !== '' ? found : 'it has several compartments');
  }
  if (Object.keys(type.regimes).length > 0) refuse('it has regimes');
  const declared = byDeclaration(type);
  if (declared !== undefined) return declared;
  const others = Object.keys(type.events).filter((name) => name !== 'spike');
  if (others.length > 0) refuse(`PyNN has no events other than spikes: ${others.join(', ')}`);
  const view = viewOf(type, use);
  const anatomy = anatomyOf(type, view, use);
  const known = membranes.filter(({ notations }) => notations.includes(notation));
  const fitting = known.filter((one) => fits(one, anatomy));
  let reason = '';
  for (const membrane of fitting.length > 0 ? fitting : known.slice(-1))
    try {
      const found = matched(membrane, anatomy);
      checkRanges(found, use);
      verify(type, found, use);
      return { ...found, currents: currentsOf(type, view, found) };
    } catch (error) {
      if (!(error instanceof NotExpressible)) throw error;
      reason = error.message;
    }
  return refuse(reason);
}
