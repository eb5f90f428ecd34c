import { libraryCall } from '../ir/library-calls.js';
import type { BinaryOperator, Expression } from './ast.js';
import { inferType } from './check.js';
import { operations } from './evaluate.js';
import { scopeOf } from './inferred.js';
import { foldConstants } from './fold.js';
import { functions } from './functions.js';
import type { Quantity } from './quantity.js';

/** Rounds half to even. */
function nearest(x: number): number {
  const low = Math.floor(x);
  const up = x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0);
  return up ? low + 1 : low;
}

/** Returns a product of equal factors, for small integer exponents, without approximation. */
function wholePower(base: number, exponent: number): number | undefined {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 16) return undefined;
  let product = 1;
  for (let factors = Math.abs(exponent); factors > 0; factors--) product *= base;
  return exponent < 0 ? 1 / product : product;
}

/** A function of the kernel program's library, with the same bits; undefined for draws and functions it lacks. */
export function calledFunction(name: string, values: readonly number[]): number | undefined {
  const known = functions.get(name);
  if (!known || known.random || !known.arity.includes(values.length)) return undefined;
  return libraryCall(name)?.(values);
}

const arithmetic: ReadonlySet<BinaryOperator> = new Set(['+', '-', '*', '/', '//', '%', '**']);

/** Functions with exact or correctly rounded results. */
const exactFunctions: Readonly<Record<string, (...args: number[]) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: nearest,
  int: Math.trunc,
  abs: Math.abs,
  sqrt: Math.sqrt,
  min: Math.min,
  max: Math.max,
};

/** Evaluates a condition of literals and known names; undefined if it is unknown. */
function holds(e: Expression, valueOf: (name: string) => number | undefined): boolean | undefined {
  if (e.kind === 'boolean') return e.value;
  if (e.kind === 'unary' && e.operator === 'not') {
    const operand = holds(e.operand, valueOf);
    return operand === undefined ? undefined : !operand;
  }
  if (e.kind !== 'binary') return undefined;
  if (e.operator === 'and' || e.operator === 'or') {
    const [a, b] = [holds(e.left, valueOf), holds(e.right, valueOf)];
    if (a === undefined || b === undefined) return undefined;
    return e.operator === 'and' ? a && b : a || b;
  }
  const [a, b] = [constantValue(e.left, valueOf), constantValue(e.right, valueOf)];
  if (a === undefined || b === undefined || arithmetic.has(e.operator)) return undefined;
  return operations[e.operator](a, b) !== 0;
}

const unknown = (): undefined => undefined;

/**
 * Returns the SI value of an expression of literals and known names, with each operation rounded separately. Ignores
 * dimensions. Functions and powers have the bits of the kernel program.
 *
 * @param valueOf values of names
 *
 * @returns undefined for names without a value, draws and conditions
 */
export function constantValue(
  e: Expression,
  valueOf: (name: string) => number | undefined = unknown,
): number | undefined {
  switch (e.kind) {
    case 'number':
    case 'quantity':
      return e.value;
    case 'name':
      return valueOf(e.name);
    case 'unary': {
      const operand = e.operator === 'not' ? undefined : constantValue(e.operand, valueOf);
      return operand === undefined || e.operator === '+' ? operand : -operand;
    }
    case 'binary': {
      const [a, b] = [constantValue(e.left, valueOf), constantValue(e.right, valueOf)];
      if (a === undefined || b === undefined || !arithmetic.has(e.operator)) return undefined;
      return (e.operator === '**' ? wholePower(a, b) : undefined) ?? operations[e.operator](a, b);
    }
    case 'call': {
      const values = e.arguments
        .map((argument) => constantValue(argument, valueOf))
        .filter((value) => value !== undefined);
      if (values.length < e.arguments.length) return undefined;
      const exact = Object.hasOwn(exactFunctions, e.function) ? exactFunctions[e.function] : undefined;
      return exact ? exact(...values) : calledFunction(e.function, values);
    }
    case 'conditional': {
      const condition = holds(e.condition, valueOf);
      return condition === undefined ? undefined : constantValue(condition ? e.whenTrue : e.whenFalse, valueOf);
    }
    case 'boolean':
      return undefined;
    default:
      return e satisfies never;
  }
}

const noNames = scopeOf(new Map());

/**
 * Returns the value and dimension of an expression of literals, units and functions; undefined for other expressions.
 */
export function constantQuantity(e: Expression): Quantity | undefined {
  const folded = foldConstants(e);
  const inferredType = inferType(folded, noNames, () => undefined);
  const value = inferredType && inferredType.type !== 'boolean' ? constantValue(folded) : undefined;
  return inferredType && value !== undefined ? { value: value + 0, dimension: inferredType.dimension } : undefined;
}
