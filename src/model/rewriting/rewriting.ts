/**
 * Rewritings of a model, as lists that are applied in order: passes to a notation, conventions of a time step, and the
 * models that simulators compute.
 */

import { composed, type Became } from './became.js';
import type { ValidModel } from '../typed.js';

/** A rewritten model, or the reason why it does not change. */
export type Rewritten = { readonly valid: ValidModel; readonly became?: Partial<Became> } | string;

/** One rewriting of a model. */
export interface Rewriting<Context = unknown> {
  readonly name: string;
  /** The part that a notation lacks, a habit of its users, or the behaviour of a simulator. */
  readonly why: string;
  /** Returns a valid model, or the reason why it does not change. */
  readonly apply: (valid: ValidModel, context: Context) => Rewritten | Promise<Rewritten>;
}

/** Returns a model after all rewritings of a list, in order, with a statement on its parts. */
export async function rewrite<Context>(
  rewritings: readonly Rewriting<Context>[],
  valid: ValidModel,
  context: Context,
  after: (name: string, valid: ValidModel) => void = () => undefined,
): Promise<{ readonly valid: ValidModel; readonly became: Became }> {
  let now = valid;
  const statements: Partial<Became>[] = [];
  for (const { name, apply } of rewritings) {
    const made = await apply(now, context);
    if (typeof made !== 'string') {
      now = made.valid;
      if (made.became) statements.push(made.became);
    }
    after(name, now);
  }
  return { valid: now, became: composed(statements) };
}
