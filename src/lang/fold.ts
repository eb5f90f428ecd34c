import { dimensionless, type Binary, type Dimension, type Expression, type Span } from './ast.js';
import { boolean, call, conditional, integer, isZero, negated, number, quantity } from './build.js';
import { scaleDecimal } from './decimal.js';
import { equalDimensions, isDimensionless } from './dimension.js';
import { constants } from './functions.js';
import { one } from './rational.js';
import { constantExponent, divideUnits, multiplyUnits, powerOfUnit, unitOf, type Unit } from './units.js';
import { childrenOf, mapExpression, substitute } from './walk.js';

/**
 * A literal value kept exact until it is known to be complete: a decimal numeral times a unit. A numeral and the units
 * that multiply or divide it are rounded once, together; arithmetic between two numerals rounds each to a double first.
 */
interface Exact {
  readonly numeral: string;
  readonly unit: Unit;
  readonly integer: boolean;
  /** A unit without a number, such as `mV` or `1/ms` without the 1. */
  readonly bare: boolean;
}

interface Folded {
  readonly expression: Expression;
  readonly exact?: Exact;
}

type Declared = (name: string) => boolean;

const noValues: ReadonlyMap<string, Expression> = new Map();
const pure: Unit = { dimension: dimensionless, scale: one };

/**
 * Folds arithmetic of literals, units and the constants pi and e; functions are kept. A number times units is
 * decimal-exact: `0.07*ms` and `70*us` become the same literal. Results that are not finite (1/0) are not folded.
 *
 * @param values expressions that replace names
 * @param declared names that are variables here, although a unit or constant has the same name (a gate named `m`)
 * @returns numbers in one spelling, quantities in SI units; folding again has no effect
 * @throws LangError lang/too-deep, lang/too-large if `values` make the tree larger than the passes allow
 */
export function foldConstants(
  e: Expression,
  values: ReadonlyMap<string, Expression> = noValues,
  declared: Declared = () => false,
): Expression {
  return fold(values.size > 0 ? substitute(e, values) : e, declared).expression;
}

function valueOf(exact: Exact): number {
  return scaleDecimal(exact.numeral, exact.unit.scale);
}

/** The literal of an exact value; the original expression when the value is not finite. */
function literal(exact: Exact, original: Expression): Folded {
  const value = valueOf(exact);
  if (!Number.isFinite(value)) return { expression: original };
  return { expression: literalOf(value, exact, original.span), exact };
}

function literalOf(value: number, { unit, integer: whole }: Exact, span: Span): Expression {
  if (!isDimensionless(unit.dimension)) return quantity(value, unit.dimension, span);
  return whole ? integer(value, span) : number(value, span);
}

/** A rounded value, exact from here on. */
function rounded(value: number, dimension: Dimension, whole: boolean): Exact {
  return {
    numeral: Object.is(value, -0) ? '-0' : String(value),
    unit: { dimension, scale: one },
    integer: whole,
    bare: false,
  };
}

function fold(e: Expression, declared: Declared): Folded {
  switch (e.kind) {
    case 'number':
      return literal({ numeral: e.text, unit: pure, integer: e.integer, bare: false }, e);
    case 'quantity':
      return literal(rounded(e.value, e.dimension, false), e);
    case 'boolean':
      return { expression: e };
    case 'name':
      return foldName(e.name, e, declared);
    case 'unary': {
      const operand = fold(e.operand, declared);
      if (e.operator === 'not') {
        const { expression } = operand;
        return {
          expression:
            expression.kind === 'boolean' ? boolean(!expression.value, e.span) : { ...e, operand: expression },
        };
      }
      if (!operand.exact) return { expression: { ...e, operand: operand.expression } };
      return literal(e.operator === '-' ? minus(operand.exact) : { ...operand.exact, bare: false }, {
        ...e,
        operand: operand.expression,
      });
    }
    case 'binary':
      return foldBinary(e, fold(e.left, declared), fold(e.right, declared));
    case 'conditional': {
      const condition = fold(e.condition, declared).expression;
      const whenTrue = fold(e.whenTrue, declared);
      const whenFalse = fold(e.whenFalse, declared);
      if (condition.kind === 'boolean') return condition.value ? whenTrue : whenFalse;
      return { expression: conditional(condition, whenTrue.expression, whenFalse.expression, e.span) };
    }
    case 'call':
      return {
        expression: call(
          e.function,
          e.arguments.map((argument) => fold(argument, declared).expression),
          e.span,
        ),
      };
    default:
      return e satisfies never;
  }
}

function foldName(name: string, e: Expression, declared: Declared): Folded {
  if (declared(name)) return { expression: e };
  const unit = unitOf(name);
  if (unit) return literal({ numeral: '1', unit, integer: false, bare: true }, e);
  const constant = constants.get(name);
  return constant === undefined ? { expression: e } : literal(rounded(constant, dimensionless, false), e);
}

/** Changes the sign of the numeral. An integer zero has no sign, a real one has. */
function minus(exact: Exact): Exact {
  const { numeral, integer: whole } = exact;
  if (whole && Number(numeral) === 0) return exact;
  return { ...exact, numeral: numeral.startsWith('-') ? numeral.slice(1) : `-${numeral}`, bare: false };
}

function foldBinary(e: Binary, left: Folded, right: Folded): Folded {
  const kept: Binary = { ...e, left: left.expression, right: right.expression };
  if (!left.exact || !right.exact) return { expression: foldLogic(kept) };
  const exact = arithmetic(kept, left.exact, right.exact);
  if (exact === undefined) return { expression: kept };
  return typeof exact === 'boolean' ? { expression: boolean(exact, e.span) } : literal(exact, kept);
}

function foldLogic(e: Binary): Expression {
  const { left, right, operator } = e;
  if (left.kind !== 'boolean' || right.kind !== 'boolean') return e;
  switch (operator) {
    case 'and':
      return boolean(left.value && right.value, e.span);
    case 'or':
      return boolean(left.value || right.value, e.span);
    case '==':
      return boolean(left.value === right.value, e.span);
    case '!=':
      return boolean(left.value !== right.value, e.span);
    default:
      return e;
  }
}

/** The value of an operation on two literals; undefined when it is left to the generated program. */
function arithmetic(e: Binary, a: Exact, b: Exact): Exact | boolean | undefined {
  const whole = a.integer && b.integer;
  switch (e.operator) {
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case '+':
    case '-': {
      if (!equalDimensions(a.unit.dimension, b.unit.dimension)) return undefined;
      const value = e.operator === '+' ? valueOf(a) + valueOf(b) : valueOf(a) - valueOf(b);
      return inRange(rounded(value, a.unit.dimension, whole));
    }
    case '//':
    case '%':
      return whole ? wholeDivision(e.operator, valueOf(a), valueOf(b)) : undefined;
    case '**':
      return power(e, a, b);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return equalDimensions(a.unit.dimension, b.unit.dimension)
        ? compare(e.operator, valueOf(a), valueOf(b))
        : undefined;
    case 'and':
    case 'or':
      return undefined;
    default:
      return e.operator satisfies never;
  }
}

/** Integers stay integers while they are exact. */
function inRange(exact: Exact): Exact {
  return exact.integer && !Number.isSafeInteger(Number(exact.numeral)) ? { ...exact, integer: false } : exact;
}

function multiply(a: Exact, b: Exact): Exact {
  if (a.bare || b.bare) {
    const numeral = a.bare ? b.numeral : a.numeral;
    return { numeral, unit: multiplyUnits(a.unit, b.unit), integer: false, bare: a.bare && b.bare };
  }
  const { dimension } = multiplyUnits(a.unit, b.unit);
  return inRange(rounded(valueOf(a) * valueOf(b), dimension, a.integer && b.integer));
}

function divide(a: Exact, b: Exact): Exact | undefined {
  if (b.bare) return { numeral: a.numeral, unit: divideUnits(a.unit, b.unit), integer: false, bare: a.bare };
  const divisor = valueOf(b);
  if (divisor === 0) return undefined;
  return rounded(valueOf(a) / divisor, divideUnits(a.unit, b.unit).dimension, false);
}

/** Python's `//` and `%` of integers: the quotient is floored, the remainder has the divisor's sign. */
function wholeDivision(operator: '//' | '%', a: number, b: number): Exact | undefined {
  if (b === 0) return undefined;
  const remainder = a % b;
  const positive = remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
  return rounded((operator === '%' ? positive : (a - positive) / b) + 0, dimensionless, true);
}

/** Powers of bare units, and of integers while they are exact. Other powers are a function's work. */
function power(e: Binary, a: Exact, b: Exact): Exact | undefined {
  if (!isDimensionless(b.unit.dimension)) return undefined;
  const exponent = valueOf(b);
  if (a.bare) {
    const unit = powerOfUnit(a.unit, constantExponent(e.right) ?? exponent);
    return unit && { ...a, unit };
  }
  if (!a.integer || !b.integer || exponent < 0 || exponent > 64) return undefined;
  let value = 1n;
  for (let count = 0; count < exponent; count++) value *= BigInt(valueOf(a));
  const result = Number(value);
  return Number.isSafeInteger(result) ? rounded(result, dimensionless, true) : undefined;
}

function compare(operator: '<' | '<=' | '>' | '>=' | '==' | '!=', a: number, b: number): boolean {
  switch (operator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    default:
      return operator satisfies never;
  }
}

/**
 * Removes operations that change no value except possibly the sign of a zero: `x*1`, `x + 0`, `--x`, `True and x`,
 * conditional expressions with a literal condition; literal arithmetic is folded. Units must already be folded, and all
 * names are variables here.
 *
 * Only integer literals count as neutral, since `n*1.0` makes an integer real.
 */
export function simplify(e: Expression): Expression {
  return mapExpression(e, simplifyNode);
}

const everyName = (): boolean => true;

function isWhole(e: Expression, value: number): boolean {
  return e.kind === 'number' && e.integer && e.value === value;
}

/** Whether a node can be a condition by its form: then `x*1` has another type than `x`. */
function isCondition(e: Expression): boolean {
  const logical = e.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(e.operator);
  return logical || e.kind === 'boolean' || (e.kind === 'unary' && e.operator === 'not');
}

function simplifyNode(e: Expression): Expression {
  if (e.kind === 'number' || e.kind === 'quantity' || e.kind === 'boolean' || e.kind === 'name') return e;
  const parts = childrenOf(e);
  if (
    e.kind !== 'call' &&
    parts.every((part) => part.kind === 'number' || part.kind === 'quantity' || part.kind === 'boolean')
  ) {
    return foldConstants(e, noValues, everyName);
  }
  switch (e.kind) {
    case 'unary':
      if (e.operator === '+') return e.operand;
      return e.operand.kind === 'unary' && e.operand.operator === e.operator ? e.operand.operand : e;
    case 'binary':
      return simplifyBinary(e);
    case 'conditional':
      return e.condition.kind === 'boolean' ? (e.condition.value ? e.whenTrue : e.whenFalse) : e;
    case 'call':
      return e;
    default:
      return e satisfies never;
  }
}

/** A zero that may be left out of a sum: whole, or with a unit (then both sides are real). */
function isNeutralZero(e: Expression): boolean {
  return isWhole(e, 0) || (e.kind === 'quantity' && isZero(e));
}

function simplifyBinary(e: Binary): Expression {
  const { operator, left, right } = e;
  switch (operator) {
    case '+':
      if (isNeutralZero(left)) return right;
      if (right.kind === 'unary' && right.operator === '-') return { ...e, operator: '-', right: right.operand };
      return isNeutralZero(right) ? left : e;
    case '-':
      if (isNeutralZero(right)) return left;
      if (isNeutralZero(left)) return negated(right);
      return right.kind === 'unary' && right.operator === '-' ? { ...e, operator: '+', right: right.operand } : e;
    case '*':
      if (isWhole(left, 1) && !isCondition(right)) return right;
      return isWhole(right, 1) && !isCondition(left) ? left : e;
    case '**':
      return isWhole(right, 1) ? left : e;
    case 'and':
      if (left.kind === 'boolean') return left.value ? right : left;
      return right.kind === 'boolean' && right.value ? left : e;
    case 'or':
      if (left.kind === 'boolean') return left.value ? left : right;
      return right.kind === 'boolean' && !right.value ? left : e;
    case '/':
    case '//':
    case '%':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return e;
    default:
      return operator satisfies never;
  }
}
