/** Expressions and statements of the model in NESTML. */

import { dimensionless, type Assignment, type Call, type Expression } from '../../../src/lang/ast.js';
import { binary, call, conditional, name, number, unary } from '../../../src/lang/build.js';
import { isRandom } from '../../../src/lang/functions.js';
import { printExpression } from '../../../src/lang/print.js';
import { callsIn, mapExpression, withChildren } from '../../../src/lang/walk.js';
import { NotInNestml } from './not-in-nestml.js';
import { losesZeros, nestmlQuantity } from './units.js';

/** Returns the NESTML expression for a name of the model; throws NotInNestml for names that NESTML lacks. */
export type Names = (own: string) => Expression;

/** Functions with the name that they have here: those of NESTML, and `exprel`, which models define if they call it. */
const same: ReadonlySet<string> = new Set(
  'exp expm1 exprel log10 sin cos tan sinh cosh tanh erf abs floor ceil round min max clip'.split(' '),
);

/** NESTML expressions for the other functions. */
const others: Readonly<Record<string, (...args: Expression[]) => Expression>> = {
  log: (x = zero()) => call('ln', [x]),
  log1p: (x = zero()) => call('ln', [binary('+', number(1), x)]),
  log2: (x = zero()) => binary('/', call('ln', [x]), call('ln', [number(2)])),
  sqrt: (x = zero()) => binary('**', x, number(0.5)),
  sign: (x = zero()) =>
    conditional(binary('>', x, zero()), number(1), conditional(binary('<', x, zero()), unary('-', number(1)), zero())),
  int: (x = zero()) =>
    isCondition(x)
      ? conditional(x, number(1), zero())
      : conditional(binary('<', x, zero()), call('ceil', [x]), call('floor', [x])),
  uniform: (low = zero(), high = number(1)) =>
    call('random_uniform', [low, low.kind === 'number' && low.value === 0 ? high : binary('-', high, low)]),
  normal: (mean = zero(), sd = number(1)) => call('random_normal', [mean, sd]),
  exponential: (mean = number(1)) =>
    binary('*', unary('-', mean), call('ln', [call('random_uniform', [zero(), number(1)])])),
  poisson: (mean = zero()) => call('random_poisson', [mean]),
};

const zero = (): Expression => number(0);

/** Checks whether an expression is true or false. */
export const isCondition = (e: Expression): boolean =>
  e.kind === 'boolean' ||
  (e.kind === 'unary' && e.operator === 'not') ||
  (e.kind === 'binary' && ['<', '<=', '>', '>=', '==', '!=', 'and', 'or'].includes(e.operator));

/** Checks whether an expression draws random numbers. */
export const draws = (e: Expression): boolean => callsIn(e).some((one) => isRandom(one.function));

/**
 * Returns an expression of the model whose choices compare by < and > only: in equations, NESTML's solver would take
 * another sign with an equals sign for that of the equation.
 */
export const withStrictChoices = (e: Expression): Expression =>
  mapExpression(e, (part) => {
    if (part.kind === 'conditional') return strictChoice(part.condition, part.whenTrue, part.whenFalse);
    const [condition] = part.kind === 'call' && part.function === 'int' ? part.arguments : [];
    return condition !== undefined && isCondition(condition) ? strictChoice(condition, number(1), zero()) : part;
  });

function strictChoice(condition: Expression, yes: Expression, no: Expression): Expression {
  if (condition.kind === 'unary' && condition.operator === 'not') return strictChoice(condition.operand, no, yes);
  if (condition.kind !== 'binary') return conditional(condition, yes, no);
  const { operator, left, right } = condition;
  const unequal = (other: Expression, same: Expression): Expression =>
    conditional(binary('<', left, right), other, conditional(binary('>', left, right), other, same));
  switch (operator) {
    case 'and':
      return strictChoice(left, strictChoice(right, yes, no), no);
    case 'or':
      return strictChoice(left, yes, strictChoice(right, yes, no));
    case '<=':
      return conditional(binary('>', left, right), no, yes);
    case '>=':
      return conditional(binary('<', left, right), no, yes);
    case '!=':
      return unequal(yes, no);
    case '==':
      return unequal(no, yes);
    default:
      return conditional(condition, yes, no);
  }
}

/** Returns an expression of the model in NESTML. @throws NotInNestml */
export function nestmlExpression(e: Expression, names: Names): Expression {
  if (e.kind === 'name') return names(e.name);
  if (e.kind === 'number' && losesZeros(e.value)) return nestmlQuantity(e.value, dimensionless);
  if (e.kind === 'quantity') return nestmlQuantity(e.value, e.dimension);
  if (e.kind === 'boolean') return name(e.value ? 'true' : 'false');
  const parts = withChildren(e, (part) => nestmlExpression(part, names));
  switch (parts.kind) {
    case 'unary':
      return parts.operator === '+' ? parts.operand : parts.operator === 'not' ? negation(parts.operand) : parts;
    case 'binary':
      if (parts.operator === '//') return call('floor', [quotient(parts.left, parts.right)]);
      if (parts.operator === '%')
        return binary('-', parts.left, binary('*', call('floor', [quotient(parts.left, parts.right)]), parts.right));
      if (parts.operator === '*') return { ...parts, left: withUnitsEnclosed(parts.left) };
      return parts.operator === '/' ? quotient(parts.left, parts.right) : parts;
    case 'call':
      return nestmlCall(parts);
    default:
      return parts;
  }
}

/** Returns a denial, which binds more tightly in NESTML than comparisons do. */
export const negation = (e: Expression): Expression =>
  unary('not', e.kind === 'name' || e.kind === 'call' ? e : name(`(${textOf(e)})`));

/** Quotients of whole numbers are whole in C++, the output language of NESTML. */
const quotient = (left: Expression, right: Expression): Expression => binary('/', withUnitsEnclosed(real(left)), right);

/**
 * Encloses a quantity before a slash or an asterisk: NESTML would take the rest of `1 ms/q10` for a part of the unit.
 */
function withUnitsEnclosed(e: Expression): Expression {
  if (e.kind === 'name') return /^[\d.]\S* /.test(e.name) ? name(`(${e.name})`) : e;
  return e.kind === 'binary' && (e.operator === '*' || e.operator === '/')
    ? { ...e, right: withUnitsEnclosed(e.right) }
    : e;
}

const real = (e: Expression): Expression => (e.kind === 'number' ? number(e.value) : e);

function nestmlCall({ function: called, arguments: given }: Call): Expression {
  const args = given.map(real);
  if (same.has(called)) return call(called, args);
  const written = Object.hasOwn(others, called) ? others[called] : undefined;
  if (written === undefined)
    throw new NotInNestml(`${called}, which is no function of NESTML and no table of at most 20 steps`);
  return written(...args);
}

/** Returns the text of an expression of the model. */
export const nestmlText = (e: Expression, names: Names): string => textOf(nestmlExpression(e, names));

/** Returns the text of an expression that is already in NESTML's terms. */
export const textOf = (e: Expression): string => printExpression(e, { choice: 'signs' });

/**
 * Returns an assignment of the model in NESTML.
 *
 * @param isTruth  whether a variable is true or false: NEST records only numbers, which are 1 and 0
 */
export function nestmlAssignment(
  { target, operator, value }: Assignment,
  names: Names,
  isTruth: (variable: string) => boolean = () => false,
): string {
  const text = nestmlExpression(value, names);
  const plain = text.kind === 'name' && (text.name === 'true' || text.name === 'false');
  const truth = (): Expression =>
    plain ? number(text.name === 'true' ? 1 : 0) : conditional(text, number(1), number(0));
  if (operator === '%=') throw new NotInNestml('NESTML has no remainder that is assigned');
  return `${target} ${operator} ${textOf(isTruth(target) ? truth() : real(text))}`;
}
