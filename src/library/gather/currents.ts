/** Currents in pieces as expressions of the time. */

import type { Expression } from '../../lang/ast.js';
import { binary, call, integer, name, number, quantity } from '../../lang/build.js';
import { divideDimensions, hertz, second } from '../../lang/dimension.js';
import { parseUnit } from '../../lang/units.js';
import { tidy } from '../recognise/numbers.js';
import type { Piece, Shape } from './generators.js';
import { beforeStep, during } from './step-times.js';

/** A current as an expression, and into how many steps its ramps are cut. */
export interface CurrentForm {
  /** An expression of `t`, in A. */
  readonly value: Expression;
  /** Number of steps that replace ramps, and their length in s; absent: there are no ramps. */
  readonly steps?: { readonly count: number; readonly every: number };
}

/** The most steps that a ramp is cut into. */
const mostSteps = 400;

/**
 * Returns the amplitudes in the middle of steps of a ramp, at equal distances and to decimals that all of them have.
 */
function evenAmplitudes(
  { start, slope }: Extract<Shape, { readonly kind: 'ramp' }>,
  step: number,
  count: number,
): readonly number[] {
  const [first, last] = [start + (slope * step) / 2, start + slope * step * (count - 0.5)];
  const most = Math.max(Math.abs(first), Math.abs(last));
  const scale = most === 0 ? 1 : Number(`1e${8 - Math.floor(Math.log10(most))}`);
  const [from, to] = [Math.round(first * scale), Math.round(last * scale)];
  const between = count === 1 ? 0 : (to - from) / (count - 1);
  return Array.from({ length: count }, (_, k) => tidy(Math.round(from + k * between) / scale));
}

/**
 * Returns `(a if t > 0.005*s - dt/2 and t < 0.01*s - dt/2 else …)`.
 *
 * @param hasRamps  whether the notation has currents that rise steadily; else they are cut into steps
 */
export function currentOf(
  pieces: readonly Piece[],
  unit: string,
  { end, dt }: { readonly end: number; readonly dt: number },
  hasRamps: boolean,
): CurrentForm {
  let steps: CurrentForm['steps'];
  const flowing: Piece[] = [];
  const isSeen = (time: number): boolean => time < end - (hasRamps ? dt / 2 : 0);
  for (const piece of pieces) {
    const { from, to, shape } = piece;
    if ((from > 0 && !isSeen(from)) || (shape.kind === 'constant' && shape.amplitude === 0)) continue;
    if (shape.kind !== 'ramp' || hasRamps) {
      flowing.push(piece);
      continue;
    }
    const length = Math.ceil(Math.max(1, Math.round((Math.min(to, end) - from) / dt)) / mostSteps) * dt;
    const count = Math.max(1, Math.ceil((Math.min(to, end) - from) / length - 1e-6));
    steps = { count, every: tidy(length) };
    const time = (k: number): number => Math.min(to, tidy(Number((from + k * length).toPrecision(12))));
    evenAmplitudes(shape, length, count).forEach((amplitude, k) =>
      flowing.push({ from: time(k), to: time(k + 1), shape: { kind: 'constant', amplitude } }),
    );
  }
  const { dimension } = parseUnit(unit);
  const inUnit = (value: number): Expression => quantity(value, dimension);
  const valueOf = ({ from, shape }: Piece): Expression => {
    const since = from === 0 ? name('t') : binary('-', name('t'), quantity(from, second));
    if (shape.kind === 'constant') return inUnit(shape.amplitude);
    if (shape.kind === 'ramp') {
      const slope = quantity(shape.slope, divideDimensions(dimension, second));
      return binary('+', inUnit(shape.start), binary('*', slope, since));
    }
    const angle = binary('*', quantity(shape.omega, hertz), since);
    const shifted =
      shape.phase === 0
        ? angle
        : binary('+', angle, Number.isInteger(shape.phase) ? integer(shape.phase) : number(shape.phase));
    return binary('*', inUnit(shape.amplitude), call('sin', [shifted]));
  };
  const [only, second_] = flowing;
  if (only === undefined) return { value: inUnit(0) };
  if (second_ === undefined) {
    const from = only.from > 0 ? beforeStep(only.from) : undefined;
    return { value: during(valueOf(only), from, isSeen(only.to) ? beforeStep(only.to) : undefined, inUnit(0)) };
  }
  // By halves, so long lists stay shallow.
  const stretches: readonly (readonly [from: number, value: Expression])[] = flowing.flatMap((piece, k) => [
    ...(piece.from > (flowing[k - 1]?.to ?? 0) ? [[flowing[k - 1]?.to ?? 0, inUnit(0)] as const] : []),
    [piece.from, valueOf(piece)] as const,
    ...(k === flowing.length - 1 && isSeen(piece.to) ? [[piece.to, inUnit(0)] as const] : []),
  ]);
  const within = (low: number, high: number): Expression => {
    if (low === high) return stretches[low]?.[1] ?? inUnit(0);
    const middle = Math.floor((low + high) / 2) + 1;
    const [from = 0] = stretches[middle] ?? [];
    return during(within(middle, high), beforeStep(from), undefined, within(low, middle - 1));
  };
  return { value: within(0, stretches.length - 1), ...(steps === undefined ? {} : { steps }) };
}
