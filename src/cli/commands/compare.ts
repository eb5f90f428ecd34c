/** `interneuron compare`: how well two results of any programs agree. */

import { extname } from 'node:path';
import { UsageError } from '../../diagnostics/diagnostic.js';
import { compareResults, compareSeveralResults } from '../../run/check/compare-results.js';
import { refuseToReplace, writeText } from '../../run/results/replaceable.js';
import { comparisonOptions, requiredGrade, sayComparison } from '../comparison-options.js';
import type { CommandContext } from '../context.js';
import { namedFiles } from '../model-files.js';

/** Compares two results, or two sets of runs named by patterns, and prints how well they agree. */
export async function compare(context: CommandContext): Promise<number> {
  const { files, options } = context;
  const [first, second, ...others] = files;
  if (first === undefined || second === undefined || others.length > 0)
    throw new UsageError(
      `compare takes two results, but got ${files.length}`,
      "name two files of spikes or samples, or two patterns in quotes, such as 'a-*.nwb' 'b-*.nwb', for several runs of each side",
    );
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
  const found =
    ours.length + theirs.length === 2
      ? await compareResults(ours[0]!, theirs[0]!, given)
      : await compareSeveralResults(ours, theirs, given);
  if (picture !== undefined) {
    const { comparisonPicture } = await import('../../pictures/comparison-pictures.js');
    const { drawPicture } = await import('../../pictures/canvas.js');
    const svg = drawPicture(comparisonPicture(found.recorded, found.comparison, given.cells));
    writeText(picture, suffix === '.svg' ? svg : await (await import('../../pictures/png.js')).renderPng(svg));
  }
  return sayComparison(context, found, requiredGrade(options) ?? 'statistically the same');
}
