/**
 * The constants of a specification (Brian's external namespace): quantities, and arithmetic of units and other
 * constants such as `60*0.27/10*mV`. Each constant is read once, at its first use.
 */

import { namesInText } from '../../src/lang/lexer.js';
import { isInt32 } from '../../src/lang/integers.js';
import { isQuantity } from './terms.js';
import { dimensionless, type Expression, type Span, type ValueType } from '../../src/lang/ast.js';
import { binary, boolean, name, number, unary } from '../../src/lang/build.js';
import { inferType } from '../../src/lang/check.js';
import { scopeOf } from '../../src/lang/inferred.js';
import { constantQuantity } from '../../src/lang/constant-value.js';
import { isDimensionless, unitText } from '../../src/lang/dimension.js';
import { foldConstants } from '../../src/lang/fold.js';
import { LangError } from '../../src/lang/lang-error.js';
import { parseExpression } from '../../src/lang/parse.js';
import { nameShadowed, unitShadowed } from '../../src/lang/messages.js';
import { leadingQuantity, parseQuantity } from '../../src/lang/quantity.js';
import { longUnitName, unitInText } from '../../src/lang/units.js';
import { printExpression } from '../../src/lang/print.js';
import { callsIn, mapExpression, namesIn } from '../../src/lang/walk.js';
import { child } from '../../src/model/pointer.js';
import { readExpression, type RelatedNote, type Reporter } from './context.js';
import * as messages from './messages.js';
import { at, translate, unknownName } from './names.js';
import type { Constant, Namespace, Quantity, Scope } from './terms.js';
import { brianConstants, brianFunctions } from './vocabulary.js';
import { brianUnits } from './units.js';

/** A namespace without constants. */
export const emptyNamespace: Namespace = {
  find: () => undefined,
  definition: () => undefined,
  names: () => [],
  unread: () => new Map(),
};

/** Longest chain of constants that are computed from each other, because reading them recurses. */
const deepestChain = 200;

/**
 * Returns the constants of a `namespace` map. A wrong constant is reported once and then counts as 0.
 *
 * @param entries  the map at `pointer`
 * @param outer    resolves names that `entries` lacks
 * @param changed  constants that get other values later, so that whole numbers may become fractions
 */
export function readNamespace(
  entries: Readonly<Record<string, string | number>> | undefined,
  pointer: string,
  outer: Namespace,
  to: Reporter,
  changed: ReadonlySet<string> = new Set(),
): Namespace {
  if (entries === undefined) return { ...outer, unread: () => new Map() };
  // The reader of a constant: another constant's name, or '' for anything else.
  const readers = new Map<string, Set<string>>();
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
    if (open.length >= deepestChain) {
      to.report(messages.namespaceTooDeep(key, deepestChain), at);
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
    find: (key) => {
      if (!Object.hasOwn(entries, key)) return outer.find(key);
      readers.set(key, (readers.get(key) ?? new Set()).add(open.at(-1) ?? ''));
      return read(key);
    },
    definition: (key) => (Object.hasOwn(entries, key) ? child(pointer, key) : outer.definition(key)),
    names: () => [...new Set([...Object.keys(entries), ...outer.names()])],
    unread: () => {
      const seen = new Map<string, boolean>();
      const isRead = (key: string): boolean => {
        if (!seen.has(key)) {
          seen.set(key, false);
          seen.set(
            key,
            [...(readers.get(key) ?? [])].some((reader) => reader === '' || isRead(reader)),
          );
        }
        return seen.get(key) ?? false;
      };
      return new Map(Object.keys(entries).flatMap((key) => (isRead(key) ? [] : [[key, child(pointer, key)] as const])));
    },
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
  tree: name(unknownName),
  type: 'real',
});

/** Checks whether an expression reads something wrong. That was reported, so no more findings follow. */
export const isUnknown = (tree: Expression): boolean => namesIn(tree).has(unknownName);

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
  // Arithmetic that could not be done has no finite value: 1/0, 1e308*10.
  const arithmetic =
    callsIn(tree).length === 0 &&
    !isLogical(tree) &&
    [...namesIn(tree)].every((part) => brianUnits.has(part) || part === 'pi' || part === 'e');
  const quantity = quantityOf(tree) ?? (arithmetic ? constantQuantity(tree) : undefined);
  if (quantity === undefined ? arithmetic && fitsTogether(tree, pointer, to) : !Number.isFinite(quantity.value))
    to.report(messages.notFinite(key, value), pointer);
  return { name: key, pointer, tree, ...(quantity === undefined ? {} : { quantity }), type: typeOf(tree) };
}

const onlyUnits = scopeOf(new Map());

/** Checks whether the dimensions in an expression of units agree, and reports any conflict. */
function fitsTogether(tree: Expression, pointer: string, to: Reporter): boolean {
  return inferType(tree, onlyUnits, (finding, span) => to.report(finding, pointer, span)) !== null;
}

/** Checks whether an expression is a condition rather than arithmetic. */
function isLogical(tree: Expression): boolean {
  if (tree.kind === 'unary') return tree.operator === 'not';
  return (
    tree.kind === 'boolean' ||
    (tree.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(tree.operator))
  );
}

/**
 * Returns the type of a constant. Whole numbers that fit into 32 bits keep their type, as in Python, and so do truth
 * values.
 */
function typeOf(tree: Expression): ValueType {
  const folded = foldConstants(tree);
  if (folded.kind === 'boolean') return 'boolean';
  const literal = folded.kind === 'unary' && folded.operator === '-' ? folded.operand : folded;
  return literal.kind === 'number' && literal.integer && isInt32(literal.value) ? 'integer' : 'real';
}

/**
 * Returns a quantity or arithmetic of constants, in canonical names and with all constants inserted. Returns undefined
 * after reporting an error.
 */
export function readConstantExpression(
  value: string | number | boolean,
  pointer: string,
  namespace: Namespace,
  to: Reporter,
): Expression | undefined {
  if (typeof value === 'boolean') return boolean(value);
  if (typeof value === 'number') return number(value, undefined, Number.isSafeInteger(value));
  const read = readText(value, constantScope(namespace), pointer, to);
  if (read === undefined || !isQuantity(read)) return read;
  const tree = isDimensionless(read.dimension) ? tryExpression(value) : undefined;
  return tree ?? quantityTree(read, { start: 0, end: value.length });
}

/**
 * Reads a text as a quantity or as an expression in canonical names. Returns undefined after reporting an error. A name
 * of the model that is also a unit's symbol is the unit only directly after a number (`3 m`).
 */
export function readText(text: string, scope: Scope, pointer: string, to: Reporter): Quantity | Expression | undefined {
  const parts = readParts(text, scope, pointer, to);
  if (parts === undefined || isQuantity(parts)) return parts;
  const translated = translate(parts.tree, scope, pointer, to);
  return parts.head === undefined ? translated : binary('*', quantityTree(parts.head, parts.tree.span), translated);
}

/** Checks whether an expression consists of factors, so that a further one before it multiplies all of it. */
function isProduct(e: Expression): boolean {
  if (e.kind === 'conditional') return false;
  if (e.kind !== 'binary') return true;
  return e.operator === '*' || e.operator === '/' ? isProduct(e.left) : e.operator === '**';
}

/** An expression in the names of the specification, and the quantity that it is multiplied with, if any. */
interface Parts {
  readonly head?: Quantity;
  readonly tree: Expression;
}

/** Reads a text as `readText` does, in the names of the specification. */
function readParts(text: string, scope: Scope, pointer: string, to: Reporter): Quantity | Parts | undefined {
  // Names of Brian's own units are rejected as names.
  const isName = (key: string): boolean =>
    !brianUnits.has(key) && (scope.constant(key) !== undefined || scope.meaning(key) !== undefined);
  const leading = leadingQuantity(text, isName);
  const quantity = writtenQuantity(text);
  if (leading.rest === undefined && quantity instanceof LangError) {
    to.report(quantity.finding, pointer, quantity.span);
    return undefined;
  }
  const ambiguous = quantity !== undefined && !(quantity instanceof LangError);
  for (const key of ambiguous ? leading.units.filter(isName) : []) {
    const definition = definitionOf(scope, key);
    to.report(nameShadowed(key), pointer, spanOf(text, key), definition);
  }
  if (leading.rest === undefined && ambiguous) return quantity;
  const first = leading.rest === undefined ? undefined : headQuantity(leading.text);
  const factors =
    first === undefined ? undefined : readExpression(text, pointer, to, { start: leading.rest ?? 0, end: text.length });
  if (first !== undefined && factors === undefined) return undefined;
  // The quantity multiplies the first term only, as in `2*mV*i + 1*mV`.
  const head = factors !== undefined && isProduct(factors) ? first : undefined;
  const tree = head === undefined ? readExpression(text, pointer, to) : factors;
  if (tree === undefined) return undefined;
  if (ambiguous) {
    for (const key of namesIn(tree)) {
      if (!isName(key) || unitInText(key) === undefined) continue;
      to.report(unitShadowed(key, unitSpelling(key)), pointer, spanOf(text, key), definitionOf(scope, key));
    }
  }
  return head === undefined ? { tree } : { head, tree };
}

/**
 * Replaces constants of the namespace by their values in a text given from outside, because the canonical document does
 * not have them. Other names and functions stay. The canonical document reports errors.
 *
 * @param isOwn  whether a name has its own meaning in the canonical document
 */
export function withConstants(
  text: string,
  namespace: Namespace,
  isOwn: (name: string) => boolean,
  warn: Reporter,
): string {
  const scope: Scope = {
    meaning: () => undefined,
    constant: (key) => (isOwn(key) ? undefined : namespace.definition(key)),
    table: () => undefined,
    names: () => [],
  };
  const parts = readParts(text, scope, '', warn);
  if (parts === undefined || isQuantity(parts)) return text;
  const constants = [...namesIn(parts.tree)].filter((key) => scope.constant(key) !== undefined);
  if (constants.length === 0) return text;
  const tree = mapExpression(parts.tree, (node) => {
    const constant = node.kind === 'name' && constants.includes(node.name) ? namespace.find(node.name) : undefined;
    return constant === undefined ? node : constantTree(constant, node.span);
  });
  return printExpression(parts.head === undefined ? tree : binary('*', quantityTree(parts.head, tree.span), tree));
}

/** Returns the unit of a symbol in a form that no name of the model can have. */
const unitSpelling = (symbol: string): string => longUnitName(symbol) ?? `directly after its number, 3 ${symbol}`;

function definitionOf(scope: Scope, key: string): readonly RelatedNote[] {
  const message = `${key} is defined here`;
  const meaning = scope.meaning(key);
  if (meaning?.kind === 'variable')
    return [{ message, pointer: meaning.variable.pointer, span: meaning.variable.nameSpan }];
  const pointer = scope.constant(key);
  return pointer === undefined ? [] : [{ message, pointer }];
}

/** Returns the first place of a name in a text. */
function spanOf(text: string, key: string): Span {
  const start = namesInText(text).find(({ name }) => name === key)?.start ?? 0;
  return { start, end: start + key.length };
}

/**
 * Returns a quantity with a unit. Returns undefined for a bare number, which is part of the expression that follows.
 */
function headQuantity(text: string): Quantity | undefined {
  const quantity = /[A-Za-z]/.test(text.replace(/[eE][-+]?\d+/, '')) ? writtenQuantity(text) : undefined;
  return quantity instanceof LangError ? undefined : quantity;
}

function tryExpression(text: string): Expression | undefined {
  try {
    return parseExpression(text);
  } catch {
    return undefined;
  }
}

/**
 * Reads a number and a unit, however separated. Returns its value, or an error if the unit is unknown, or undefined if
 * the text is something else.
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

/** Returns a scope of only constants, units and functions, for values that exist before any group. */
function constantScope(namespace: Namespace): Scope {
  return {
    meaning: (key) => {
      const constant = namespace.find(key);
      return constant === undefined
        ? undefined
        : { kind: 'expression', tree: constantTree(constant, { start: 0, end: 0 }) };
    },
    constant: namespace.definition,
    table: () => undefined,
    names: () => namespace.names(),
  };
}

/** Returns the value of arithmetic on literals and units, or undefined if it contains a function or another name. */
export function quantityOf(tree: Expression): Quantity | undefined {
  let folded: Expression;
  try {
    // A parameter or variable may have the name of a unit that Brian does not have.
    folded = foldConstants(tree, new Map(), (key) => !brianUnits.has(key) && !brianConstants.includes(key));
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

/**
 * Returns a quantity as a product of its SI value and long unit names, which no variable can hide. All its nodes are at
 * `span`.
 */
export function quantityTree(quantity: Quantity, span: Span): Expression {
  const size = number(Math.abs(quantity.value), span);
  const unit = isDimensionless(quantity.dimension)
    ? undefined
    : at(parseExpression(unitText(quantity.dimension, () => true)), span);
  const product = unit === undefined ? size : binary('*', size, unit, span);
  return quantity.value < 0 || Object.is(quantity.value, -0) ? unary('-', product, span) : product;
}

/** Returns the expression that replaces a constant's name. */
export function constantTree(constant: Constant, span: Span): Expression {
  if (constant.quantity !== undefined && constant.type === 'real') return quantityTree(constant.quantity, span);
  return at(constant.tree, span);
}
