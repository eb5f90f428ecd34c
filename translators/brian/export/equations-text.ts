/** Equations and initial values of a type as Brian writes them. */

import { knownNumbers } from '../../../src/model/arrays.js';
import type { Dimension, Expression } from '../../../src/lang/ast.js';
import { integer } from '../../../src/lang/build.js';
import { canonicalDecimal } from '../../../src/lang/decimal.js';
import { parseUnit } from '../../../src/lang/units.js';
import {
  formulaOf,
  type DataStore,
  type DerivedVariable,
  type NeuronType,
  type StateVariable,
  type SynapseType,
  type Value,
  type ValueType,
} from '../../../src/model/typed.js';
import { namesIn } from '../../../src/lang/walk.js';
import { dependencyOrder } from '../../../src/lang/graph.js';
import { brianExpression, folded, type NameView, type Remarks } from './brian-text.js';
import { channelOf, channelParts } from '../../../src/library/readable/channel-parts.js';
import { type TypePlan } from './plan.js';
import { declaredUnit, quantityText, writtenQuantities } from '../../../src/lang/readable-quantity.js';

/** Returns the dimension of a canonical unit text. */
export const dimensionOf = (unit: string): Dimension => parseUnit(unit).dimension;

/** Returns the unit of a variable in an equation, or the type name of integers and truth values. */
function unitWord(unit: string, type: ValueType): string {
  return type === 'real' ? declaredUnit(dimensionOf(unit)) : type;
}

const flagged = (flags: readonly string[]): string => (flags.length === 0 ? '' : ` (${flags.join(', ')})`);

/** Further facts about equations. */
interface EquationOptions {
  /** Parameters that are variables of other groups. */
  readonly linked?: ReadonlySet<string>;
  /** Whether the equations of each channel are grouped. */
  readonly hasChannels?: boolean;
}

/**
 * Returns the lines of a model string: differential equations, then subexpressions, then variables without an equation.
 * The equations of each channel come last under a comment, unless the author has another order.
 *
 * @param flags  of differential equations, by canonical name
 * @param more   further lines of the caller, such as summed variables
 */
export function equationLines(
  type: NeuronType | SynapseType,
  plan: TypePlan,
  view: NameView,
  remarks: Remarks,
  flags: (key: string) => readonly string[],
  more: readonly string[] = [],
  { linked = new Set(), hasChannels = false }: EquationOptions = {},
): string {
  const name = (key: string): string => plan.names.get(key) ?? key;
  const differential = ([key, variable]: readonly [string, StateVariable]): string => {
    if (variable.shared) remarks.notExpressible('brian/shared', `Brian cannot integrate ${key}, which is shared`);
    const rate = brianExpression(type.derivatives[key]?.rate ?? integer(0), view, remarks);
    return `d${name(key)}/dt = ${rate} : ${unitWord(variable.unit, 'real')}${flagged(flags(key))}`;
  };
  const subexpression = ([key, variable]: readonly [string, DerivedVariable]): string => {
    const own = [...(variable.shared ? ['shared'] : []), ...(variable.held ? ['constant over dt'] : [])];
    return (
      `${name(key)} = ${brianExpression(variable.value, view, remarks)} : ` +
      `${unitWord(variable.unit, variable.type)}${flagged(own)}`
    );
  };
  const state = Object.entries(type.state);
  const integrated = state.filter(([key]) => Object.hasOwn(type.derivatives, key));
  const kept = state.filter(([key]) => !Object.hasOwn(type.derivatives, key));
  const equation = (key: string): string => {
    const [variable, derived] = [type.state[key], type.derived[key]];
    return derived ? subexpression([key, derived]) : variable ? differential([key, variable]) : '';
  };
  const channels = hasChannels ? channelParts(type) : new Map<string, readonly string[]>();
  const inChannels = new Set([...channels.values()].flat());
  const parameters = Object.entries(type.parameters)
    .filter(([key]) => !plan.constants.has(key))
    .map(
      ([key, variable]) =>
        `${name(key)} : ` +
        unitWord(variable.unit, variable.type) +
        flagged(linked.has(key) ? ['linked'] : ['constant', ...(variable.shared ? ['shared'] : [])]),
    );
  const lines = [
    ...[...integrated.map(([key]) => key), ...Object.keys(type.derived)]
      .filter((key) => !inChannels.has(key))
      .map(equation),
    ...kept.map(
      ([key, variable]) =>
        `${name(key)} : ${unitWord(variable.unit, variable.type)}${flagged(variable.shared ? ['shared'] : [])}`,
    ),
    ...parameters,
    ...more,
    ...[...channels].flatMap(([current, keys]) => [`# ${channelOf(name(current))}`, ...keys.map(equation)]),
  ];
  return sharedFirst(lines).join('\n');
}

/**
 * Sorts expressions that hold over a step. Brian computes them in the order of the text, and rejects shared ones after
 * others.
 */
function sharedFirst(lines: readonly string[]): readonly string[] {
  const isShared = (line: string): boolean => line.endsWith('(shared, constant over dt)');
  const first = lines.findIndex((line) => line.endsWith('constant over dt)') && !isShared(line));
  if (first < 0) return lines;
  const later = lines.slice(first);
  return [...lines.slice(0, first), ...later.filter(isShared), ...later.filter((line) => !isShared(line))];
}

/** Returns the value of a constant in a namespace. */
export function constantText(
  value: Value,
  unit: string,
  type: ValueType,
  view: NameView,
  remarks: Remarks,
): string | number {
  if (typeof value === 'number') {
    if (type === 'boolean') return value === 0 ? 'False' : 'True';
    // A whole number of a real kind keeps its decimal point, since Brian distinguishes 2 from 2.0.
    const text = quantityText(value, dimensionOf(unit), view.arithmetic);
    return typeof text === 'number' && type === 'real' && Number.isInteger(text)
      ? canonicalDecimal(String(text), false)
      : text;
  }
  const e = formulaOf(value);
  return e ? brianExpression(e, view, remarks) : 0;
}

/** A value in the specification's form. */
type ValueText = string | number | boolean | { readonly values: readonly number[]; readonly unit?: string };

/** Returns a value of a variable, or undefined after reporting that Brian cannot express it. */
export function valueText(
  value: Value,
  unit: string,
  type: ValueType,
  view: NameView,
  data: DataStore,
  remarks: Remarks,
): ValueText | undefined {
  if (typeof value === 'number')
    return type === 'boolean' ? value !== 0 : quantityText(value, dimensionOf(unit), view.arithmetic);
  if (value.kind === 'expression') return brianExpression(value.expression, view, remarks);
  if (value.kind === 'draw') {
    remarks.notExpressible(
      'brian/named-generator',
      'Brian cannot draw values from a named generator; freezing the model makes them explicit',
    );
    return undefined;
  }
  const numbers = knownNumbers(value.array, data);
  if (numbers === undefined) {
    remarks.notExpressible('brian/missing-data', 'the array was not given with the model');
    return undefined;
  }
  return writtenQuantities(numbers, dimensionOf(unit), view.arithmetic);
}

/** Returns initial values and values of parameters, ordered so that each reads only earlier ones. */
export function initializers(
  type: NeuronType | SynapseType,
  plan: TypePlan,
  values: Readonly<Record<string, Value>>,
  view: NameView,
  data: DataStore,
  remarks: Remarks,
  linked: ReadonlySet<string> = new Set(),
): Record<string, unknown> {
  const entries = [
    ...Object.entries(type.parameters)
      .filter(([key]) => !plan.constants.has(key) && !linked.has(key))
      .map(([key, parameter]) => ({
        key,
        unit: parameter.unit,
        type: parameter.type,
        value: values[key] ?? parameter.value,
      })),
    ...Object.entries(type.state).map(([key, state]) => ({
      key,
      unit: state.unit,
      type: state.type,
      value: values[key] ?? state.initial,
    })),
  ].filter(({ value }) => value !== 0);
  const ordered = byDependency(
    entries.map((entry) => ({
      ...entry,
      reads: readsThrough(formulaOf(entry.value), type),
    })),
  );
  const result: Record<string, unknown> = {};
  for (const entry of ordered) {
    const written =
      conditionalParts(entry.value, entry.unit, entry.type, view, remarks) ??
      valueText(entry.value, entry.unit, entry.type, view, data, remarks);
    if (written !== undefined) result[plan.names.get(entry.key) ?? entry.key] = written;
  }
  return result;
}

/** Returns names that an expression reads, directly or through derived variables. */
function readsThrough(e: Expression | undefined, { derived }: NeuronType | SynapseType): ReadonlySet<string> {
  const reads = (from: Expression | undefined): ReadonlySet<string> => (from ? namesIn(from) : new Set());
  return new Set(dependencyOrder(reads(e), (name) => reads(derived[name]?.value)));
}

/** Writes `a if c else b` as Brian's two assignments: b for all, then a if c holds. */
function conditionalParts(
  value: Value,
  unit: string,
  type: ValueType,
  view: NameView,
  remarks: Remarks,
): readonly unknown[] | undefined {
  const e = formulaOf(value);
  const tree = e && folded(e, view);
  if (tree?.kind !== 'conditional') return undefined;
  const parts: { value: string | number; where?: string }[] = [];
  const add = (node: typeof tree.whenFalse): void => {
    if (node.kind !== 'conditional') {
      const zero = (node.kind === 'quantity' || node.kind === 'number') && node.value === 0;
      if (!zero) parts.push({ value: textOf(node, unit, type, view, remarks) });
      return;
    }
    add(node.whenFalse);
    parts.push({
      value: textOf(node.whenTrue, unit, type, view, remarks),
      where: brianExpression(node.condition, view, remarks),
    });
  };
  add(tree);
  return parts;
}

function textOf(tree: Expression, unit: string, type: ValueType, view: NameView, remarks: Remarks): string | number {
  if (tree.kind === 'quantity' || (tree.kind === 'number' && type === 'real'))
    return quantityText(tree.value, dimensionOf(unit), view.arithmetic);
  return brianExpression(tree, view, remarks);
}

function byDependency<T extends { readonly key: string; readonly reads: ReadonlySet<string> }>(
  entries: readonly T[],
): readonly T[] {
  const left = [...entries];
  const ordered: T[] = [];
  while (left.length > 0) {
    const next = left.findIndex((entry) => !left.some((other) => other !== entry && entry.reads.has(other.key)));
    ordered.push(...left.splice(Math.max(next, 0), 1));
  }
  return ordered;
}
