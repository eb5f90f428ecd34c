/** Differences of means with their errors, and the correction for the number of tests. */

/** Error rate of each one-sided test. The interval of 1 - 2 α = 90 % belongs to the pair of them. */
export const alpha = 0.05;

/** The answer for a quantity: its distance is within the margin, beyond it, or too uncertain to decide. */
export type Verdict = 'within' | 'different' | 'cannot say';

/** Difference of two means. */
export interface Difference {
  readonly means: readonly [number, number];
  /** Second minus first. */
  readonly difference: number;
  /** Standard error of the difference, with its degrees of freedom. */
  readonly error: number;
  readonly freedom: number;
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  /** With n - 1. */
  readonly variance: number;
}

/** Returns mean and variance of a sample. */
export function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, variance: squares / (values.length - 1) };
}

/** Compares two samples: values of the same elements pair by pair, others by Welch's test. Null with too few values. */
export function compareMeans(first: readonly number[], second: readonly number[], paired: boolean): Difference | null {
  const enough = paired ? first.length >= 2 : first.length >= 2 && second.length >= 2;
  if (!enough) return null;
  const [a, b] = [moments(first), moments(second)];
  const means = [a.mean, b.mean] as const;
  if (paired) {
    const { count, mean, variance } = moments(second.map((value, k) => value - first[k]!));
    return { means, difference: mean, error: Math.sqrt(variance / count), freedom: count - 1 };
  }
  const [shareA, shareB] = [a.variance / a.count, b.variance / b.count];
  const variance = shareA + shareB;
  const freedom =
    variance === 0
      ? a.count + b.count - 2
      : variance ** 2 / (shareA ** 2 / (a.count - 1) + shareB ** 2 / (b.count - 1));
  return { means, difference: b.mean - a.mean, error: Math.sqrt(variance), freedom };
}

/**
 * Turns findings of differences into doubt if they would be false alarms too often. Of m tests, the smallest p counts against
 * α/m, the next one against α/(m - 1), and so on (Holm 1979, Scand. J. Stat. 6:65).
 */
export function withHolm<T extends { readonly departure: number; readonly verdict: Verdict }>(
  findings: readonly T[],
): readonly T[] {
  const ordered = [...findings].sort((a, b) => a.departure - b.departure);
  const kept = new Set<T>();
  for (const [k, one] of ordered.entries()) {
    if (one.departure >= alpha / (ordered.length - k)) break;
    kept.add(one);
  }
  return findings.map((one) =>
    one.verdict === 'different' && !kept.has(one) ? { ...one, verdict: 'cannot say' } : one,
  );
}
