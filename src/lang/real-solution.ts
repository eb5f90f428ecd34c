/**
 * Decides whether a linear system has a closed form that Brian 2's `exact` accepts: it needs an invertible matrix, and
 * rejects solutions that contain the imaginary unit in SymPy (`brian2.stateupdaters.exact`).
 *
 * SymPy computes with names, not with their values. Its results hold for all values of names, so they are tested at
 * random values: modulo a prime, for exact ranks and degrees of factors, and in real numbers, for signs.
 */

import type { Expression } from './ast.js';
import { reach } from './linear.js';
import { printExpression } from './print.js';

/** Square matrix of expressions; null: 0. */
type Matrix = readonly (readonly (Expression | null)[])[];

/** A field for evaluating expressions, with random values of names and calls. */
interface Field<T> {
  readonly literal: (value: number) => T;
  readonly unknown: (text: string) => T;
  readonly add: (a: T, b: T) => T;
  readonly multiply: (a: T, b: T) => T;
  readonly inverse: (a: T) => T;
  /** Larger for a better divisor, 0 for zero. */
  readonly rank: (a: T) => number;
}

/** Whether the equations of a matrix have a real solution in closed form. */
export function hasRealSolution(matrix: Matrix): boolean {
  return components(matrix).every((indices) => {
    const block = indices.map((i) => indices.map((j) => matrix[i]?.[j] ?? null));
    return isRegular(block) && isReal(block);
  });
}

// --- Blocks ----------------------------------------------------------------------------------------------------------

/** Returns the strongly connected components of variables, as lists of indices: eigenvalues are those of the blocks. */
function components(matrix: Matrix): readonly (readonly number[])[] {
  const reached = reach(matrix.map((row) => row.map((entry) => entry !== null)));
  const mutual = (i: number): readonly number[] => [...matrix.keys()].filter((j) => reached[i]?.[j] && reached[j]?.[i]);
  return [...matrix.keys()].map(mutual).filter((indices, i) => indices[0] === i);
}

/** Random points at which a matrix is looked at; an irreducible cubic passes for a product at two of three. */
const points = 40;

function isRegular(block: Matrix): boolean {
  for (let seed = 0; seed < 4; seed++) if (determinantAt(block, seed) !== 0) return true;
  return false;
}

/** Whether no eigenvalue is a root of degree three or more, or of a number that is negative for all values of names. */
function isReal(block: Matrix): boolean {
  if (block.length < 2) return true;
  let real = false;
  for (let seed = 0; seed < points; seed++) {
    if (block.length > 2 && !splits(characteristic(evaluated(block, modular(seed)), modular(seed)))) return false;
    real ||= rootsAreReal(characteristic(scaled(evaluated(block, realNumbers(seed))), realNumbers(seed)));
  }
  return real;
}

// --- Fields ----------------------------------------------------------------------------------------------------------

/** Numbers from 0 to 1 of a name, the same for the same seed. */
function randomOf(text: string, seed: number): number {
  let state = (seed + 1) * 0x9e3779b1;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  for (let k = 0; k < 3; k++) state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
}

const prime = 1_000_003;

function powerModulo(base: number, exponent: number): number {
  let [result, square] = [1, base];
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}

function modular(seed: number): Field<number> {
  const multiply = (a: number, b: number): number => (a * b) % prime;
  const inverse = (a: number): number => powerModulo(a, prime - 2);
  return {
    literal: (value) => {
      // Decimals are fractions, as they are for SymPy.
      const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
      const [whole = '0', fraction = ''] = mantissa.split('.');
      const digits = Number(BigInt(whole + fraction) % BigInt(prime));
      const tens = Number(exponent) - fraction.length;
      const ten = powerModulo(10, Math.abs(tens));
      const size = multiply(digits, tens < 0 ? inverse(ten) : ten);
      return value < 0 ? (prime - size) % prime : size;
    },
    unknown: (text) => 1 + Math.floor(randomOf(text, seed) * (prime - 1)),
    add: (a, b) => (a + b) % prime,
    multiply,
    inverse,
    rank: (a) => (a === 0 ? 0 : 1),
  };
}

/** Real numbers of both signs. */
function realNumbers(seed: number): Field<number> {
  return {
    literal: (value) => value,
    unknown: (text) => {
      const random = randomOf(text, seed) * 8 - 4;
      return random < 0 ? random - 0.1 : random + 0.1;
    },
    add: (a, b) => a + b,
    multiply: (a, b) => a * b,
    inverse: (a) => 1 / a,
    rank: Math.abs,
  };
}

/** Scales a matrix to a largest entry of 1 or -1; whether eigenvalues are real does not depend on the unit of time. */
function scaled(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const largest = Math.max(...matrix.flat().map(Math.abs));
  return matrix.map((row) => row.map((entry) => entry / largest));
}

function evaluated(block: Matrix, field: Field<number>): readonly (readonly number[])[] {
  return block.map((row) => row.map((entry) => (entry === null ? 0 : valueOf(entry, field))));
}

/** Evaluates an expression; parts other than arithmetic are unknowns. */
function valueOf(e: Expression, field: Field<number>): number {
  const minus = (a: number): number => field.multiply(field.literal(-1), a);
  switch (e.kind) {
    case 'boolean':
    case 'call':
    case 'conditional':
    case 'name':
      break;
    case 'number':
    case 'quantity':
      return field.literal(e.value);
    case 'unary':
      if (e.operator === 'not') break;
      return e.operator === '-' ? minus(valueOf(e.operand, field)) : valueOf(e.operand, field);
    case 'binary': {
      const { left, right } = e;
      if (e.operator === '+') return field.add(valueOf(left, field), valueOf(right, field));
      if (e.operator === '-') return field.add(valueOf(left, field), minus(valueOf(right, field)));
      if (e.operator === '*') return field.multiply(valueOf(left, field), valueOf(right, field));
      if (e.operator === '/') return field.multiply(valueOf(left, field), field.inverse(valueOf(right, field)));
      const exponent = e.operator === '**' && right.kind === 'number' ? right.value : NaN;
      if (!Number.isInteger(exponent) || Math.abs(exponent) > 16) break;
      const base = exponent < 0 ? field.inverse(valueOf(left, field)) : valueOf(left, field);
      return Array.from({ length: Math.abs(exponent) }, () => base).reduce(field.multiply, field.literal(1));
    }
  }
  return field.unknown(printExpression(e));
}

// --- Polynomials -----------------------------------------------------------------------------------------------------

/**
 * The characteristic polynomial, leading coefficient 1 first, of the similar matrix in Hessenberg's form.
 *
 * @source Cohen, A Course in Computational Algebraic Number Theory (1993), algorithm 2.2.9
 */
function characteristic(matrix: readonly (readonly number[])[], field: Field<number>): readonly number[] {
  const { add, multiply, inverse } = field;
  const minusOne = field.literal(-1);
  const minus = (a: number): number => multiply(minusOne, a);
  const n = matrix.length;
  const h = hessenberg(matrix, field);
  const entry = (i: number, j: number): number => h[i]?.[j] ?? 0;
  // Polynomials of the leading blocks, lowest coefficient first.
  const polynomials: number[][] = [[field.literal(1)]];
  for (let m = 1; m <= n; m++) {
    const before = polynomials[m - 1] as number[];
    const next = [0, ...before];
    before.forEach((c, k) => (next[k] = add(next[k] ?? 0, minus(multiply(entry(m - 1, m - 1), c)))));
    let product = field.literal(1);
    for (let i = 1; i < m; i++) {
      product = multiply(product, entry(m - i, m - i - 1));
      const factor = minus(multiply(product, entry(m - i - 1, m - 1)));
      (polynomials[m - i - 1] as number[]).forEach((c, k) => (next[k] = add(next[k] ?? 0, multiply(factor, c))));
    }
    polynomials.push(next);
  }
  return (polynomials[n] as number[]).reverse();

  /** A similar matrix that has zeros below the diagonal next to the main one. */
  function hessenberg(given: readonly (readonly number[])[], { rank }: Field<number>): number[][] {
    const a = given.map((row) => [...row]);
    for (let m = 1; m < n - 1; m++) {
      const pivot = pivotIn(
        a.slice(m).map((row) => row[m - 1] ?? 0),
        rank,
      );
      if (pivot === undefined) continue;
      const from = m + pivot;
      if (from !== m) {
        [a[m], a[from]] = [a[from] as number[], a[m] as number[]];
        for (const row of a) [row[m], row[from]] = [row[from] ?? 0, row[m] ?? 0];
      }
      const pivotRow = a[m] as number[];
      const divisor = inverse(pivotRow[m - 1] ?? 0);
      for (let i = m + 1; i < n; i++) {
        const row = a[i] as number[];
        if (row[m - 1] === 0) continue;
        const factor = multiply(row[m - 1] ?? 0, divisor);
        for (let j = m - 1; j < n; j++) row[j] = add(row[j] ?? 0, minus(multiply(factor, pivotRow[j] ?? 0)));
        for (const other of a) other[m] = add(other[m] ?? 0, multiply(factor, other[i] ?? 0));
      }
    }
    return a;
  }
}

/** Index of the entry that an elimination divides by; undefined when all are zero. */
function pivotIn(column: readonly number[], rank: (value: number) => number): number | undefined {
  let best: number | undefined;
  column.forEach((value, k) => {
    if (rank(value) > (best === undefined ? 0 : rank(column[best] ?? 0))) best = k;
  });
  return best;
}

function determinantAt(block: Matrix, seed: number): number {
  const { add, multiply, inverse, literal, rank } = modular(seed);
  const a = evaluated(block, modular(seed)).map((row) => [...row]);
  const minusOne = literal(-1);
  let determinant = 1;
  for (let k = 0; k < a.length; k++) {
    const pivot = pivotIn(
      a.slice(k).map((row) => row[k] ?? 0),
      rank,
    );
    // The sign does not matter.
    if (pivot === undefined) return 0;
    [a[k], a[k + pivot]] = [a[k + pivot] as number[], a[k] as number[]];
    const pivotRow = a[k] as number[];
    determinant = multiply(determinant, pivotRow[k] ?? 0);
    const divisor = multiply(minusOne, inverse(pivotRow[k] ?? 0));
    for (const row of a.slice(k + 1)) {
      const factor = multiply(row[k] ?? 0, divisor);
      if (factor !== 0)
        for (let j = k; j < a.length; j++) row[j] = add(row[j] ?? 0, multiply(factor, pivotRow[j] ?? 0));
    }
  }
  return determinant;
}

/** Whether a polynomial modulo the prime is a product of factors of degree one and two: it divides (x^(p²) - x)^n. */
function splits(f: readonly number[]): boolean {
  const n = f.length - 1;
  const modulo = (product: number[]): number[] => {
    // Leading coefficients first; f is monic.
    const rest = [...product];
    while (rest.length > n) {
      const lead = rest[0] ?? 0;
      f.forEach((coefficient, k) => (rest[k] = ((rest[k] ?? 0) + (prime - lead) * coefficient) % prime));
      rest.shift();
    }
    return [...new Array<number>(n - rest.length).fill(0), ...rest];
  };
  const multiply = (a: readonly number[], b: readonly number[]): number[] => {
    const product = new Array<number>(a.length + b.length - 1).fill(0);
    a.forEach((x, i) => b.forEach((y, j) => (product[i + j] = ((product[i + j] ?? 0) + x * y) % prime)));
    return modulo(product);
  };
  const x = modulo([1, 0]);
  const raised = (base: number[]): number[] => {
    let [result, square] = [modulo([1]), base];
    for (let left = prime; left > 0; left = Math.floor(left / 2)) {
      if (left % 2 === 1) result = multiply(result, square);
      square = multiply(square, square);
    }
    return result;
  };
  const difference = raised(raised(x)).map((value, k) => (value + prime - (x[k] ?? 0)) % prime);
  let power = difference;
  for (let k = 1; k < n; k++) power = multiply(power, difference);
  return power.every((value) => value === 0);
}

/** Whether all roots of a polynomial are real, but for rounding (Weierstrass's iteration). */
function rootsAreReal(f: readonly number[]): boolean {
  const n = f.length - 1;
  if (n === 2) {
    const [, b = 0, c = 0] = f;
    return b * b - 4 * c >= 0;
  }
  // Powers of a number that is no root of unity are as good a start as any.
  const roots: [number, number][] = [];
  for (let k = 0, re = 1, im = 0; k < n; k++, [re, im] = [re * 0.4 - im * 0.9, re * 0.9 + im * 0.4])
    roots.push([re, im]);
  for (let turn = 0; turn < 400; turn++) {
    roots.forEach(([x, y], i) => {
      let [p, q] = [1, 0];
      for (const c of f.slice(1)) [p, q] = [p * x - q * y + c, p * y + q * x];
      let [u, v] = [1, 0];
      roots.forEach(([s, t], j) => {
        if (j !== i) [u, v] = [u * (x - s) - v * (y - t), u * (y - t) + v * (x - s)];
      });
      const square = u * u + v * v;
      if (square > 0) roots[i] = [x - (p * u + q * v) / square, y - (q * u - p * v) / square];
    });
  }
  const largest = Math.max(...roots.map(([re, im]) => Math.abs(re) + Math.abs(im)));
  return roots.every(([, im]) => Math.abs(im) <= 1e-3 * largest);
}
