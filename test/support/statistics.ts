/** Tests of distributions: p-values of chi-square, of Kolmogorov and Smirnov, and of Welch. */

/** log Gamma(x) for x > 0 by Stirling's series after raising x to at least 12. */
export function logGamma(x: number): number {
  let product = 1;
  let at = x;
  for (; at < 12; at++) product *= at;
  const series = 1 / (12 * at) - 1 / (360 * at ** 3) + 1 / (1260 * at ** 5);
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/**
 * Regularised upper incomplete gamma function Q(a, x): by the series below a + 1, by Lentz's continued fraction above.
 */
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
  // The tail belongs to the last class.
  classes.push({ expected: open.expected + (1 - covered) * drawn.length, seen: open.seen + drawn.length - seen });
  const chiSquare = classes.reduce((sum, each) => sum + (each.seen - each.expected) ** 2 / each.expected, 0);
  return gammaQ((classes.length - 1) / 2, chiSquare / 2);
}

/**
 * Probability of a largest distance at least as large between drawn numbers and a continuous law (Kolmogorov's limit,
 * Stephens' correction).
 */
export function kolmogorovP(drawn: readonly number[], cumulative: (x: number) => number): number {
  const n = drawn.length;
  const distance = [...drawn]
    .sort((a, b) => a - b)
    .reduce((largest, x, k) => {
      const p = cumulative(x);
      return Math.max(largest, p - k / n, (k + 1) / n - p);
    }, 0);
  return kolmogorovTail(distance, n);
}

/**
 * Probability of a largest distance at least as large between the drawn numbers of two samples of one continuous law.
 */
export function twoSampleKolmogorovP(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [[...first].sort((x, y) => x - y), [...second].sort((x, y) => x - y)];
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i] === x) i++;
    while (j < b.length && b[j] === x) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return kolmogorovTail(distance, (a.length * b.length) / (a.length + b.length));
}

/** Of a distance at least as large among `n` drawn numbers. */
function kolmogorovTail(distance: number, n: number): number {
  const t = distance * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  if (t < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t);
  return Math.min(1, Math.max(0, sum));
}

/** Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  // The fraction converges fast below the mean.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      h *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * h;
}

/**
 * Welch's test: probability of means at least as far apart, from either side, for samples of normal laws of any two
 * variances.
 */
export function welchP(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [variance(first) / first.length, variance(second) / second.length];
  if (a + b === 0) return mean(first) === mean(second) ? 1 : 0;
  const t2 = (mean(first) - mean(second)) ** 2 / (a + b);
  const freedom = (a + b) ** 2 / (a ** 2 / (first.length - 1) + b ** 2 / (second.length - 1));
  return incompleteBeta(freedom / (freedom + t2), freedom / 2, 0.5);
}

export const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

export function variance(values: readonly number[]): number {
  const m = mean(values);
  return values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1);
}
