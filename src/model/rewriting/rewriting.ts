/**
 * Rewritings of a model, as lists that are applied in order: passes to a notation, conventions of a time step, and the
 * models that simulators compute.
 */

import type { ConversionEntry, ConversionReport } from '../conversion-report.js';
import type * as written from '../model.js';
import type { ValidModel } from '../typed.js';
import { writtenValid } from '../typed-model.js';
import { composed, type Became } from './became.js';
import { recordedVariables } from './recorded-variables.js';
import { reportRemoved } from './unwritten-parts.js';

/** A rewritten model, or the reason why it does not change. */
export type Rewritten = { readonly valid: ValidModel; readonly became?: Partial<Became> } | string;

/** One rewriting of a model. Recordings keep their names, and the order of their variables and elements. */
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
      statements.push({ ...recordedVariables(now, made.valid), ...made.became });
      now = made.valid;
    }
    after(name, now);
  }
  return { valid: now, became: composed(statements) };
}

/** Receives the model after each rewriting of a conversion. */
export type AfterPass = (pass: string, valid: written.ValidModel) => void;

/** State that all rewritings for a notation share. */
export interface PassContext {
  readonly report: ConversionReport;
  readonly afterPass?: AfterPass | undefined;
}

/** Returns a model after the rewritings for a notation, which report each part that they remove. */
export async function applyPasses<Context extends PassContext>(
  passes: readonly Rewriting<Context>[],
  whole: ValidModel,
  context: Context,
): Promise<{ readonly valid: ValidModel; readonly became: Became }> {
  const made = await rewrite(passes, whole, context, (name, now) => context.afterPass?.(name, writtenValid(now)));
  reportRemoved(whole.model, made.valid.model, made.became, context.report);
  return made;
}

/** A rewritten model, with entries of the report. */
interface Reported {
  readonly valid: ValidModel;
  readonly entries?: readonly ConversionEntry[];
  readonly became?: Partial<Became>;
}

/**
 * Returns the function of a rewriting that gives its own entries of the report. The same object stands for no change.
 */
export const reporting =
  <Context extends PassContext>(
    change: (valid: ValidModel, context: Context) => Reported | Promise<Reported>,
  ): Rewriting<Context>['apply'] =>
  async (before, context) => {
    const { valid, entries = [], became } = await change(before, context);
    for (const entry of entries) context.report.add(entry);
    if (valid === before) return 'the model has nothing to rewrite';
    return { valid, ...(became === undefined ? {} : { became }) };
  };
