import type { Expression } from './ast.js';

/** Rounds half to even. */
function nearest(x: number): number {
  const low = Math.floor(x);
  const up = x - low > 0.5 || (x - low === 0.5 && low % 2 !== 0);
  return up ? low + 1 : low;
}

/** A product of equal factors, for the small whole exponents for which one need not approximate. */
function wholePower(base: number, exponent: number): number | undefined {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 16) return undefined;
  let product = 1;
  for (let factors = Math.abs(exponent); factors > 0; factors--) product *= base;
  return exponent < 0 ? 1 / product : product;
}

const operations: Readonly<Record<string, (a: number, b: number) => number | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': wholePower,
};

/** Functions whose results are exact or correctly rounded. */
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

const unknown = (): undefined => undefined;

/**
 * The value, in SI, of an expression of literals and known names, each operation rounded by itself. Dimensions are not
 * looked at.
 *
 * @param valueOf  values of names
 * @returns undefined where a name has no value, and for functions whose last digits differ between machines
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
      return a === undefined || b === undefined ? undefined : operations[e.operator]?.(a, b);
    }
    case 'call': {
      const values = e.arguments
        .map((argument) => constantValue(argument, valueOf))
        .filter((value) => value !== undefined);
      return values.length === e.arguments.length ? exactFunctions[e.function]?.(...values) : undefined;
    }
    case 'boolean':
    case 'conditional':
      return undefined;
    default:
      return e satisfies never;
  }
}
