/** Finds contradictions between the outcome of a check and the report of a conversion. */

import { isAtLeast } from '../../compare/compare.js';
import type { Outcome } from '../../model/conversion-report.js';
import type { ConversionCheck } from './check-conversion.js';

/**
 * Returns the reason why the outcome of a check contradicts the claims of a conversion; null if it does not.
 *
 * @param outcome  verdict of the conversion's report
 */
export function contradictionOf(outcome: Outcome, check: ConversionCheck): string | null {
  if (check.failure !== undefined) return `${check.with} does not run it`;
  const { grade, drawnAnew = [], ownIntegration = [] } = check;
  if ((outcome !== 'exact' && outcome !== 'equivalent') || grade === undefined) return null;
  if (grade === 'different') return 'its spikes differ by more than chance and rounding explain';
  const isSame = isAtLeast(grade, 'same within δ');
  // A tool that draws or integrates by itself has other spikes for the same document.
  const isExplained = drawnAnew.length + ownIntegration.length > 0;
  return outcome === 'exact' && !isExplained && !isSame ? 'its spikes differ' : null;
}
