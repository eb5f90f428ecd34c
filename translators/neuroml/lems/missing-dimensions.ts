/** Dimensions of names, and of derived variables without a stated one: their exposures', or their values'. */

import { second } from '../../../src/lang/dimension.js';
import { dimensionless, type Dimension } from '../../../src/lang/ast.js';
import type {
  ComponentType,
  ConstantDefinition,
  DerivedVariableDefinition,
  DynamicsDefinition,
} from './definitions.js';
import { inferDimension } from './infer-dimension.js';

/** Dimensions of all names that the expressions of a type may read. */
export function namesOf(
  type: ComponentType,
  constants: ReadonlyMap<string, ConstantDefinition>,
): Map<string, Dimension | 'any'> {
  const names = new Map<string, Dimension | 'any'>([['t', second]]);
  const add = (members: Iterable<{ readonly name: string; readonly dimension: Dimension | null }>): void => {
    for (const { name, dimension } of members) names.set(name, dimension ?? 'any');
  };
  add(constants.values());
  for (const members of [type.requirements, type.parameters, type.constants, type.derivedParameters, type.properties])
    add(members.values());
  for (const name of type.indexParameters.keys()) names.set(name, dimensionless);
  add(type.dynamics?.stateVariables ?? []);
  add(type.dynamics?.derivedVariables ?? []);
  return names;
}

/**
 * Returns a type with dimensions for all derived variables, as far as they can be inferred. A `select` without a
 * dimension keeps none, and so do the variables that are computed from it.
 */
export function fillDimensions(type: ComponentType, constants: ReadonlyMap<string, ConstantDefinition>): ComponentType {
  const { dynamics } = type;
  if (!dynamics || dynamics.derivedVariables.every(({ dimension }) => dimension !== null)) return type;
  let filled: DynamicsDefinition = {
    ...dynamics,
    derivedVariables: dynamics.derivedVariables.map((variable) =>
      withDimension(variable, type.exposures.get(variable.exposure ?? '')?.dimension),
    ),
  };
  // A variable may be computed from one that is declared after it.
  for (let left = filled.derivedVariables.length; left > 0; left--) {
    const names = namesOf({ ...type, dynamics: filled }, constants);
    const next = filled.derivedVariables.map((variable) =>
      withDimension(variable, ofValue(variable, type.name, names)),
    );
    if (next.every((variable, index) => variable === filled.derivedVariables[index])) break;
    filled = { ...filled, derivedVariables: next };
  }
  return { ...type, dynamics: filled };
}

function withDimension(
  variable: DerivedVariableDefinition,
  dimension: Dimension | null | undefined,
): DerivedVariableDefinition {
  return variable.dimension !== null || !dimension ? variable : { ...variable, dimension };
}

/** Dimension of a variable's value, or of the first of its cases that has one. */
function ofValue(
  { value, cases }: DerivedVariableDefinition,
  owner: string,
  names: ReadonlyMap<string, Dimension | 'any'>,
): Dimension | null {
  for (const { tree } of [...(value ? [value] : []), ...(cases ?? []).map((item) => item.value)]) {
    const found = inferDimension(tree, { owner, names, report: () => undefined, mismatch: 'error' });
    if (found !== null && found !== 'any' && found !== 'condition') return found;
  }
  return null;
}
