/** Rewritings of a model on its way to another notation, as lists that are applied in order. */

import type { ConversionEntry, ConversionReport } from './conversion-report.js';
import type { ValidModel } from './model.js';

/** Receives the model after each pass. */
export type AfterPass = (pass: string, valid: ValidModel) => void;

/** State that all passes of a conversion share. */
export interface PassContext {
  readonly report: ConversionReport;
  readonly afterPass?: AfterPass | undefined;
}

/** One rewriting of a model. */
export interface Pass<Context extends PassContext = PassContext> {
  readonly name: string;
  /** What the notation lacks, or how its users write it. */
  readonly why: string;
  /** Returns a valid model: the same object if there is nothing to rewrite. */
  readonly apply: (valid: ValidModel, context: Context) => ValidModel | Promise<ValidModel>;
}

/** Returns the model after all passes of a list. */
export async function applyPasses<Context extends PassContext>(
  passes: readonly Pass<Context>[],
  valid: ValidModel,
  context: Context,
): Promise<ValidModel> {
  let now = valid;
  for (const { name, apply } of passes) {
    now = await apply(now, context);
    context.afterPass?.(name, now);
  }
  return now;
}

/** Returns the function of a pass from a rewriting that gives its own entries of the report. */
export const reporting =
  <Context extends PassContext>(
    rewrite: (
      valid: ValidModel,
      context: Context,
    ) => { readonly valid: ValidModel; readonly entries: readonly ConversionEntry[] },
  ): Pass<Context>['apply'] =>
  (valid, context) => {
    const { valid: rewritten, entries } = rewrite(valid, context);
    for (const entry of entries) context.report.add(entry);
    return rewritten;
  };
