/** Two results of any programs, or two sets of runs, for `interneuron same`. */

import { extname } from 'node:path';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { itemAt } from '../../diagnostics/entry.js';
import type { CompareOptions } from '../../compare/options.js';
import { compareResults, compareSeveralResults, type ResultComparison } from '../../verify/compare-results.js';
import { whyDifferent, type Cause } from '../../verify/why-different.js';
import { modelInResult } from '../../pipeline/results/model-in-result.js';
import { refuseToReplace, writeText } from '../../pipeline/results/replaceable.js';
import { comparisonOptions, requiredGrade, reportComparison } from '../comparison-options.js';
import type { CommandContext } from '../context.js';
import { validSide } from '../failure.js';
import { namedFiles } from '../model-files.js';
import { cacheOption } from '../values.js';

/** Compares two results, or two sets of runs named by patterns, and prints how well they agree. */
export async function sameResults(context: CommandContext, first: string, second: string): Promise<number> {
  const { options } = context;
  const picture = options.value('picture');
  const suffix = extname(picture ?? 'x.svg').toLowerCase();
  if (suffix !== '.svg' && suffix !== '.png')
    throw new UsageError(
      `pictures are .svg or .png files, not ${picture}`,
      'name one, such as --picture difference.svg',
    );
  if (picture !== undefined) await refuseToReplace([picture], options.flag('force'));
  const given = comparisonOptions(options);
  const [ours, theirs] = [await namedFiles(first), await namedFiles(second)];
  const found = await validSide(() =>
    ours.length + theirs.length === 2
      ? compareResults(itemAt(ours, 0), itemAt(theirs, 0), given)
      : compareSeveralResults(ours, theirs, given),
  );
  if (picture !== undefined) {
    const { comparisonPicture } = await import('../../pictures/comparison-pictures.js');
    const { drawPicture } = await import('../../pictures/canvas.js');
    const svg = drawPicture(comparisonPicture(found.recorded, found.comparison, given.cells));
    writeText(picture, suffix === '.svg' ? svg : await (await import('../../pictures/png.js')).renderPng(svg));
  }
  const cause = options.flag('why') ? await causeOf(context, [...ours, ...theirs], found, given) : undefined;
  return reportComparison(context, found, requiredGrade(options) ?? 'statistically the same', [], cause);
}

/** Runs the model in one of two results under other conventions. @throws UsageError if neither holds a model */
async function causeOf(
  { terminal }: CommandContext,
  [first = '', second = '', ...others]: readonly string[],
  { recorded }: ResultComparison,
  given: CompareOptions,
): Promise<Cause | null> {
  if (others.length > 0)
    throw new UsageError('--why explains the difference of two runs', 'name one result of each side');
  const run = cacheOption(terminal);
  const own = await modelInResult(first, {});
  if (own) return whyDifferent(own, recorded[0], recorded[1], run, given);
  const other = await modelInResult(second, {});
  if (other) return whyDifferent(other, recorded[1], recorded[0], run, given);
  throw new UsageError(
    `neither ${first} nor ${second} holds a model to run`,
    `name the model, as in interneuron same ${first} model.yaml --why`,
  );
}
