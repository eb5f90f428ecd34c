/** Differences of models as text for people. */

import type { ModelComparison, ModelDifference } from '../verify/compare-models.js';
import { firstFew } from '../diagnostics/suggest.js';

/** Parts that are named before the rest is counted. */
const mostParts = 3;

/** Returns a line for each difference, below a line with the verdict. */
export function modelDifferenceLines(comparison: ModelComparison): readonly string[] {
  const { sameModel, sameExperiment, differences, renamed } = comparison;
  const verdict = sameExperiment
    ? 'the same model and experiment'
    : sameModel
      ? 'the same model in another experiment'
      : differences.length === 0
        ? 'no difference in value: the models are written otherwise, so their hashes differ'
        : 'different models';
  return [
    verdict,
    ...renamed.map(({ part, first, second }) => `  ${part} ${first} is called ${second} in the second`),
    ...differences.map((difference) => `  ${differenceLine(difference)}`),
  ];
}

function differenceLine({ property, parts, first, second, parameter }: ModelDifference): string {
  if (property !== '' && (parameter !== undefined || parts.length > mostParts)) {
    const [kind = ''] = parts[0]?.split(' ') ?? [];
    const where = parts.length === 1 ? parts[0] : `${parts.length} ${kind}s`;
    return `${parameter ?? property} ${first ?? 'none'} → ${second ?? 'none'} (${where})`;
  }
  const where = firstFew(parts, mostParts);
  if (property === '') return `${where}: only in the ${first === null ? 'second' : 'first'} (${first ?? second ?? ''})`;
  return `${where}: ${property} ${first ?? 'none'} → ${second ?? 'none'}`;
}
