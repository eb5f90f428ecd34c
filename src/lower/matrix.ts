/**
 * Propagators of linear systems by Taylor series and doubling: for x' = M x + b over a time h,
 * x(h) = P x + R b with P = exp(M h) and R = ∫ exp(M s) ds. Nothing divides by M, so equal or vanishing time constants
 * are no special case.
 */

/** Square matrix as rows; entries are numbers. */
export type Matrix = readonly (readonly number[])[];

/** Terms of the series: at a norm of at most 1/2 the remainder is below 2^-70. */
export const taylorTerms = 16;

export const identity = (n: number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));

const combineEntries = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((x, j) => f(x, (b[i] as readonly number[])[j] as number)));
const plus = (a: Matrix, b: Matrix): Matrix => combineEntries(a, b, (x, y) => x + y);
const scaled = (a: Matrix, factor: number): Matrix => a.map((row) => row.map((x) => x * factor));

function times(a: Matrix, b: Matrix): Matrix {
  const n = a.length;
  return a.map((row) =>
    Array.from({ length: n }, (_, j) =>
      row.reduce((sum, x, k) => sum + x * ((b[k] as readonly number[])[j] as number), 0),
    ),
  );
}

/** Which variables reach which: the reflexive and transitive closure of a pattern of entries. */
export function reach(pattern: readonly (readonly boolean[])[]): boolean[][] {
  const n = pattern.length;
  const closed = pattern.map((row, i) => row.map((entry, j) => entry || i === j));
  for (let k = 0; k < n; k++)
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) if (closed[i]?.[k] && closed[k]?.[j]) (closed[i] as boolean[])[j] = true;
  return closed;
}

/**
 * Largest absolute row sum over the entries that lie on a cycle. Those that do not, such as the 1/C of a current, only
 * scale what passes through them: they are of any size in SI units, and more doublings for their sake would only lose
 * digits.
 */
export function norm(a: Matrix): number {
  const closed = reach(a.map((row) => row.map((x) => x !== 0)));
  return Math.max(0, ...a.map((row, i) => row.reduce((sum, x, j) => (closed[j]?.[i] ? sum + Math.abs(x) : sum), 0)));
}

/** @returns P (dimensionless) and R (seconds) for the matrix `m` (1/s) over `h` seconds */
export function propagators(m: Matrix, h: number): { readonly p: Matrix; readonly r: Matrix } {
  const n = m.length;
  const size = norm(m);
  let doublings = 0;
  let part = h;
  while (size * part > 0.5 && doublings < 60) {
    part /= 2;
    doublings++;
  }
  // exp(Mh) = Σ (Mh)^k / k!, and its integral is h Σ (Mh)^k / (k+1)!.
  let term = identity(n);
  let p = term;
  let r = term;
  for (let k = 1; k <= taylorTerms; k++) {
    term = scaled(times(term, scaled(m, part)), 1 / k);
    p = plus(p, term);
    r = plus(r, scaled(term, 1 / (k + 1)));
  }
  r = scaled(r, part);
  for (let d = 0; d < doublings; d++) {
    r = plus(r, times(p, r));
    p = times(p, p);
  }
  return { p, r };
}
