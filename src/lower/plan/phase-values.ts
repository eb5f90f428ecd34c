/**
 * Numbers of a program that depend on parameters and change when a phase sets them. Code reads such numbers from
 * memory, so that values set by later phases do not affect the bits of earlier ones.
 */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import type { Context } from '../context/context.js';
import { phaseProcedure } from '../context/protocol.js';

/** A number with its values after certain phases, in ascending order. */
export interface Changing {
  /** Its value before the first of these phases. */
  readonly first: number;
  /** Ascending by phase. */
  readonly later: readonly { readonly phase: number; readonly value: number }[];
}

/** Returns a number as a function of the phases passed; `phases` lists the phases that may change it. */
export function numberAfter(phases: readonly number[], value: (done: number) => number): Changing {
  const first = value(0);
  const later: { phase: number; value: number }[] = [];
  for (const phase of [...new Set(phases)].sort((a, b) => a - b)) {
    const next = value(phase + 1);
    if (!Object.is(next, later.at(-1)?.value ?? first)) later.push({ phase, value: next });
  }
  return { first, later };
}

/** Returns the value of a number after a number of phases. */
export const valueAfter = ({ first, later }: Changing, done: number): number =>
  later.findLast(({ phase }) => phase < done)?.value ?? first;

/** Combines several such numbers into one. */
export const combined = (parts: readonly Changing[], combine: (values: readonly number[]) => number): Changing =>
  numberAfter(
    parts.flatMap(({ later }) => later.map(({ phase }) => phase)),
    (done) => combine(parts.map((part) => valueAfter(part, done))),
  );

/** Returns code that reads the number: a constant, or a memory cell that phases write. */
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
