import type { Binary, Call, Expression } from './ast.js';
import {
  binary,
  call,
  conditional,
  difference,
  integer,
  isZero,
  negated,
  number,
  product,
  quotient,
  sum,
} from './build.js';
import { simplify } from './fold.js';
import { requireModest, readsAny } from './walk.js';

/**
 * Returns the derivative of an expression by a name. abs, min, max, clip and conditional expressions are differentiated
 * piecewise, without the jumps between the pieces; `%` without the jumps of the remainder.
 *
 * @returns null if there is no derivative: the name is an argument of floor, ceil, round, sign, int, timestep, `//`, a
 * comparison outside a condition, a draw of random numbers, or an unknown function. The literal 0 means that there is
 * no dependence.
 * @throws LangError lang/too-large for a result above the limits of the passes
 */
export function derivative(e: Expression, name: string): Expression | null {
  const result = differentiate(e, name);
  return result && simplify(requireModest(result, e.span));
}

function differentiate(e: Expression, name: string): Expression | null {
  if (e.kind === 'name') return integer(e.name === name ? 1 : 0);
  if (!readsAny(e, new Set([name]))) return integer(0);
  switch (e.kind) {
    case 'unary': {
      const operand = e.operator === 'not' ? null : differentiate(e.operand, name);
      return operand && e.operator === '-' ? negated(operand) : operand;
    }
    case 'binary':
      return differentiateBinary(e, name);
    case 'conditional': {
      const whenTrue = differentiate(e.whenTrue, name);
      const whenFalse = differentiate(e.whenFalse, name);
      return whenTrue && whenFalse && choice(e.condition, whenTrue, whenFalse);
    }
    case 'call':
      return differentiateCall(e, name);
    case 'number':
    case 'quantity':
    case 'boolean':
      return integer(0);
    default:
      return e satisfies never;
  }
}

function choice(condition: Expression, whenTrue: Expression, whenFalse: Expression): Expression {
  return isZero(whenTrue) && isZero(whenFalse) ? whenTrue : conditional(condition, whenTrue, whenFalse);
}

function differentiateBinary(e: Binary, name: string): Expression | null {
  const { left: a, right: b } = e;
  const da = differentiate(a, name);
  const db = differentiate(b, name);
  if (!da || !db) return null;
  switch (e.operator) {
    case '+':
      return sum(da, db);
    case '-':
      return difference(da, db);
    case '*':
      return sum(product(da, b), product(a, db));
    case '/':
      // a' / b - a b' / b², the second part as (a/b) b' / b: no square that overflows.
      return difference(quotient(da, b), quotient(product(binary('/', a, b), db), b));
    case '**':
      return differentiatePower(a, b, da, db);
    case '%':
      // a % b = a - b floor(a/b).
      return difference(da, product(call('floor', [binary('/', a, b)]), db));
    case '//':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
    case 'and':
    case 'or':
      return null;
    default:
      return e.operator satisfies never;
  }
}

function differentiatePower(a: Expression, b: Expression, da: Expression, db: Expression): Expression {
  const base = isZero(da) ? da : product(product(b, lowered(a, b)), da);
  const exponent = isZero(db) ? db : product(product(binary('**', a, b), call('log', [a])), db);
  return sum(base, exponent);
}

/** `a**(b - 1)`. */
function lowered(a: Expression, b: Expression): Expression {
  if (b.kind !== 'number') return binary('**', a, binary('-', b, integer(1)));
  if (b.value === 1) return integer(1);
  return b.value === 2 ? a : binary('**', a, number(b.value - 1, b.span, b.integer));
}

const square = (x: Expression): Expression => binary('**', x, integer(2));

const twoOverRootPi = 1.1283791670955126;
const naturalLogOf10 = 2.302585092994046;
const naturalLogOf2 = 0.6931471805599453;

/**
 * Derivatives of the functions of one argument, as factors of the argument's own derivative; `f` is the call itself.
 */
const slopes: Readonly<Record<string, (x: Expression, f: Call) => Expression>> = {
  exp: (_, f) => f,
  expm1: (x) => call('exp', [x]),
  log: (x) => binary('/', integer(1), x),
  log1p: (x) => binary('/', integer(1), sum(integer(1), x)),
  log10: (x) => binary('/', integer(1), product(x, number(naturalLogOf10))),
  log2: (x) => binary('/', integer(1), product(x, number(naturalLogOf2))),
  sqrt: (_, f) => binary('/', number(0.5), f),
  sin: (x) => call('cos', [x]),
  cos: (x) => negated(call('sin', [x])),
  tan: (_, f) => sum(integer(1), square(f)),
  sinh: (x) => call('cosh', [x]),
  cosh: (x) => call('sinh', [x]),
  tanh: (_, f) => difference(integer(1), square(f)),
  asin: (x) => binary('/', integer(1), call('sqrt', [difference(integer(1), square(x))])),
  acos: (x) => binary('/', integer(-1), call('sqrt', [difference(integer(1), square(x))])),
  atan: (x) => binary('/', integer(1), sum(integer(1), square(x))),
  erf: (x) => product(number(twoOverRootPi), call('exp', [negated(square(x))])),
  exprel: exprelSlope,
  abs: (x) => call('sign', [x]),
};

/** Where the two forms of exprel's derivative are equally good, to about 1e-14. */
const exprelSwitch = 0.02;

/**
 * exprel'(x) = (exp(x) - exprel(x))/x, which cancels near 0; there its series, the sum of k x^(k-1)/(k+1)!.
 */
function exprelSlope(x: Expression, f: Call): Expression {
  const coefficients = [1 / 840, 1 / 144, 1 / 30, 1 / 8, 1 / 3, 1 / 2];
  const series = coefficients
    .map((value): Expression => number(value))
    .reduce((inner, coefficient) => sum(coefficient, product(x, inner)));
  const closed = binary('/', difference(call('exp', [x]), f), x);
  return conditional(binary('<', call('abs', [x]), number(exprelSwitch)), series, closed);
}

function differentiateCall(e: Call, name: string): Expression | null {
  const parts = e.arguments.map((argument) => differentiate(argument, name));
  const [x, y, z] = e.arguments;
  const [dx, dy, dz] = parts;
  if (!x || !dx || parts.includes(null)) return null;
  const slope = Object.hasOwn(slopes, e.function) ? slopes[e.function] : undefined;
  if (slope && parts.length === 1) return product(slope(x, e), dx);
  if (!y || !dy) return null;
  switch (e.function) {
    case 'atan2': {
      // atan2(y, x): (x y' - y x') / (x² + y²); here the first argument is called x.
      const top = difference(product(y, dx), product(x, dy));
      return quotient(top, sum(square(x), square(y)));
    }
    case 'min':
      return choice(binary('<=', x, y), dx, dy);
    case 'max':
      return choice(binary('>=', x, y), dx, dy);
    case 'clip':
      return z && dz ? choice(binary('<', x, y), dy, choice(binary('>', x, z), dz, dx)) : null;
    case 'fmod':
      return isZero(dy) ? dx : null;
    default:
      return null;
  }
}
