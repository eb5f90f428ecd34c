/** Canonical expressions and statements in Brian's syntax. */

import type { Conditional, Dimension, Expression, Statement } from '../../../src/lang/ast.js';
import {
  binary,
  call,
  difference,
  integer,
  isZero,
  name as named,
  number,
  opposite,
  product,
  quotient,
  sum,
  unary,
} from '../../../src/lang/build.js';
import { equalDimensions, hertz, isDimensionless } from '../../../src/lang/dimension.js';
import { scaleDecimal } from '../../../src/lang/decimal.js';
import { powerOfTen } from '../../../src/lang/rational.js';
import { foldConstants } from '../../../src/lang/fold.js';
import { printExpression, printStatement } from '../../../src/lang/print.js';
import {
  callsIn,
  childrenOf,
  equalExpressions,
  expressionsOf,
  mapExpression,
  mapStatement,
  namesIn,
  withChildren,
} from '../../../src/lang/walk.js';
import { binomialKey, brianFunctions, functionNames, isPlainBinomial } from '../vocabulary.js';
import { areWindows, isLiteral, windowsDuring, withoutSign } from './windows.js';
import { limited } from './limits.js';
import { withoutSigns } from '../../../src/library/readable/tidied.js';
import { multiplesOfPi, quantityTree, type Arithmetic } from '../../../src/lang/readable-quantity.js';

/** Receives remarks on parts of an expression that Brian cannot express. */
export interface Remarks {
  /** Notes that Brian computes an approximation. The message describes the difference. */
  different(code: string, message: string): void;
  /** Notes a part that is the same up to rounding, or under a condition that the message names. */
  convention(code: string, message: string): void;
  /** Notes a part that Brian cannot express. It is left out. */
  notExpressible(code: string, message: string): void;
}

/** How names are written at the place of a text. */
export interface NameView {
  /** Checks whether a name has its own meaning here, so that it is not a unit. */
  declared(name: string): boolean;
  /** Brian's name for it, or undefined if Brian has no name. */
  brian(name: string): string | undefined;
  /** Functions of the model: timed arrays by name, and BinomialFunctions by their canonical calls. */
  readonly tables: ReadonlyMap<string, string>;
  /** The arithmetic by which readers compute the value of a written quantity. */
  readonly arithmetic: Arithmetic;
  /** The definition of a derived variable, in names of the same place. Undefined for other names. */
  derived(name: string): Expression | undefined;
  /** Checks whether a variable is updated when code runs. */
  isEventDriven(name: string): boolean;
  /** The dimension of a variable of this place; undefined where it is not known. */
  dimension(name: string): Dimension | undefined;
}

const canonicalToBrian: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(functionNames).map(([brian, canonical]) => [canonical, brian]),
);

/** Returns an expression with its constants folded, and with quantities as literals. */
export const folded = (e: Expression, view: Pick<NameView, 'declared'>): Expression =>
  foldConstants(e, undefined, (key) => view.declared(key));

/** Writes an expression in Brian's syntax. */
export const brianExpression = (e: Expression, view: NameView, remarks: Remarks): string =>
  printExpression(inBrian(e, view, remarks));

/** Returns an expression in Brian's words. */
export const inBrian = (e: Expression, view: NameView, remarks: Remarks): Expression =>
  toBrian(folded(e, view), view, remarks);

/** Returns a text of Brian as `5 ms` if it is only that quantity, else undefined. */
export function spacedQuantity(text: string, tree: Expression): string | undefined {
  const [, number = '1*', unit] = /^(-?[\d.e+-]+\*)?([A-Za-z]+)$/.exec(text) ?? [];
  return tree.kind === 'quantity' && unit !== undefined ? `${number.slice(0, -1)} ${unit}` : undefined;
}

/** Writes statements in Brian's syntax, one a line. */
export function brianStatements(code: readonly Statement[], view: NameView, remarks: Remarks): string {
  const temporaries = new Set<string>();
  const lines = withCurrentValues(code, view, remarks).map((statement) => {
    const target = statement.kind === 'assignment' ? statement.target : statement.port;
    if (!view.declared(target)) temporaries.add(target);
    const within: NameView = {
      ...view,
      declared: (key) => temporaries.has(key) || view.declared(key),
      brian: (key) => (temporaries.has(key) ? key : view.brian(key)),
    };
    return printStatement(statementInBrian(statement, within, remarks));
  });
  return lines.join('\n');
}

/**
 * Spells out derived variables that change while the code runs. Brian loads the inputs of subexpressions when synaptic
 * code begins, before it updates event-driven variables. In some cases it computes subexpressions of neurons only once.
 */
function withCurrentValues(statements: readonly Statement[], view: NameView, remarks: Remarks): readonly Statement[] {
  const written = new Set<string>();
  const current = (tree: Expression): Expression =>
    mapExpression(tree, (part) => {
      if (part.kind !== 'name') return part;
      const derived = view.derived(part.name);
      return derived && changes(derived, view, written) ? current(derived) : part;
    });
  return statements.map((each) => {
    const spelt = mapStatement(each, current);
    if (each.kind === 'assignment') written.add(each.target);
    if (expressionsOf(each).some((part, k) => part !== expressionsOf(spelt)[k]))
      remarks.convention(
        'brian/subexpression',
        'code that changes what a derived variable depends on has its expression in its place, since Brian would not compute it anew',
      );
    return spelt;
  });
}

/** Checks whether an expression depends on variables that are written or event-driven. */
function changes(tree: Expression, view: NameView, written: ReadonlySet<string>): boolean {
  return [...namesIn(tree)].some((name) => {
    const derived = view.derived(name);
    return written.has(name) || view.isEventDriven(name) || (derived && changes(derived, view, written));
  });
}

function statementInBrian(statement: Statement, view: NameView, remarks: Remarks): Statement {
  if (statement.kind === 'send') {
    remarks.notExpressible(
      'brian/send',
      'Brian cannot store a value at the spike and add it later; write an assignment, and give the pathway a delay',
    );
    return statement;
  }
  const target = view.brian(statement.target);
  if (target === undefined) remarks.notExpressible('brian/name', `Brian cannot write to ${statement.target}`);
  const value = inBrian(statement.value, view, remarks);
  return inPlace({ ...statement, target: target ?? statement.target, value });
}

/**
 * Rewrites `x = int(x > 0*mV)*x` as `x *= int(x > 0*mV)`, and sums likewise. Brian makes this change with SymPy, which
 * takes `0*mV` for 0 and then finds no unit there (`brian2.codegen.translation.make_statements`).
 */
function inPlace(statement: Statement): Statement {
  if (statement.kind !== 'assignment' || statement.operator !== '=') return statement;
  const { target, value } = statement;
  if (value.kind !== 'binary' || (value.operator !== '*' && value.operator !== '+') || !hasZeroQuantity(value))
    return statement;
  const isTarget = (e: Expression): boolean => e.kind === 'name' && e.name === target;
  const other = isTarget(value.left) ? value.right : isTarget(value.right) ? value.left : undefined;
  return other === undefined ? statement : { ...statement, operator: `${value.operator}=`, value: other };
}

/** Checks whether a written expression has a unit that is multiplied by zero. */
function hasZeroQuantity(e: Expression): boolean {
  const isProduct = e.kind === 'binary' && e.operator === '*';
  return (
    (isProduct && e.left.kind === 'number' && e.left.value === 0) ||
    childrenOf(e).some((child) => hasZeroQuantity(child))
  );
}

function toBrian(tree: Expression, view: NameView, remarks: Remarks): Expression {
  /** Units by the products of 1 and them: factors are written without the 1, as in `v/ms`. */
  const units = new Map<Expression, Expression>();
  const factor = (e: Expression): Expression => units.get(e) ?? e;
  /** Draws from an exponential distribution that are written with a sign. */
  const negative = new Set<Expression>();
  const inWords = (e: Expression): Expression => limited(withoutImpossible(e), view.dimension);
  return mapExpression(mapExpression(tree, inWords), (node) => {
    switch (node.kind) {
      case 'quantity': {
        const written = quantityInBrian(node.value, node.dimension, view.arithmetic);
        const isUnit = written.kind === 'name' && !isDimensionless(node.dimension);
        const quantity = isUnit ? binary('*', integer(1), written) : written;
        const unit = withoutOne(quantity);
        if (unit !== undefined) units.set(quantity, unit);
        return quantity;
      }
      case 'name':
        return nameInBrian(node.name, view, remarks);
      case 'call': {
        const made = callInBrian(node.function, node.arguments, view, remarks);
        if (node.function === 'exponential') negative.add(made);
        return made;
      }
      case 'conditional':
        if (isTruth(node.whenTrue) || isTruth(node.whenFalse)) return truthOf(node);
        remarks.convention(
          'brian/conditional',
          'Brian has no conditional expressions; this is written as a sum of both branches, which differs if one ' +
            'of them is not finite',
        );
        return choice(
          node.condition,
          finiteUnless(opposite(node.condition), factor(node.whenTrue)),
          finiteUnless(node.condition, factor(node.whenFalse)),
          remarks,
        );
      case 'binary': {
        if (node.operator === '+' && negative.has(node.right)) return withoutSigns(node);
        if (node.operator === 'and' || node.operator === 'or') return node;
        const side = node.operator === '*' || node.operator === '/' ? factor : (e: Expression): Expression => e;
        // SymPy does not take a truth value for 1.
        const number = view.arithmetic === 'decimal' ? (e: Expression): Expression => e : counted;
        return { ...node, left: side(number(node.left)), right: side(number(node.right)) };
      }
      case 'unary':
        return view.arithmetic === 'decimal' || node.operator === 'not'
          ? node
          : { ...node, operand: counted(node.operand) };
      case 'number':
        return constantOf(node.value) ?? node;
      case 'boolean':
        return node;
      default:
        return node satisfies never;
    }
  });
}

/**
 * Removes a factor of 1 before a unit, or before a product or quotient of units. Returns undefined for other
 * expressions.
 */
function withoutOne(e: Expression): Expression | undefined {
  if (e.kind !== 'binary' || (e.operator !== '*' && e.operator !== '/')) return undefined;
  if (e.operator === '*' && e.left.kind === 'number' && e.left.value === 1) return e.right;
  const left = withoutOne(e.left);
  return left && { ...e, left };
}

/** Rates of change from 100 Hz are written as `0.128/ms`. */
function quantityInBrian(value: number, dimension: Dimension, arithmetic: Arithmetic): Expression {
  const byMs =
    equalDimensions(dimension, hertz) && Math.abs(value) >= 100
      ? scaleDecimal(String(value), powerOfTen(-3))
      : undefined;
  if (byMs !== undefined && String(byMs).length < 8)
    return quotient(number(byMs, undefined, Number.isSafeInteger(byMs)), named('ms'));
  return (isDimensionless(dimension) ? constantOf(value) : undefined) ?? quantityTree(value, dimension, arithmetic);
}

/** Returns Brian's name for a number. With `e`, SymPy finds shorter solutions than with its digits. */
const constantOf = (value: number): Expression | undefined =>
  value === Math.E ? named('e') : multiplesOfPi.get(value);

function nameInBrian(key: string, view: NameView, remarks: Remarks): Expression {
  const brian = view.declared(key) ? view.brian(key) : key;
  if (brian === undefined) remarks.notExpressible('brian/name', `Brian has no ${key}`);
  return named(brian ?? key);
}

const isTruth = (e: Expression): boolean =>
  e.kind === 'boolean' ||
  (e.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(e.operator)) ||
  (e.kind === 'unary' && e.operator === 'not');

/** Returns a truth value as the number 1 or 0, and other expressions unchanged. */
const counted = (e: Expression): Expression => (isTruth(e) && e.kind !== 'boolean' ? call('int', [e]) : e);

/** Returns a choice of two truth values as one condition. */
function truthOf({ condition, whenTrue, whenFalse }: Conditional): Expression {
  const otherwise = opposite(condition);
  if (whenTrue.kind === 'boolean')
    return whenTrue.value ? binary('or', condition, whenFalse) : binary('and', otherwise, whenFalse);
  if (whenFalse.kind === 'boolean')
    return whenFalse.value ? binary('or', otherwise, whenTrue) : binary('and', condition, whenTrue);
  return binary('or', binary('and', condition, whenTrue), binary('and', otherwise, whenFalse));
}

const draws = (e: Expression): boolean => callsIn(e).some((one) => randomFunctions.has(one.function));
const randomFunctions: ReadonlySet<string> = new Set(['rand', 'randn', 'poisson', 'binomial']);

/** Returns one of two values by a condition. No draw is written twice, since Brian would draw it twice. */
function choice(condition: Expression, whenTrue: Expression, whenFalse: Expression, remarks: Remarks): Expression {
  if (draws(condition)) {
    if (draws(whenFalse))
      remarks.notExpressible('brian/conditional', 'Brian cannot choose at random between random values');
    return sum(whenFalse, product(call('int', [condition]), difference(whenTrue, whenFalse)));
  }
  const held = during(condition, whenTrue);
  if (isNothing(whenFalse)) return held;
  if (excludes(condition, whenFalse)) return joined(held, whenFalse);
  const otherwise = during(opposite(condition), whenFalse);
  if (isNothing(whenTrue)) return otherwise;
  // The earlier value comes first.
  const isLater = condition.kind === 'binary' && condition.operator.startsWith('>') && areWindows(whenFalse);
  return isLater && areWindows(whenTrue) ? joined(otherwise, held) : joined(held, otherwise);
}

/** Returns a value while a condition holds, and 0 otherwise. */
const during = (condition: Expression, value: Expression): Expression =>
  windowsDuring(condition, value) ?? counting(call('int', [condition]), value);

/**
 * Multiplies a value by a factor of 1 or 0, written before variables and after numbers. The bits of the result are the
 * same.
 */
export function counting(factor: Expression, value: Expression): Expression {
  if (isLiteral(value) && !isOne(value)) return binary('*', value, factor);
  if (value.kind === 'binary' && (value.operator === '*' || value.operator === '/'))
    return binary(value.operator, counting(factor, value.left), value.right);
  return isOne(value) ? factor : binary('*', factor, value);
}

const isOne = (e: Expression): boolean => e.kind === 'number' && e.value === 1;

/** Returns the sum of a term and a sum, without brackets. */
function joined(first: Expression, rest: Expression): Expression {
  if (rest.kind === 'binary' && (rest.operator === '+' || rest.operator === '-'))
    return binary(rest.operator, joined(first, rest.left), rest.right);
  const positive = rest.kind === 'binary' && rest.operator === '*' ? withoutSign(rest) : undefined;
  return positive === undefined ? binary('+', first, rest) : binary('-', first, positive);
}

/** Checks whether `x == 1` is false whenever an expression is not zero, as in a sum of choices by `x == 2`. */
function excludes(condition: Expression, e: Expression): boolean {
  if (e.kind !== 'binary') return false;
  if (e.operator === '+') return excludes(condition, e.left) && excludes(condition, e.right);
  const factor = firstFactor(e);
  const other = factor.kind === 'call' && factor.function === 'int' ? factor.arguments[0] : null;
  return (
    isCase(condition) &&
    isCase(other) &&
    equalExpressions(condition.left, other.left) &&
    !equalExpressions(condition.right, other.right)
  );
}

const firstFactor = (e: Expression): Expression =>
  e.kind === 'binary' && (e.operator === '*' || e.operator === '/')
    ? firstFactor(isLiteral(e.left) ? e.right : e.left)
    : e;

/** Rewrites `a if x == c else b if x != c else 0` without the impossible case. */
function withoutImpossible(e: Expression): Expression {
  if (e.kind !== 'conditional' || e.whenFalse.kind !== 'conditional' || e.condition.kind !== 'binary') return e;
  const isCertain = ['==', '!='].includes(e.condition.operator) && !draws(e.condition);
  return isCertain && equalExpressions(e.whenFalse.condition, opposite(e.condition))
    ? { ...e, whenFalse: e.whenFalse.whenTrue }
    : e;
}

/**
 * Makes a value finite at `x == c`, where a factor of zero removes it. A divisor may be zero there, and 0 times 0/0 is
 * not 0. Therefore divisors read `x + int(x == c)` instead of `x`.
 */
function finiteUnless(condition: Expression, value: Expression): Expression {
  if (condition.kind !== 'binary' || condition.operator !== '==' || condition.left.kind === 'number') return value;
  const { left, right } = condition;
  const unit = right.kind === 'number' ? undefined : multipleOf(right)?.unit;
  if (right.kind !== 'number' && unit === undefined) return value;
  const expression = counting(call('int', [condition]), unit ?? number(1));
  const within = (e: Expression): Expression =>
    equalExpressions(e, left) ? sum(left, expression) : withChildren(e, within);
  const outside = (e: Expression): Expression =>
    e.kind === 'binary' && e.operator === '/'
      ? { ...e, left: outside(e.left), right: within(e.right) }
      : withChildren(e, outside);
  return outside(value);
}

/** Checks for a case such as `x == 1`. */
const isCase = (e: Expression | null | undefined): e is Expression & { readonly kind: 'binary' } =>
  e?.kind === 'binary' && e.operator === '==' && e.right.kind === 'number';

/** Checks for zero, with or without a unit. */
const isNothing = (e: Expression): boolean =>
  e.kind === 'binary' ? e.operator === '*' && isNothing(e.left) : isZero(e);

/** Returns `b - a`, as a number if both are numbers of one unit. */
function widthOf(a: Expression, b: Expression): Expression {
  const [low, high] = [multipleOf(a), multipleOf(b)];
  if (low === undefined || high === undefined || low.unit.name !== high.unit.name) return binary('-', b, a);
  const width = Number((high.value - low.value).toPrecision(15));
  return width > 0 ? product(number(width, undefined, Number.isInteger(width)), high.unit) : binary('-', b, a);
}

/** Splits `-65*mV` into `-65` and `mV`. */
function multipleOf(
  e: Expression,
): { readonly value: number; readonly unit: Expression & { readonly kind: 'name' } } | undefined {
  if (e.kind === 'unary' && e.operator === '-') {
    const inner = multipleOf(e.operand);
    return inner && { ...inner, value: -inner.value };
  }
  if (e.kind !== 'binary' || e.operator !== '*' || e.right.kind !== 'name') return undefined;
  const of = e.left.kind === 'unary' && e.left.operator === '-' ? e.left.operand : e.left;
  if (of.kind !== 'number') return undefined;
  return { value: of === e.left ? of.value : -of.value, unit: e.right };
}

function callInBrian(key: string, parts: readonly Expression[], view: NameView, remarks: Remarks): Expression {
  const table = view.tables.get(key);
  if (table !== undefined) return call(table, parts);
  const given = call(key, parts);
  const drawn = isPlainBinomial(given) ? view.tables.get(binomialKey(given)) : undefined;
  if (drawn !== undefined) return call(drawn, []);
  const [a, b] = parts;
  const rewritten = a === undefined ? undefined : rewrite(key, a, b, remarks);
  if (rewritten !== undefined) {
    remarks.convention(
      'brian/function',
      `${key} is not a function of Brian; it is composed of others, which may differ in the last digit or in ` +
        'the numbers drawn',
    );
    return rewritten;
  }
  const brian = canonicalToBrian[key] ?? key;
  if (!brianFunctions.includes(brian) || (parts.length > 0 && (brian === 'rand' || brian === 'randn')))
    remarks.notExpressible('brian/function', `Brian has no function ${key}`);
  return call(brian, parts);
}

/** Returns the smaller or the larger of two values. */
function extreme(operator: '<=' | '>=', a: Expression, b: Expression, remarks: Remarks): Expression {
  if (draws(a) || draws(b))
    remarks.notExpressible('brian/function', 'Brian has no minimum or maximum that involves a random value');
  return choice(binary(operator, a, b), a, b, remarks);
}

/** Functions that Brian lacks, by functions that it has. */
function rewrite(key: string, a: Expression, b: Expression | undefined, remarks: Remarks): Expression | undefined {
  const half = number(0.5);
  switch (key) {
    case 'log2':
      return binary('/', call('log', [a]), call('log', [number(2, undefined, true)]));
    case 'round':
      return call('floor', [binary('+', a, half)]);
    case 'min':
      return b === undefined ? undefined : extreme('<=', a, b, remarks);
    case 'max':
      return b === undefined ? undefined : extreme('>=', a, b, remarks);
    case 'uniform':
      return b === undefined ? undefined : binary('+', a, binary('*', widthOf(a, b), call('rand', [])));
    case 'normal':
      return b === undefined ? undefined : binary('+', a, binary('*', b, call('randn', [])));
    case 'exponential':
      return binary('*', unary('-', a), call('log', [call('rand', [])]));
    case 'lognormal':
      return b === undefined ? undefined : call('exp', [binary('+', a, binary('*', b, call('randn', [])))]);
    default:
      return undefined;
  }
}

/** Returns names that statements read or write. */
export function variablesInCode(code: readonly Statement[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of code) {
    names.add(statement.kind === 'assignment' ? statement.target : statement.port);
    for (const tree of expressionsOf(statement)) for (const key of namesIn(tree)) names.add(key);
  }
  return names;
}
