/**
 * Initial values. Brian runs assignments in sequence. The canonical model has one value for each variable, in which
 * names of other variables stand for their initial values. This file computes the meaning of Brian's order.
 */

import { namesInText } from '../../src/lang/lexer.js';
import type { Expression } from '../../src/lang/ast.js';
import { binary, boolean, conditional, integer, name } from '../../src/lang/build.js';
import { callsIn } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { canList, readExpression, type Reporter } from './context.js';
import * as messages from './messages.js';
import { at, translate } from './names.js';
import type { Index, Initializers, PartialInitializer, Values } from './specification.generated.js';
import type { Meaning, Scope, Variable } from './terms.js';
import { readValue, valueTree, type ReadValue } from './values.js';

/** One assignment, in Brian's order. */
export interface Assignment {
  readonly variable: string;
  readonly value: Values;
  readonly where?: string;
  readonly index?: Index;
  /** Pointer to the variable's name or key, which has the value, or the map with `where` and `index`. */
  readonly pointer: string;
  readonly valuePointer: string;
}

/** The owner of initial values: a group or synapses. */
interface Owner {
  readonly name: string;
  readonly variables: ReadonlyMap<string, Variable>;
  /** Number of elements. It is absent for synapses, because only the run determines it. */
  readonly size?: number;
  readonly scope: Scope;
  /** Values of variables that Brian sets before any initializer. */
  readonly given?: ReadonlyMap<string, ReadValue>;
  /** The slice that a place on cells is, such as `axon[:10*um]`; absent: there are no places. */
  readonly place?: (text: string, pointer: string) => string | undefined;
}

/**
 * Splits initial values of synapses into first values and late values. Late ones wait until the synapses are numbered:
 * values given by number, and all later assignments, which may read them. Delays do not wait.
 */
export function splitInitializers(
  initializers: Initializers | undefined,
  pointer: string,
  delays: ReadonlyMap<string, Variable>,
): { readonly first: readonly Assignment[]; readonly late: readonly Assignment[] } {
  const all = listInitializers(initializers, pointer);
  const numbered = all.findIndex(({ index }) => index !== undefined);
  const waits = ({ variable, index }: Assignment, k: number): boolean =>
    numbered >= 0 && k >= numbered && (index !== undefined || !delays.has(variable));
  return { first: all.filter((assignment, k) => !waits(assignment, k)), late: all.filter(waits) };
}

/**
 * Returns the value of each variable that `initializers` sets.
 *
 * @param extra  variables that are not equations, such as the delays of pathways
 */
export function readInitializers(
  assignments: readonly Assignment[],
  owner: Owner,
  extra: ReadonlyMap<string, Variable>,
  to: Reporter,
): ReadonlyMap<string, ReadValue> {
  const values = new Map<string, ReadValue>(owner.given);
  for (const [position, assignment] of assignments.entries()) {
    const variable = extra.get(assignment.variable) ?? owner.variables.get(assignment.variable);
    if (variable === undefined) {
      to.report(
        messages.unknownVariable(assignment.variable, owner.name, [...settable(owner.variables), ...extra.keys()]),
        assignment.pointer,
      );
      continue;
    }
    if (variable.kind === 'subexpression') {
      to.report(messages.readOnly(variable.name, 'a subexpression'), assignment.pointer);
      continue;
    }
    if (isOfMorphology(variable.name, owner.given)) {
      to.report(messages.readOnly(variable.name, whatMorphologySays), assignment.pointer);
      continue;
    }
    const scope = momentScope(owner, values, assignments.slice(position + 1), assignment, to);
    const value = combine(assignment, variable, values.get(assignment.variable), owner, scope, to);
    if (value !== undefined) values.set(assignment.variable, value);
  }
  return values;
}

/** Description of variables that follow from the tree of a cell. Another value would not change the tree. */
export const whatMorphologySays = 'determined by the morphology and Ri of the cell';

/**
 * Checks whether a variable is determined by the morphology.
 *
 * @param given  values that a cell with compartments defines itself; absent if elements are not compartments
 */
export const isOfMorphology = (name: string, given: ReadonlyMap<string, ReadValue> | undefined): boolean =>
  name !== 'Cm' && given?.has(name) === true;

const settable = (variables: ReadonlyMap<string, Variable>): string[] =>
  [...variables.values()].filter((variable) => variable.kind !== 'subexpression').map((variable) => variable.name);

/** Returns the assignments of initializers, in order. */
export function listInitializers(initializers: Initializers | undefined, pointer: string): readonly Assignment[] {
  if (initializers === undefined) return [];
  if (isListed(initializers)) {
    return initializers.map((item, index) => ({
      ...item,
      pointer: child(child(pointer, index), 'variable'),
      valuePointer: child(child(pointer, index), 'value'),
    }));
  }
  return Object.entries(initializers).flatMap(([variable, value]): Assignment[] => {
    const at = child(pointer, variable);
    if (isPartialList(value))
      return value.map((part, index) => ({
        variable,
        ...part,
        pointer: at,
        valuePointer: child(child(at, index), 'value'),
      }));
    if (isPartial(value)) return [{ variable, ...value, pointer: at, valuePointer: child(at, 'value') }];
    return [{ variable, value, pointer: at, valuePointer: at }];
  });
}

const isListed = (
  initializers: Initializers,
): initializers is readonly (PartialInitializer & { readonly variable: string })[] => Array.isArray(initializers);
/** Checks whether an initial value belongs to a part of a group. */
export const isPartial = (value: unknown): value is PartialInitializer =>
  typeof value === 'object' && value !== null && 'value' in value;
const isPartialList = (value: unknown): value is readonly PartialInitializer[] =>
  Array.isArray(value) && value.length > 0 && value.every(isPartial);

/**
 * Returns the meaning of names at the moment of an assignment. A variable that is not set yet is 0, and one that will
 * be set again stands for its current value.
 */
function momentScope(
  owner: Owner,
  values: ReadonlyMap<string, ReadValue>,
  later: readonly Assignment[],
  now: Assignment,
  to: Reporter,
): Scope {
  const scope: Scope = {
    ...owner.scope,
    meaning: (key): Meaning | undefined => {
      const meaning = owner.scope.meaning(key);
      if (meaning?.kind !== 'variable' || meaning.owner !== 'self') return meaning;
      const { variable } = meaning;
      if (variable.kind === 'subexpression') return inlined(variable, scope, to);
      const value = values.get(variable.name);
      if (value === undefined) return { kind: 'expression', tree: zeroTree(variable) };
      const changes =
        now.variable === variable.name || later.some((assignment) => assignment.variable === variable.name);
      if (!changes) return meaning;
      if (isArray(value))
        return {
          kind: 'refused',
          finding: messages.unsupported(`reading ${variable.name} between two assignments of it`),
        };
      const tree = valueTree(value, variable);
      // A second draw would give another number. Only the assignment that replaces the value may read it, and only
      // once.
      if (callsRandom(tree) && now.variable !== variable.name)
        return { kind: 'refused', finding: messages.overwrittenInitializer(variable.name) };
      return { kind: 'expression', tree };
    },
  };
  return scope;
}

function inlined(variable: Variable, scope: Scope, to: Reporter): Meaning | undefined {
  if (variable.expression === undefined) return undefined;
  return { kind: 'expression', tree: translate(variable.expression, scope, variable.pointer, to) };
}

function zeroTree(variable: Variable): Expression {
  return valueTree({ kind: 'known', value: 0, text: 0, pointer: '' }, variable);
}

const callsRandom = (tree: Expression): boolean =>
  callsIn(tree).some((call) => ['uniform', 'normal', 'poisson'].includes(call.function));

function combine(
  assignment: Assignment,
  variable: Variable,
  before: ReadValue | undefined,
  owner: Owner,
  scope: Scope,
  to: Reporter,
): ReadValue | undefined {
  const index = placed(assignment, owner);
  const count = index === undefined ? undefined : indexCount(index, owner.size);
  const value = readValue(
    assignment.value,
    assignment.valuePointer,
    variable,
    scope,
    count ?? owner.size ?? Number.NaN,
    to,
  );
  if (value === undefined) return undefined;
  if (readsItselfTwice(assignment, before, variable)) {
    to.report(messages.overwrittenInitializer(variable.name), assignment.valuePointer);
  }
  if (index !== undefined) return atIndex(index, value, before, variable, assignment, owner, to);
  if (assignment.where === undefined) return value;
  return whereTrue(assignment.where, value, before, variable, assignment, scope, to);
}

/** Returns the index of an assignment. The index of a place on cells becomes a slice. */
function placed({ index, valuePointer }: Assignment, { place, size }: Owner): Index | undefined {
  if (typeof index !== 'string' || !place || sliceOf(index, size ?? 0) !== undefined) return index;
  return place(index, `${valuePointer.slice(0, valuePointer.lastIndexOf('/'))}/index`) ?? '0:0';
}

/** Checks whether a replacement reads a random value twice, which would draw it twice. */
function readsItselfTwice(assignment: Assignment, before: ReadValue | undefined, variable: Variable): boolean {
  if (before?.kind !== 'expression' || !callsRandom(before.tree)) return false;
  const { value, where } = assignment;
  const usesIn = (text: unknown): number =>
    typeof text === 'string' ? namesInText(text).filter(({ name }) => name === variable.name).length : 0;
  const uses = usesIn(value);
  // If the condition does not hold, the value stays.
  return uses > 1 || (uses > 0 && where !== undefined) || usesIn(where) > 0;
}

function whereTrue(
  where: string,
  value: ReadValue,
  before: ReadValue | undefined,
  variable: Variable,
  assignment: Assignment,
  scope: Scope,
  to: Reporter,
): ReadValue | undefined {
  const holder = assignment.valuePointer.slice(0, assignment.valuePointer.lastIndexOf('/'));
  const wherePointer = child(holder, 'where');
  const written = readExpression(where, wherePointer, to);
  if (written === undefined) return undefined;
  const condition = translate(written, scope, wherePointer, to);
  return choose(condition, value, before, variable, assignment, to);
}

const isArray = (value: ReadValue): value is ReadValue & { readonly kind: 'array' | 'data' } =>
  value.kind === 'array' || value.kind === 'data';

function choose(
  condition: Expression,
  value: ReadValue,
  before: ReadValue | undefined,
  variable: Variable,
  assignment: Assignment,
  to: Reporter,
): ReadValue | undefined {
  if (isArray(value) || (before !== undefined && isArray(before))) {
    to.report(
      messages.unsupported('a list of values for only some elements', 'give the list for all elements, or indices'),
      assignment.valuePointer,
    );
    return undefined;
  }
  if (condition.kind === 'boolean') return condition.value ? value : before;
  const otherwise = before === undefined ? zeroTree(variable) : valueTree(before, variable);
  const chosen = valueTree(value, variable);
  const tree = at(conditional(condition, chosen, otherwise), chosen.span.end > 0 ? chosen.span : condition.span);
  return { kind: 'expression', tree, pointer: assignment.valuePointer };
}

// --- Indices --------------------------------------------------------------------------------------------------------

function sliceOf(text: string, size: number): readonly [number, number] | undefined {
  const match = /^\s*(\d*)\s*:\s*(\d*)\s*$/.exec(text);
  if (!match) return undefined;
  return [match[1] === '' ? 0 : Number(match[1]), match[2] === '' ? size : Number(match[2])];
}

function indexCount(index: Index, size: number | undefined): number | undefined {
  if (typeof index === 'number') return 1;
  if (typeof index !== 'string') return index.length;
  const slice = sliceOf(index, size ?? 0);
  return slice === undefined ? undefined : Math.max(0, slice[1] - slice[0]);
}

function atIndex(
  index: Index,
  value: ReadValue,
  before: ReadValue | undefined,
  variable: Variable,
  assignment: Assignment,
  owner: Owner,
  to: Reporter,
): ReadValue | undefined {
  const pointer = assignment.valuePointer;
  if (owner.size === undefined) return undefined;
  if (!canList(indexCount(index, owner.size) ?? 1, pointer, to)) return undefined;
  const chosen = chosenIndices(index, owner.size);
  if (chosen === undefined) {
    to.report(messages.badIndex(index), pointer);
    return undefined;
  }
  if (chosen.some((position) => position < 0 || position >= (owner.size ?? 0))) {
    to.report(messages.outOfRange('the index', `0 to ${owner.size - 1}`, index), pointer);
    return undefined;
  }
  if (value.kind === 'expression' || before?.kind === 'expression' || (value.kind === 'known' && isRange(index))) {
    return choose(indexCondition(index, owner.size), value, before, variable, assignment, to);
  }
  if (value.kind === 'data' || before?.kind === 'data') {
    to.report(messages.unsupported('an array beside the document for only some elements'), pointer);
    return undefined;
  }
  if (!canList(owner.size, pointer, to)) return undefined;
  const base = before === undefined ? 0 : before.kind === 'known' ? before.value : before.values;
  const values = typeof base === 'number' ? new Array<number>(owner.size).fill(base) : [...base];
  for (const [order, position] of chosen.entries())
    values[position] = value.kind === 'array' ? (value.values[order] ?? 0) : value.value;
  return { kind: 'array', values, pointer };
}

const isRange = (index: Index): boolean => typeof index === 'string' || typeof index === 'number';

function chosenIndices(index: Index, size: number): readonly number[] | undefined {
  if (typeof index === 'number') return [index];
  if (typeof index !== 'string') return index.every(Number.isInteger) ? index : undefined;
  const slice = sliceOf(index, size);
  if (slice === undefined || slice[1] > size) return undefined;
  return Array.from({ length: Math.max(0, slice[1] - slice[0]) }, (_, position) => slice[0] + position);
}

/** Returns the condition on `i` that an index stands for. */
function indexCondition(index: Index, size: number): Expression {
  const element = name('i');
  if (typeof index === 'number') return binary('==', element, integer(index));
  if (typeof index === 'string') {
    const [start, stop] = sliceOf(index, size) ?? [0, 0];
    const parts = [
      ...(start > 0 ? [binary('>=', element, integer(start))] : []),
      ...(stop < size ? [binary('<', element, integer(stop))] : []),
    ];
    return (
      parts.reduce<Expression | undefined>(
        (all, part) => (all === undefined ? part : binary('and', all, part)),
        undefined,
      ) ?? boolean(true)
    );
  }
  const equals = index.map((position): Expression => binary('==', element, integer(position)));
  return equals.reduce((all, part) => binary('or', all, part), boolean(false));
}
