/** The members of a canonical type that neurons and synapses have in common. */

import type { Expression } from '../../src/lang/ast.js';
import { unitText } from '../../src/lang/units.js';
import { printExpression } from '../../src/lang/print.js';
import { namesIn } from '../../src/lang/walk.js';
import { located, locatedExpression, type Located } from '../shared/located.js';
import { isNoise } from './equations.js';
import type { Constant, Variable } from './terms.js';
import type { ReadValue } from './values.js';

/** Right sides of equations in canonical names, by variable. */
type Translated = ReadonlyMap<string, Expression>;

/** Equations and values of a group or of synapses, translated. */
interface Parts {
  readonly variables: ReadonlyMap<string, Variable>;
  readonly right: Translated;
  readonly used: ReadonlyMap<string, Constant>;
  readonly written: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, ReadValue>;
}

/**
 * Emits parameters, state, derived variables, derivatives and noise of a type. Values known beforehand are the type's
 * own defaults.
 */
export function emitEquations(parts: Parts): Record<string, unknown> {
  const variables = [...parts.variables.values()].filter((variable) => !variable.flags.has('summed'));
  const isState = (variable: Variable): boolean =>
    variable.kind === 'differential' || (variable.kind === 'parameter' && parts.written.has(variable.name));
  const parameters = variables.filter((variable) => variable.kind === 'parameter' && !isState(variable));
  const noise = [...new Set([...parts.right.values()].flatMap((tree) => [...namesIn(tree)].filter(isNoise)))].sort();
  return {
    parameters: {
      ...Object.fromEntries([...parts.used.values()].map((constant) => [constant.name, emitConstant(constant)])),
      ...Object.fromEntries(parameters.map((variable) => [variable.name, declared(variable, 'value', parts)])),
    },
    state: Object.fromEntries(
      variables.filter(isState).map((variable) => [variable.name, declared(variable, 'initial', parts)]),
    ),
    derived: Object.fromEntries(
      variables
        .filter((variable) => variable.kind === 'subexpression')
        .map((variable) => [variable.name, derived(variable, parts)]),
    ),
    derivatives: Object.fromEntries(
      variables
        .filter((variable) => variable.kind === 'differential')
        .map((variable) => [variable.name, derivative(variable, parts)]),
    ),
    ...(noise.length === 0 ? {} : { noise }),
  };
}

/** Marks the unknown unit of a variable with a wrong definition, so that its uses are not checked. */
const unknownUnit = '?';

const describe = (variable: Variable): Record<string, unknown> => ({
  unit: variable.unknown ? unknownUnit : unitText(variable.dimension),
  ...(variable.type === 'real' ? {} : { type: variable.type }),
  ...(variable.flags.has('shared') ? { shared: true } : {}),
});

function declared(variable: Variable, key: 'value' | 'initial', parts: Parts): Located {
  const value = parts.values.get(variable.name);
  const known =
    value?.kind === 'known' ? { [key]: located(value.text, value.pointer) } : key === 'value' ? { value: 0 } : {};
  return located({ ...describe(variable), ...known }, variable.pointer, variable.nameSpan);
}

function derived(variable: Variable, parts: Parts): Located {
  const right = parts.right.get(variable.name);
  const value = right === undefined ? '0' : locatedExpression(right, variable.pointer);
  return located(
    { ...describe(variable), value, ...(variable.flags.has('constant over dt') ? { held: true } : {}) },
    variable.pointer,
    variable.nameSpan,
  );
}

function derivative(variable: Variable, parts: Parts): Located {
  const right = parts.right.get(variable.name);
  const rate = right === undefined ? '0' : locatedExpression(right, variable.pointer);
  return located(
    { rate, ...(variable.flags.has('event-driven') ? { eventDriven: true } : {}) },
    variable.pointer,
    variable.nameSpan,
  );
}

function emitConstant(constant: Constant): Located {
  const unit = constant.quantity === undefined ? {} : { unit: unitText(constant.quantity.dimension) };
  const value =
    constant.quantity !== undefined
      ? constant.quantity.value
      : located(printExpression(constant.tree), constant.pointer);
  return located(
    {
      ...unit,
      ...(constant.type === 'real' ? {} : { type: constant.type }),
      value: booleanOr(constant, value),
      shared: true,
    },
    constant.pointer,
  );
}

function booleanOr(constant: Constant, value: unknown): unknown {
  return constant.tree.kind === 'boolean' ? constant.tree.value : value;
}

/** Emits values of a population or projection that are not known beforehand. */
export function emitValues(values: ReadonlyMap<string, ReadValue>): Record<string, unknown> {
  return Object.fromEntries(
    [...values].filter(([, value]) => value.kind !== 'known').map(([key, value]) => [key, emitValue(value)]),
  );
}

/** Emits a value for the document: the given text, an expression, or an array in SI. */
export function emitValue(value: ReadValue): unknown {
  switch (value.kind) {
    case 'known':
      return located(value.text, value.pointer);
    case 'expression':
      return locatedExpression(value.tree, value.pointer);
    case 'array':
      return located({ array: value.values }, value.pointer);
    case 'data':
      return located(value.reference, value.pointer);
    default:
      return value satisfies never;
  }
}
