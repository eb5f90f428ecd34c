/** Steady states and relaxation of linear kinetic schemes. `rates[i][j]` is the rate from state i to state j in 1/s. */

type Matrix = readonly (readonly number[])[];

const at = (matrix: Matrix, i: number, j: number): number => matrix[i]?.[j] ?? NaN;
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * (b[k] ?? NaN), 0);
const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/**
 * Returns the occupancies in the steady state; NaN if it depends on the start. No step subtracts, so rare states are as
 * exact as others. @source Grassmann, Taksar and Heyman (1985), Operations Research 33, 1107
 */
export function steadyOccupancies(rates: Matrix): readonly number[] {
  const reduced = rates.map((row) => [...row]);
  const leaving = rates.map(() => 0);
  for (let last = rates.length - 1; last > 0; last--) {
    const out = reduced[last]?.slice(0, last) ?? [];
    const total = out.reduce((sum, rate) => sum + rate, 0);
    leaving[last] = total;
    if (total === 0) continue;
    for (const row of reduced.slice(0, last))
      for (const [to, rate] of out.entries()) row[to] = (row[to] ?? NaN) + ((row[last] ?? NaN) * rate) / total;
  }
  let weights = [1];
  for (let state = 1; state < rates.length; state++) {
    const entering = reduced.slice(0, state).map((row) => row[state] ?? NaN);
    const weight = dot(entering, weights) / (leaving[state] ?? NaN);
    // All channels end in a state that none leaves.
    weights = weight === Infinity ? [...weights.map(() => 0), 1] : [...weights, weight];
  }
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Returns the time constant of the slowest relaxation in s; NaN if it oscillates or never ends. */
export function slowestRelaxation(rates: Matrix): number {
  const steady = steadyOccupancies(rates);
  // The other occupancies determine that of the fullest state. Its elimination loses the fewest digits.
  const fullest = steady.indexOf(Math.max(...steady));
  const others = rates.map((_, k) => k).filter((k) => k !== fullest);
  const total = (from: number): number =>
    rates.reduce((sum, _, to) => (to === from ? sum : sum + at(rates, from, to)), 0);
  const relaxation = others.map((to) =>
    others.map((from) => (from === to ? -total(to) : at(rates, from, to)) - at(rates, fullest, to)),
  );
  const inverse = inverseOf(relaxation);
  // A high power of the inverse maps every vector to the slowest mode.
  let power = inverse;
  for (let squaring = 0; squaring < 20; squaring++) {
    const scale = largest(power.flat());
    power = product(power, power).map((row) => row.map((x) => x / scale / scale));
  }
  const columns = transposed(power);
  const mode = columns.reduce((best, column) => (largest(column) > largest(best) ? column : best), columns[0] ?? []);
  const mapped = inverse.map((row) => dot(row, mode));
  const eigenvalue = dot(mapped, mode) / dot(mode, mode);
  const rest = mapped.map((x, k) => x - eigenvalue * (mode[k] ?? NaN));
  return largest(rest) <= 1e-6 * largest(mapped) ? -eigenvalue : NaN;
}

const transposed = (matrix: Matrix): Matrix => matrix.map((_, k) => matrix.map((row) => row[k] ?? NaN));

function product(a: Matrix, b: Matrix): Matrix {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
}

/** Returns the inverse by Gauss-Jordan elimination with row pivots; not finite for a singular matrix. */
function inverseOf(matrix: Matrix): Matrix {
  const size = matrix.length;
  let rows: Matrix = matrix.map((row, i) => [...row, ...matrix.map((_, j) => (i === j ? 1 : 0))]);
  for (let k = 0; k < size; k++) {
    const candidates = rows.slice(k).map((row) => Math.abs(row[k] ?? NaN));
    const best = k + candidates.indexOf(Math.max(...candidates));
    const pivot = (rows[best] ?? []).map((x) => x / at(rows, best, k));
    const swapped = rows.map((row, i) => (i === best ? (rows[k] ?? []) : row));
    rows = swapped.map((row, i) => (i === k ? pivot : row.map((x, j) => x - (row[k] ?? NaN) * (pivot[j] ?? NaN))));
  }
  return rows.map((row) => row.slice(size));
}
