/** Tests of distributions: p-values of chi-square and of Kolmogorov and Smirnov. */

/** log Gamma(x) for x > 0 by Stirling's series after raising x to at least 12. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < 12; at++) product *= at;
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5);
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** Regularised upper incomplete gamma function Q(a, x): by the series below a + 1, by Lentz's continued fraction above. */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 10_000 && term > sum * 1e-16; n++) sum += term *= x / (a + n);
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10_000; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * h;
}

/**
 * Probability of a chi-square at least as large, for whole numbers drawn from a law.
 * Neighbouring values are pooled until each class expects at least ten.
 * @param probability  of 0, 1, 2, …
 */
export function chiSquareP(drawn: readonly number[], probability: (k: number) => number): number {
  const counts = new Map<number, number>();
  for (const k of drawn) counts.set(k, (counts.get(k) ?? 0) + 1);
  const classes: { expected: number; seen: number }[] = [];
  let open = { expected: 0, seen: 0 };
  let covered = 0;
  let seen = 0;
  for (let k = 0; covered < 1 - 1e-12 && k < 1e6; k++) {
    const p = probability(k);
    covered += p;
    open = { expected: open.expected + p * drawn.length, seen: open.seen + (counts.get(k) ?? 0) };
    seen += counts.get(k) ?? 0;
    if (open.expected >= 10 && (1 - covered) * drawn.length >= 10) {
      classes.push(open);
      open = { expected: 0, seen: 0 };
    }
  }
  // What lies beyond belongs to the last class.
  classes.push({ expected: open.expected + (1 - covered) * drawn.length, seen: open.seen + drawn.length - seen });
  const chiSquare = classes.reduce((sum, each) => sum + (each.seen - each.expected) ** 2 / each.expected, 0);
  return gammaQ((classes.length - 1) / 2, chiSquare / 2);
}

/**
 * Probability of a largest distance at least as large between drawn numbers and a continuous law (Kolmogorov's limit, Stephens'
 * correction).
 */
export function kolmogorovP(drawn: readonly number[], cumulative: (x: number) => number): number {
  const n = drawn.length;
  const distance = [...drawn]
    .sort((a, b) => a - b)
    .reduce((largest, x, k) => {
      const p = cumulative(x);
      return Math.max(largest, p - k / n, (k + 1) / n - p);
    }, 0);
  const t = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return Math.min(1, Math.max(0, sum));
}

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export function variance(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1);
}
