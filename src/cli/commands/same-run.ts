/** A result and the model that is to give it, for `interneuron same` and `interneuron verify`. */

import { DiagnosticError } from '../../diagnostics/diagnostic.js';
import { printable } from '../../diagnostics/display.js';
import { verifyModel } from '../../verify/verify-model.js';
import { whyDifferent } from '../../verify/why-different.js';
import { comparisonOptions, requiredGrade, reportComparison } from '../comparison-options.js';
import type { CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { InvalidSide, printJson, validSide } from '../failure.js';
import { interruptible } from '../interrupt.js';
import { progressDisplay, silentProgress } from '../progress.js';
import { engineOptions } from '../values.js';

/** Runs a model and compares a result with the new one. @param model  absent: the model in the result */
export async function sameRun(context: CommandContext, path: string, model?: string): Promise<number> {
  const { options, terminal, json, quiet } = context;
  const progress = json || quiet ? silentProgress : await progressDisplay(terminal.progressStream);
  const interruption = interruptible(terminal, progress, 'stopping');
  try {
    const run = {
      ...engineOptions(options, terminal),
      onProgress: interruption.onProgress,
      signal: interruption.signal,
    };
    const given = comparisonOptions(options);
    const required = requiredGrade(options);
    // Statistics count if they are asked for.
    const byStatistics =
      options.flag('unpaired') ||
      options.values('margin').length > 0 ||
      (required !== undefined &&
        required !== 'same spikes' &&
        required !== 'same within δ' &&
        required !== 'identical');
    const read = model === undefined ? undefined : (changes: object) => validSide(() => context.model(model, changes));
    const { found, isSameModel, interrupted, imported } = await verifyModel(path, read, run, {
      ...given,
      byStatistics,
    });
    const [foreign, own] = found.recorded;
    const cause = options.flag('why') ? await whyDifferent(imported, own, foreign, run, given) : undefined;
    progress.stop();
    if (interrupted) return exitCodes.interrupted;
    const usual = isSameModel === null ? 'statistically the same' : 'same spikes';
    const least = required ?? (options.value('within') === undefined ? usual : 'same within δ');
    return reportComparison(context, found, least, sameModelLines(isSameModel), cause);
  } catch (error) {
    if (!(error instanceof DiagnosticError) || error instanceof InvalidSide) throw error;
    // A valid model that cannot run here leaves the question open.
    const reason = error.diagnostics[0]?.message ?? error.message;
    if (json) printJson(terminal, { grade: 'cannot say', reason });
    context.say(printable(`cannot say: the model cannot run here: ${reason}`));
    return exitCodes.uncertain;
  } finally {
    progress.stop();
    interruption.stop();
  }
}

function sameModelLines(isSame: boolean | null): readonly string[] {
  if (isSame === null) return [];
  return [isSame ? 'the model is the one that made the result' : 'the model is not the one that made the result'];
}
