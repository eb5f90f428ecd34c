/** Types with a cable in Brian's form. */

import type { Expression } from '../../../src/lang/ast.js';
import { binary, name } from '../../../src/lang/build.js';
import { equalExpressions } from '../../../src/lang/walk.js';
import type { NeuronType } from '../../../src/model/typed.js';
import { coordinateNames, riseName, spatialNames } from '../vocabulary.js';

/** Names that Brian defines for compartments. */
export const builtIn: ReadonlySet<string> = new Set([...spatialNames, riseName, 'gtot__private']);

/** A type of either form. */
export interface Shaped {
  readonly parameters: Readonly<Record<string, { readonly unit: string }>>;
  readonly state: Readonly<Record<string, object>>;
  readonly derived: Readonly<Record<string, object>>;
}

/** Returns the coordinates of compartments, if the morphology has them. */
export const coordinatesOf = ({ parameters }: Shaped): readonly string[] =>
  coordinateNames.every((name) => parameters[name]?.unit === 'm') ? coordinateNames : [];

/** Checks whether a name is Brian's own in a SpatialNeuron of this type. */
export const isBuiltIn = (name: string, type: Shaped): boolean =>
  builtIn.has(name) || coordinatesOf(type).includes(name);

/**
 * Checks whether a type has a cable as Brian represents it: with Brian's driving current and Brian's properties of
 * compartments.
 */
export function isSpatial({ cable, parameters, state, derived }: NeuronType): boolean {
  const known = ['area', 'length', 'diameter', 'distance', 'volume', 'Cm', 'Ri'];
  return (
    cable !== undefined &&
    cable.voltage === 'v' &&
    isOverArea(cable.capacitance, 'Cm') &&
    isOverArea(cable.current, 'Im') &&
    (cable.rise === undefined || cable.rise === riseName) &&
    derived['Im'] !== undefined &&
    state['v'] !== undefined &&
    known.every((name) => parameters[name] !== undefined)
  );
}

/** Checks whether an expression is a variable times the area of the compartment. */
const isOverArea = (e: Expression, variable: string): boolean =>
  equalExpressions(e, binary('*', name(variable), name('area')));
