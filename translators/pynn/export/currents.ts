/** Stimuli as PyNN's current sources: which of them an expression of time is. */

import type { Expression } from '../../../src/lang/ast.js';
import { linearForm } from '../../../src/lang/linear.js';
import { constantOf, fold, withoutShortConstants } from '../../../src/library/recognise/numbers.js';
import { inUnit } from '../../shared/in-unit.js';
import { literal, piecesOf, type Piece } from '../../../src/library/pieces.js';
import type { CurrentSource } from '../specification.generated.js';

type Source = Pick<CurrentSource, 'type' | 'params'>;

/** Returns the current sources that sum to an expression; undefined if PyNN has no source of a part's shape. */
export function currentSources(value: Expression, dt: number): readonly Source[] | undefined {
  const pieces = piecesOf(fold(value));
  if (pieces === undefined) return undefined;
  const amplitudes = pieces.map(({ value }) => literal(value));
  // Simulators do not agree on steps that begin at 0: a current that flows from the start and changes later is a sum.
  const fromStart = amplitudes[0] !== 0 && pieces.length > 1;
  if (amplitudes.every((amplitude) => amplitude !== undefined)) {
    if (!fromStart) return [constantPieces(pieces, amplitudes)];
    const [first, ...later] = pieces;
    if (first !== undefined && later.length > 1)
      return [constantPieces([first], amplitudes), constantPieces(later, amplitudes.slice(1))];
  }
  const sources = pieces
    .filter(({ value }) => literal(value) !== 0)
    .map((piece): Source | undefined => {
      const amplitude = literal(piece.value);
      const shape =
        amplitude === undefined
          ? (sine(piece.value, piece.from) ?? noise(piece.value, dt))
          : { type: 'DCSource', params: { amplitude: nA(amplitude) } };
      return shape && { type: shape.type, params: { ...shape.params, ...windowOf(piece) } };
    });
  return sources.every((source) => source !== undefined) ? sources : undefined;
}

const nA = (value: number): number => inUnit(value, 'nA');
const ms = (value: number): number => inUnit(value, 'ms');

const windowOf = ({ from, to }: Pick<Piece, 'from' | 'to'>): Record<string, number> => ({
  ...(from > 0 ? { start: ms(from) } : {}),
  ...(to < Infinity ? { stop: ms(to) } : {}),
});

function constantPieces(pieces: readonly Piece[], amplitudes: readonly number[]): Source {
  const flowing = pieces.filter((_, k) => amplitudes[k] !== 0);
  const [only] = flowing;
  // Simulators do not take steps without a time.
  if (only === undefined) return { type: 'DCSource', params: { amplitude: 0 } };
  if (flowing.length === 1)
    return { type: 'DCSource', params: { amplitude: nA(literal(only.value) ?? 0), ...windowOf(only) } };
  const steps = pieces
    .map(({ from }, k) => ({ time: from, amplitude: amplitudes[k] ?? 0 }))
    .filter(({ time, amplitude }, k, all) =>
      k === 0 ? time > 0 || amplitude !== 0 : amplitude !== all[k - 1]?.amplitude,
    );
  return {
    type: 'StepCurrentSource',
    params: { times: steps.map(({ time }) => ms(time)), amplitudes: steps.map(({ amplitude }) => nA(amplitude)) },
  };
}

/** `offset + amplitude*sin(omega*(t - start) + phase)`. */
function sine(e: Expression, start: number): Source | undefined {
  const [a, b] = e.kind === 'binary' && e.operator === '+' ? [literal(e.left), e.right] : [0, e];
  if (
    a === undefined ||
    b.kind !== 'binary' ||
    b.operator !== '*' ||
    b.right.kind !== 'call' ||
    b.right.function !== 'sin'
  )
    return undefined;
  const amplitude = literal(b.left);
  const [argument] = b.right.arguments;
  const rate = argument && angleOf(argument, start);
  if (amplitude === undefined || rate === undefined) return undefined;
  return {
    type: 'ACSource',
    params: {
      amplitude: nA(amplitude),
      ...(a === 0 ? {} : { offset: nA(a) }),
      frequency: rate.frequency,
      ...(rate.phase === 0 ? {} : { phase: rate.phase }),
    },
  };
}

/** Decimals without the digits that multiplying by pi adds. */
const rounded = (value: number): number => Number(value.toPrecision(14));

/** Frequency in Hz and phase in degrees at the start of an angle that grows with the time, in rad. */
function angleOf(e: Expression, start: number): { readonly frequency: number; readonly phase: number } | undefined {
  const form = linearForm(e, ['t']);
  const factor = form?.coefficients.get('t');
  const [omega, phase] = [factor && constantOf(factor), form && constantOf(form.constant)];
  if (omega === undefined || phase === undefined || phase === null) return undefined;
  // A source counts its phase from its own start.
  const moved = phase + omega * start;
  return { frequency: withoutShortConstants(rounded(omega / (2 * Math.PI))), phase: rounded((moved * 180) / Math.PI) };
}

function noise(e: Expression, dt: number): Source | undefined {
  const [mean, deviation] = e.kind === 'call' && e.function === 'normal' ? e.arguments.map(literal) : [];
  return mean === undefined || deviation === undefined
    ? undefined
    : { type: 'NoisyCurrentSource', params: { mean: nA(mean), stdev: nA(deviation), dt: ms(dt) } };
}
