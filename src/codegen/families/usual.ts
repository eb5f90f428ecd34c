/**
 * The usual case of an update: no element of a block is refractory. Then no value has to be chosen, and the update is
 * shorter than the one for all cases. Both compute the same bits. A single choice takes no longer than looking for
 * refractory elements.
 */

import * as ir from '../../ir/builder.js';
import { fold } from '../../ir/fold.js';
import type { Constant, Expression, Statement } from '../../ir/program.js';
import { accessesOf, expressionsOf, isLocal, someExpression, visitExpression, withParts } from '../../ir/walk.js';
import type { MapPattern } from './pattern.js';

/** A case in which fewer values are chosen. */
export interface UsualCase {
  /** Whether an item is another case: a comparison of whole numbers that the items leave unchanged. */
  readonly otherwise: Expression;
  /** The rest of the body for an item of the usual case. */
  readonly body: readonly Statement[];
  /** Buffers that receive the same value for all items; the body does not read them. */
  readonly fills: readonly { readonly buffer: string; readonly value: Constant }[];
}

type Comparison = Extract<Expression, { kind: 'compare' }>;

const isOwnLoad = (e: Expression): boolean => e.kind === 'load' && isLocal(e.index, 'index');
const isConst = (e: Expression | undefined): e is Constant => e?.kind === 'const';
const textOf = (e: Expression): string =>
  JSON.stringify(e, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

/** Whether a comparison holds from some step on: steps since an event of the element, against a number of steps. */
function isElapsed(e: Expression, changed: ReadonlySet<string>, set: ReadonlySet<string>): e is Comparison {
  const isFixed = (part: Expression): boolean =>
    part.kind === 'load'
      ? !changed.has(part.buffer)
      : part.kind !== 'call' && !(part.kind === 'local' && set.has(part.name));
  return (
    e.kind === 'compare' &&
    (e.op === 'ge' || e.op === 'gt') &&
    e.left.type === 'i32' &&
    someExpression(e.left, (part) => isLocal(part, 'step')) &&
    someExpression(e.left, isOwnLoad) &&
    !someExpression(e, (part) => !isFixed(part) || part.type === 'f64' || part.type === 'f32')
  );
}

/** `e` with parts replaced by constants, and operations on constants by their results. */
function simplified(e: Expression, known: (part: Expression) => Constant | undefined): Expression {
  const constant = known(e);
  if (constant) return constant;
  const inner = withParts(e, (part) => (part === e ? undefined : simplified(part, known)));
  if (inner.kind !== 'binary' || inner.type !== 'bool') return fold(inner);
  const [one, other] = isConst(inner.left) ? [inner.left, inner.right] : [inner.right, inner.left];
  if (!isConst(one) || isConst(other)) return fold(inner);
  if (inner.op === 'and') return one.value === true ? other : one;
  return inner.op === 'or' ? (one.value === true ? one : other) : inner;
}

/** The statements of an item for which a condition holds. */
function assuming(body: readonly Statement[], condition: Comparison): readonly Statement[] {
  const text = textOf(condition);
  const locals = new Map<string, Constant>();
  const stored = new Map<string, Constant>();
  const known = (e: Expression): Constant | undefined => {
    if (e.kind === 'local') return locals.get(e.name);
    if (e.kind === 'load') return isOwnLoad(e) ? stored.get(e.buffer) : undefined;
    return e.kind === 'compare' && textOf(e) === text ? (ir.bool(true) as Constant) : undefined;
  };
  const value = (e: Expression): Expression => simplified(e, known);
  return body.flatMap((s): readonly Statement[] => {
    switch (s.kind) {
      case 'set': {
        const next = value(s.value);
        locals.delete(s.local);
        if (!isConst(next)) return [{ ...s, value: next }];
        locals.set(s.local, next);
        return [];
      }
      case 'store': {
        const next = value(s.value);
        stored.delete(s.buffer);
        // A flag is the same in elements of any width.
        if (
          isConst(next) &&
          (next.type === 'u32' || next.type === 'i32') &&
          (next.value === 0 || next.value === 1) &&
          isLocal(s.index, 'index')
        )
          stored.set(s.buffer, next);
        return [{ ...s, value: next }];
      }
      case 'setBit':
        return [{ ...s, condition: value(s.condition) }];
      default:
        return [s];
    }
  });
}

/** How many floating-point values are chosen. */
function choices(body: readonly Statement[]): number {
  let count = 0;
  for (const e of body.flatMap(expressionsOf))
    visitExpression(
      e,
      (part) => (count += part.kind === 'select' && (part.type === 'f64' || part.type === 'f32') ? 1 : 0),
    );
  return count;
}

const isNumber = (e: Expression, value: number): boolean => e.kind === 'const' && Object.is(e.value, value);

/** The value x of `x * select(condition, 0, 1)`, with its condition. */
function settledValue(e: Expression): { readonly x: Expression; readonly condition: Expression } | undefined {
  if (e.kind !== 'binary' || e.op !== 'mul' || e.right.kind !== 'select') return undefined;
  const { condition, whenTrue, whenFalse } = e.right;
  const isSettled = e.left.kind === 'local' && isNumber(whenTrue, 0) && isNumber(whenFalse, 1);
  // A condition that holds for both zeros.
  const isSmall =
    condition.kind === 'compare' &&
    condition.op === 'lt' &&
    condition.left.kind === 'unary' &&
    condition.left.op === 'abs' &&
    JSON.stringify(condition.left.operand) === JSON.stringify(e.left);
  return isSettled && isSmall && condition.right.kind === 'const' && Number(condition.right.value) > 0
    ? { x: e.left, condition }
    : undefined;
}

/** Whether an expression only compares a local with others, for which both zeros are the same. */
const onlyCompares = (e: Expression, name: string): boolean =>
  !someExpression(
    withParts(e, (part) =>
      part.kind === 'compare' && [part.left, part.right].some((side) => side.kind === 'local' && side.name === name)
        ? ir.bool(true)
        : undefined,
    ),
    (part) => part.kind === 'local' && part.name === name,
  );

/**
 * Chooses 0 for small values where a body stores `x * select(condition, 0, 1) + 0`. The one selection in a straight
 * body leaves compilers their vector lanes.
 */
function withChosenZeros(body: readonly Statement[]): readonly Statement[] {
  const result = [...body];
  body.forEach((store, at) => {
    if (store.kind !== 'store' || store.value.kind !== 'binary' || store.value.op !== 'add') return;
    const { left: local, right: zero } = store.value;
    if (local.kind !== 'local' || !isNumber(zero, 0)) return;
    const from = body.findLastIndex((s, k) => k < at && s.kind === 'set' && s.local === local.name);
    const set = body[from];
    const found = set?.kind === 'set' ? settledValue(set.value) : undefined;
    const others = body.slice(from + 1).filter((s) => s !== store);
    if (!found || !others.every((s) => expressionsOf(s).every((e) => onlyCompares(e, local.name)))) return;
    result[from] = { kind: 'set', local: local.name, value: ir.select(found.condition, zero, found.x) };
    result[at] = { ...store, value: local };
  });
  return result;
}

/** Takes the stores of constants out of a body, if it does not read the stored values. */
function withoutFills(body: readonly Statement[]): Pick<UsualCase, 'body' | 'fills'> {
  const { reads } = accessesOf(body);
  const stores = body.flatMap((s) => (s.kind === 'store' ? [s] : []));
  const fills = stores.flatMap(({ buffer, index, value }) => {
    const isOnly = !reads.has(buffer) && stores.filter((other) => other.buffer === buffer).length === 1;
    return isOnly && isConst(value) && value.type !== 'bool' && isLocal(index, 'index') ? [{ buffer, value }] : [];
  });
  const filled = new Set(fills.map(({ buffer }) => buffer));
  return { body: body.filter((s) => s.kind !== 'store' || !filled.has(s.buffer)), fills };
}

/** Returns the usual case of a kernel on lanes that sets bits; undefined if there is none that saves two choices. */
export function usualCase({ body, lanes }: MapPattern): UsualCase | undefined {
  const isStraight = body.every(
    ({ kind }) => kind === 'set' || kind === 'store' || kind === 'setBit' || kind === 'comment',
  );
  const all = body.flatMap(expressionsOf);
  if (!lanes || !isStraight || !body.some(({ kind }) => kind === 'setBit')) return undefined;
  if (all.some((e) => someExpression(e, ({ kind }) => kind === 'call'))) return undefined;
  const changed = accessesOf(body).writes;
  const set = new Set(body.flatMap((s) => (s.kind === 'set' ? [s.local] : [])));
  const found = new Map<string, Comparison>();
  for (const e of all) visitExpression(e, (part) => isElapsed(part, changed, set) && found.set(textOf(part), part));
  for (const condition of found.values()) {
    const shorter = assuming(body, condition);
    if (choices(shorter) + 1 < choices(body))
      return {
        otherwise: { ...condition, op: condition.op === 'ge' ? 'lt' : 'le' },
        ...withoutFills(withChosenZeros(shorter)),
      };
  }
  return undefined;
}
