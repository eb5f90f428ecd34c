import { itemAt } from '../../diagnostics/entry.js';
/** Differences of means with their errors, and the correction for the number of tests. */

/** Error rate of each one-sided test. The interval of 1 - 2 α = 90 % belongs to the pair of them. */
export const alpha = 0.05;

/** The answer for a quantity: its distance is within the margin, beyond it, or too uncertain to decide. */
export type Verdict = 'within' | 'different' | 'cannot say';

/** Difference of two means. */
export interface Difference {
  /** Second minus first. */
  readonly difference: number;
  /** Standard error of the difference, with its degrees of freedom. */
  readonly error: number;
  readonly freedom: number;
}

/** Returns the mean of a sample, and its variance with n - 1. */
export function moments(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, variance: squares / (values.length - 1) };
}

/** Compares two samples: values of the same elements pair by pair, others by Welch's test. Null with too few values. */
export function compareMeans(first: readonly number[], second: readonly number[], paired: boolean): Difference | null {
  const [m, n] = [first.length, second.length];
  if (m < 2 || (!paired && n < 2)) return null;
  if (paired) {
    const { mean, variance } = moments(second.map((value, k) => value - itemAt(first, k)));
    return { difference: mean, error: Math.sqrt(variance / m), freedom: m - 1 };
  }
  const [a, b] = [moments(first), moments(second)];
  const [shareA, shareB] = [a.variance / m, b.variance / n];
  const variance = shareA + shareB;
  const freedom = variance === 0 ? m + n - 2 : variance ** 2 / (shareA ** 2 / (m - 1) + shareB ** 2 / (n - 1));
  return { difference: b.mean - a.mean, error: Math.sqrt(variance), freedom };
}

/**
 * Turns findings of differences into doubt if they would be false alarms too often. Of m tests, the smallest p counts
 * against α/m, the next one against α/(m - 1), and so on (Holm 1979, Scand. J. Stat. 6:65).
 */
export function withHolm<T extends { readonly departure: number; readonly verdict: Verdict }>(
  findings: readonly T[],
): readonly T[] {
  const ordered = [...findings].sort((a, b) => a.departure - b.departure);
  const kept = new Set<T>();
  for (const [k, finding] of ordered.entries()) {
    if (finding.departure >= alpha / (ordered.length - k)) break;
    kept.add(finding);
  }
  return findings.map((finding) =>
    finding.verdict === 'different' && !kept.has(finding) ? { ...finding, verdict: 'cannot say' } : finding,
  );
}
