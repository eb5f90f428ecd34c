/** Outputs of cells without inputs or state, as functions of time: the currents of generators. */

import type { Expression } from '../../lang/ast.js';
import { name as nameOf } from '../../lang/build.js';
import { NoNumber } from '../../lang/evaluate.js';
import { linearForm } from '../../lang/linear.js';
import { parseExpression, parseStatements } from '../../lang/parse.js';
import { namesIn, substitute, visit } from '../../lang/walk.js';
import { ownNames } from '../../model/declared-names.js';
import type { NeuronType } from '../../model/model.js';
import { constantOf, fold, near, plain, tidy, valueAt } from '../recognise/numbers.js';
import { withNumbers } from '../recognise/values.js';
import { derivedOf } from './texts.js';

/** A stretch of time in s, with its current as a function of t in SI. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly value: Expression;
}

/**
 * Returns a sum of currents, each of them in pieces; for a type with another output, a text with the reason.
 *
 * @param end  in s
 */
export function waveformsOf(
  type: NeuronType,
  output: string,
  numbers: ReadonlyMap<string, number>,
  end: number,
): readonly (readonly Piece[])[] | string {
  try {
    return read(type, output, numbers, end);
  } catch (error) {
    if (error instanceof NoNumber) return 'it depends on values known only during a run';
    throw error;
  }
}

function read(
  type: NeuronType,
  output: string,
  numbers: ReadonlyMap<string, number>,
  end: number,
): readonly (readonly Piece[])[] | string {
  if (Object.keys(type.regimes).length + Object.keys(type.inputs).length + type.noise.length > 0)
    return 'it depends on more than time';
  const derived = derivedOf(type);
  if (derived === undefined) return 'its variables depend on each other';
  const own = ownNames(type);
  const settled = (e: Expression): Expression => fold(withNumbers(plain(e, own), numbers));
  const whole = settled(derived.get(output) ?? parseExpression(output));
  const states = Object.keys(type.state).filter((name) => namesIn(whole).has(name));
  const form = linearForm(whole, states);
  if (form === null) return 'its output is not a sum of its variables';
  const found: (readonly Piece[])[] = [];
  if (constantOf(fold(form.constant)) !== 0) {
    if (!onlyTime(form.constant)) return 'it depends on more than time';
    found.push([{ from: 0, to: end, value: fold(form.constant) }]);
  }
  for (const [state, factor] of form.coefficients) {
    const scale = constantOf(fold(factor));
    if (scale === undefined) return 'its scale changes with time';
    const pieces = piecesOf(type, state, settled, end);
    if (typeof pieces === 'string') return pieces;
    found.push(
      pieces.map((piece) => ({
        ...piece,
        value: fold({ kind: 'binary', operator: '*', left: factor, right: piece.value, span: piece.value.span }),
      })),
    );
  }
  return found;
}

const onlyTime = (e: Expression): boolean => [...namesIn(e)].every((name) => name === 't');

/** Returns a variable that conditions of the time assign. */
function piecesOf(
  type: NeuronType,
  state: string,
  settled: (e: Expression) => Expression,
  end: number,
): readonly Piece[] | string {
  if (type.derivatives[state] !== undefined) return `${state} has a rate`;
  const assignments: { readonly when: Expression; readonly value: Expression }[] = [];
  for (const event of Object.values(type.events))
    for (const statement of event.do.flatMap((text) => parseStatements(text))) {
      if (statement.kind === 'send' || statement.target !== state) continue;
      if (statement.operator !== '=') return `${state} is added to`;
      assignments.push({ when: settled(parseExpression(event.when)), value: settled(statement.value) });
    }
  const initial = type.state[state]?.initial ?? 0;
  if (typeof initial === 'object') return `${state} differs between cells`;
  const first = settled(parseExpression(String(initial)));
  if (![...assignments.flatMap(({ when, value }) => [when, value]), first].every(onlyTime))
    return 'it depends on more than time';
  // An assigned value stays until another condition holds.
  const borders = [...new Set([0, end, ...assignments.flatMap(({ when }) => bordersOf(when))])]
    .filter((time) => time >= 0 && time <= end)
    .sort((a, b) => a - b);
  const pieces: Piece[] = [];
  let held = first;
  for (const [k, from] of borders.entries()) {
    const to = borders[k + 1];
    if (to === undefined) break;
    const middle = (from + to) / 2;
    for (const { when, value } of assignments) if (truthAt(when, middle)) held = value;
    const last = pieces.at(-1);
    if (last !== undefined && last.value === held) pieces[pieces.length - 1] = { ...last, to };
    else pieces.push({ from, to, value: held });
  }
  return pieces;
}

const truthAt = (e: Expression, t: number): boolean => valueAt(e, () => t) !== 0;

/** Returns the times that a condition compares the time with. */
function bordersOf(when: Expression): readonly number[] {
  const found: number[] = [];
  visit(when, (part) => {
    if (part.kind !== 'binary' || !['<', '<=', '>', '>='].includes(part.operator)) return;
    const other = [part.left, part.right].find((side) => !(side.kind === 'name' && side.name === 't'));
    const time = other && constantOf(fold(other));
    if (time !== undefined) found.push(tidy(time));
  });
  return found;
}

// --- Shapes ---------------------------------------------------------------------------------------------------------

/** The current in a piece of time. */
export type Shape =
  | { readonly kind: 'constant'; readonly amplitude: number }
  /** amplitude*sin(omega*(t - from) + phase) + offset, angles in rad. */
  | {
      readonly kind: 'sine';
      readonly amplitude: number;
      readonly omega: number;
      readonly phase: number;
      readonly offset: number;
    }
  | { readonly kind: 'ramp'; readonly start: number; readonly slope: number }
  | { readonly kind: 'other' };

/** Returns the shape of a piece, by its form and checked at points. */
export function shapeOf({ from, to, value }: Piece): Shape {
  const constant = constantOf(value);
  if (constant !== undefined) return { kind: 'constant', amplitude: tidy(constant) };
  const at = (t: number): number => valueAt(value, () => t);
  try {
    const points = [0.1, 0.35, 0.6, 0.85].map((share) => from + share * (to - from));
    const calls: Expression[] = [];
    visit(value, (part) => {
      if (part.kind === 'call') calls.push(part);
    });
    const [sine, second] = calls;
    if (sine === undefined) {
      const slope = (at(to) - at(from)) / (to - from);
      const start = at(from);
      const straight = points.every((t) => near(at(t), start + slope * (t - from), Math.abs(start)));
      return straight ? { kind: 'ramp', start: tidy(start), slope: tidy(slope) } : { kind: 'other' };
    }
    if (second !== undefined || sine.kind !== 'call' || sine.function !== 'sin') return { kind: 'other' };
    const [argument] = sine.arguments;
    if (argument === undefined) return { kind: 'other' };
    const angle = (t: number): number => valueAt(argument, () => t);
    const omega = (angle(to) - angle(from)) / (to - from);
    const instead = 'sine';
    const form = linearForm(swap(value, sine, instead), [instead]);
    const amplitude = constantOf(fold(form?.coefficients.get(instead) ?? argument));
    const offset = form === null ? undefined : constantOf(fold(form.constant));
    const phase = angle(from);
    if (amplitude === undefined || offset === undefined) return { kind: 'other' };
    const fits = points.every((t) =>
      near(at(t), offset + amplitude * Math.sin(omega * (t - from) + phase), Math.abs(amplitude)),
    );
    return fits ? { kind: 'sine', amplitude: tidy(amplitude), omega, phase, offset } : { kind: 'other' };
  } catch (error) {
    if (error instanceof NoNumber || error instanceof RangeError) return { kind: 'other' };
    throw error;
  }
}

/** Returns an expression with a name in the place of a part of it. */
function swap(e: Expression, part: Expression, name: string): Expression {
  const to = nameOf(name, part.span);
  const walk = (one: Expression): Expression => {
    if (one === part) return to;
    switch (one.kind) {
      case 'binary':
        return { ...one, left: walk(one.left), right: walk(one.right) };
      case 'unary':
        return { ...one, operand: walk(one.operand) };
      default:
        return one;
    }
  };
  return substitute(walk(e), new Map());
}
