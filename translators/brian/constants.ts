/**
 * The constants of a specification (Brian's external namespace): quantities, and arithmetic of units and other
 * constants such as `60*0.27/10*mV`. They are read once, each wherever it is first needed.
 */

import { dimensionless, type Expression, type Span, type ValueType } from '../../src/lang/ast.js';
import { binary, boolean, number, unary } from '../../src/lang/build.js';
import { isDimensionless, unitText } from '../../src/lang/dimension.js';
import { foldConstants } from '../../src/lang/fold.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { callsIn, namesIn } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { readExpression, type Reporter } from './context.js';
import * as messages from './messages.js';
import { at, translate } from './names.js';
import type { Constant, Namespace, Quantity, Scope } from './terms.js';
import { brianConstants, brianFunctions } from './vocabulary.js';
import { brianUnits } from './units.js';

export const emptyNamespace: Namespace = { find: () => undefined, names: () => [] };

/**
 * The constants of a `namespace` map. Each is reported once when it is wrong, then counts as 0.
 *
 * @param entries  the map at `pointer`
 * @param outer    where names are looked up that `entries` lacks
 * @param changed  constants that get other values later: whole numbers among them may become fractions
 */
export function readNamespace(
  entries: Readonly<Record<string, string | number>> | undefined,
  pointer: string,
  outer: Namespace,
  to: Reporter,
  changed: ReadonlySet<string> = new Set(),
): Namespace {
  if (entries === undefined) return outer;
  const done = new Map<string, Constant>();
  const open: string[] = [];
  const read = (key: string): Constant => {
    const known = done.get(key);
    if (known !== undefined) return known;
    const at = child(pointer, key);
    if (open.includes(key)) {
      to.report(messages.namespaceCycle([...open.slice(open.indexOf(key)), key]), at);
      return zero(key, at);
    }
    open.push(key);
    const written = readConstant(key, entries[key] ?? 0, at, namespace, to);
    const constant = written.type === 'integer' && changed.has(key) ? { ...written, type: 'real' as const } : written;
    open.pop();
    done.set(key, done.get(key) ?? constant);
    return constant;
  };
  const namespace: Namespace = {
    find: (key) => (Object.hasOwn(entries, key) ? read(key) : outer.find(key)),
    names: () => [...new Set([...Object.keys(entries), ...outer.names()])],
  };
  for (const key of Object.keys(entries)) {
    checkConstantName(key, child(pointer, key), to);
    read(key);
  }
  return namespace;
}

const zero = (key: string, pointer: string): Constant => ({
  name: key,
  pointer,
  tree: number(0),
  quantity: { value: 0, dimension: dimensionless },
  type: 'real',
});

function checkConstantName(key: string, pointer: string, to: Reporter): void {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(key)) to.report(messages.notAnIdentifier(key), pointer);
  else if (brianUnits.has(key)) to.report(messages.reservedName(key, 'a unit'), pointer);
  else if (brianFunctions.includes(key)) to.report(messages.reservedName(key, 'a function'), pointer);
  else if (brianConstants.includes(key)) to.report(messages.reservedName(key, 'a constant of Brian'), pointer);
}

function readConstant(
  key: string,
  value: string | number,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): Constant {
  const tree = readConstantExpression(value, pointer, namespace, to);
  if (tree === undefined) return zero(key, pointer);
  const quantity = quantityOf(tree);
  // Arithmetic that could not be done has no finite value: 1/0, 1e308*10.
  const arithmetic =
    callsIn(tree).length === 0 &&
    !isLogical(tree) &&
    [...namesIn(tree)].every((part) => brianUnits.has(part) || part === 'pi' || part === 'e');
  if (quantity === undefined ? arithmetic : !Number.isFinite(quantity.value))
    to.report(messages.notFinite(key), pointer);
  return { name: key, pointer, tree, ...(quantity === undefined ? {} : { quantity }), type: typeOf(tree) };
}

/** Whether an expression is a condition rather than arithmetic. */
function isLogical(tree: Expression): boolean {
  if (tree.kind === 'unary') return tree.operator === 'not';
  return (
    tree.kind === 'boolean' ||
    (tree.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(tree.operator))
  );
}

/** Whole numbers and truth values stay what they are, as in Python. */
function typeOf(tree: Expression): ValueType {
  const folded = foldConstants(tree);
  if (folded.kind === 'boolean') return 'boolean';
  const literal = folded.kind === 'unary' && folded.operator === '-' ? folded.operand : folded;
  return literal.kind === 'number' && literal.integer ? 'integer' : 'real';
}

/**
 * A quantity or arithmetic of constants, in canonical names with all constants put in; undefined after what is wrong
 * was reported.
 */
export function readConstantExpression(
  value: string | number | boolean,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): Expression | undefined {
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return number(value, undefined, Number.isSafeInteger(value));
  const quantity = writtenQuantity(value);
  if (quantity instanceof LangError) {
    to.report(quantity.finding, pointer, quantity.span);
    return undefined;
  }
  if (quantity !== undefined) {
    const tree = isDimensionless(quantity.dimension) ? tryExpression(value) : undefined;
    return tree ?? quantityTree(quantity, { start: 0, end: value.length });
  }
  const tree = readExpression(value, pointer, to);
  return tree === undefined ? undefined : translate(tree, constantScope(namespace), pointer, to);
}

function tryExpression(text: string): Expression | undefined {
  try {
    return parseExpression(text);
  } catch {
    return undefined;
  }
}

/**
 * A number and a unit, however separated: its value, the mistake when the unit is none, or undefined when the text is
 * something else.
 */
export function writtenQuantity(text: string): Quantity | LangError | undefined {
  const looksLikeOne = /^\s*[-+]?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*(?:[*\s]\s*[A-Za-z]|$)/.test(text);
  if (!looksLikeOne) return undefined;
  try {
    return parseQuantity(text);
  } catch (error) {
    if (!(error instanceof LangError)) throw error;
    // `5*tau` is an expression, `5 tau` can only have been meant as a quantity.
    return /^\s*[-+]?\s*[\d.]+(?:[eE][-+]?\d+)?\s+[A-Za-z]/.test(text) ? error : undefined;
  }
}

/** Only constants, units and functions: for values that hold before there is any group. */
function constantScope(namespace: Namespace): Scope {
  return {
    meaning: (key) => {
      const constant = namespace.find(key);
      return constant === undefined
        ? undefined
        : { kind: 'expression', tree: constantTree(constant, { start: 0, end: 0 }) };
    },
    table: () => undefined,
    names: () => namespace.names(),
  };
}

/** The value of arithmetic on literals and units; undefined when a function or another name has a part in it. */
export function quantityOf(tree: Expression): Quantity | undefined {
  let folded: Expression;
  try {
    folded = foldConstants(tree);
  } catch (error) {
    if (error instanceof LangError) return undefined;
    throw error;
  }
  return literalQuantity(folded);
}

function literalQuantity(e: Expression): Quantity | undefined {
  if (e.kind === 'number') return { value: e.value, dimension: dimensionless };
  if (e.kind === 'quantity') return { value: e.value, dimension: e.dimension };
  if (e.kind !== 'unary' || e.operator === 'not') return undefined;
  const inner = literalQuantity(e.operand);
  if (inner === undefined || e.operator === '+') return inner;
  return { value: -inner.value, dimension: inner.dimension };
}

/** A quantity as a product of its SI value and long unit names, which no variable can hide; all of it at `span`. */
export function quantityTree(quantity: Quantity, span: Span): Expression {
  const size = number(Math.abs(quantity.value), span);
  const unit = isDimensionless(quantity.dimension)
    ? undefined
    : at(parseExpression(unitText(quantity.dimension, () => true)), span);
  const product = unit === undefined ? size : binary('*', size, unit, span);
  return quantity.value < 0 || Object.is(quantity.value, -0) ? unary('-', product, span) : product;
}

/** What stands for a constant where it is put in. */
export function constantTree(constant: Constant, span: Span): Expression {
  if (constant.quantity !== undefined && constant.type === 'real') return quantityTree(constant.quantity, span);
  return at(constant.tree, span);
}
