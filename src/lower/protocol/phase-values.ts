/**
 * Numbers of a program that follow from the values of parameters, and are others from a phase on that sets those: code
 * reads them from memory then. So what later phases set is not in the bits of earlier ones.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Context } from '../context.js';
import { phaseProcedure } from './protocol.js';

/** A number, and what it is from some phases on, which are numbered upwards. */
export interface Changing {
  /** Its value until the first of those phases. */
  readonly first: number;
  /** Ascending by phase. */
  readonly later: readonly { readonly phase: number; readonly value: number }[];
}

/** A number that follows from how many phases are done; `phases` are those that may change it. */
export function numberAfter(phases: readonly number[], value: (done: number) => number): Changing {
  const first = value(0);
  const later: { phase: number; value: number }[] = [];
  for (const phase of [...new Set(phases)].sort((a, b) => a - b)) {
    const next = value(phase + 1);
    if (!Object.is(next, later.at(-1)?.value ?? first)) later.push({ phase, value: next });
  }
  return { first, later };
}

/** What a number is when so many phases are done. */
export const valueAfter = ({ first, later }: Changing, done: number): number =>
  later.findLast(({ phase }) => phase < done)?.value ?? first;

/** Numbers made of others. */
export const combined = (parts: readonly Changing[], combine: (values: readonly number[]) => number): Changing =>
  numberAfter(
    parts.flatMap(({ later }) => later.map(({ phase }) => phase)),
    (done) => combine(parts.map((part) => valueAfter(part, done))),
  );

/** The number where code reads it: a constant, or a cell of memory that phases write. */
export function readChanging(name: string, comment: string, { first, later }: Changing, context: Context): Ir {
  if (later.length === 0) return ir.f64(first);
  const { builder } = context;
  const buffer = builder.buffer(name, 'f64', 1, comment, { initial: Float64Array.of(first) });
  for (const { phase, value } of later) {
    const kernel = builder.sequential(`phase${phase}.${name}`, `${comment}, from phase ${phase} on`, [
      ir.store(buffer, ir.u32(0), ir.f64(value)),
    ]);
    builder.procedure(phaseProcedure(phase), { kind: 'run', kernel });
  }
  return ir.load(buffer, ir.u32(0));
}
