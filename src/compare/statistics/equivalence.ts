/** Tests of equivalence: whether two means differ by less than a margin, by more, or too uncertainly to decide. */

import { upperQuantile, upperTail } from './student.js';

/** Error rate of each one-sided test. The interval of 1 - 2 α = 90 % belongs to the pair of them. */
export const alpha = 0.05;

/** The answer of a test of equivalence. */
export type Verdict = 'same' | 'different' | 'cannot say';

/** Difference of two means. */
export interface Difference {
  /** Values on each side; pairs count on both. */
  readonly count: readonly [number, number];
  readonly means: readonly [number, number];
  /** Second minus first. */
  readonly difference: number;
  /** The 90 % interval of the difference. */
  readonly interval: readonly [number, number];
  /** Difference over the standard deviation: Cohen's d, of pairs d_z. Null without any deviation. */
  readonly effect: number | null;
  /** Whether values were compared pair by pair. */
  readonly paired: boolean;
  /** Largest difference that counts as the same. */
  readonly margin: number;
  /** p of the two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657): small if equivalent. */
  readonly equivalence: number;
  /** p of a difference no larger than the margin: small if different. */
  readonly departure: number;
  readonly verdict: Verdict;
  /** Values on each side that would show equivalence if the true difference is 0; absent unless too few. */
  readonly needed?: number;
}

interface Moments {
  readonly count: number;
  readonly mean: number;
  /** With n - 1. */
  readonly variance: number;
}

function moments(values: readonly number[]): Moments {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, variance: squares / (values.length - 1) };
}

/** Compares two samples: values of the same cells pair by pair, others by Welch's test. Null with too few values. */
export function compareMeans(
  first: readonly number[],
  second: readonly number[],
  paired: boolean,
  margin: number,
): Difference | null {
  const enough = paired ? first.length >= 2 : first.length >= 2 && second.length >= 2;
  if (!enough) return null;
  const [a, b] = [moments(first), moments(second)];
  if (paired) {
    const { count, mean, variance } = moments(second.map((value, k) => value - first[k]!));
    const deviation = Math.sqrt(variance);
    return decided(
      { means: [a.mean, b.mean], count: [count, count], paired, margin },
      { difference: mean, error: deviation / Math.sqrt(count), freedom: count - 1, deviation },
    );
  }
  const [shareA, shareB] = [a.variance / a.count, b.variance / b.count];
  const variance = shareA + shareB;
  const freedom =
    variance === 0
      ? a.count + b.count - 2
      : variance ** 2 / (shareA ** 2 / (a.count - 1) + shareB ** 2 / (b.count - 1));
  const pooled = ((a.count - 1) * a.variance + (b.count - 1) * b.variance) / (a.count + b.count - 2);
  return decided(
    { means: [a.mean, b.mean], count: [a.count, b.count], paired, margin },
    { difference: b.mean - a.mean, error: Math.sqrt(variance), freedom, deviation: Math.sqrt(pooled) },
  );
}

function decided(
  given: Pick<Difference, 'count' | 'means' | 'paired' | 'margin'>,
  estimate: {
    readonly difference: number;
    readonly error: number;
    readonly freedom: number;
    readonly deviation: number;
  },
): Difference {
  const { difference, error, freedom, deviation } = estimate;
  const { margin, paired } = given;
  const half = error === 0 ? 0 : error * upperQuantile(alpha, freedom);
  // Of values without deviation, any distance from the margin is certain.
  const tail = (distance: number): number =>
    error === 0 ? (distance >= 0 ? 0 : 1) : upperTail(distance / error, freedom);
  const equivalence = Math.max(tail(margin - difference), tail(margin + difference));
  // Likeliest if the true difference is the margin, in either direction.
  const size = Math.abs(difference);
  const departure = error === 0 ? (size > margin ? 0 : 1) : Math.min(1, tail(size - margin) + tail(size + margin));
  const verdict = equivalence < alpha ? 'same' : departure < alpha ? 'different' : 'cannot say';
  // n = 2 s² (z + z)²/Δ², half of it for pairs; z = 1.6449 of 5 % on each side: a power of 90 %.
  const needed = Math.ceil(((paired ? 1 : 2) * deviation ** 2 * (1.6449 + 1.6449) ** 2) / margin ** 2) + 1;
  return {
    ...given,
    difference,
    interval: [difference - half, difference + half],
    effect: deviation === 0 ? null : difference / deviation,
    equivalence,
    departure,
    verdict,
    ...(verdict === 'cannot say' && Number.isFinite(needed) && needed > given.count[0] ? { needed } : {}),
  };
}

/**
 * Turns findings of differences into doubt if they would be false alarms too often. Of m tests, the smallest p counts against
 * α/m, the next one against α/(m - 1), and so on (Holm 1979, Scand. J. Stat. 6:65).
 */
export function withHolm(differences: readonly Difference[]): readonly Difference[] {
  const ordered = [...differences].sort((a, b) => a.departure - b.departure);
  const kept = new Set<Difference>();
  for (const [k, one] of ordered.entries()) {
    if (one.departure >= alpha / (ordered.length - k)) break;
    kept.add(one);
  }
  return differences.map((one) =>
    one.verdict === 'different' && !kept.has(one) ? { ...one, verdict: 'cannot say' } : one,
  );
}

/** Returns largest distance of two empirical distributions (Kolmogorov–Smirnov). */
export function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i / a.length - j / b.length));
  }
  return largest;
}
