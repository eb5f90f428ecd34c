/** Student's t and Fisher's F, by the continued fraction of the incomplete beta function (DLMF 8.17.22). */

/** Coefficients of Stirling's series in odd powers of 1/x (DLMF 5.11.1). */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188];

/** Returns the logarithm of the gamma function of a positive number, shifted until the series is accurate to 1e-14. */
function logGamma(x: number): number {
  let [shifted, product] = [x, 1];
  while (shifted < 15) product *= shifted++;
  const series = stirling.reduce((sum, coefficient, k) => sum + coefficient / shifted ** (2 * k + 1), 0);
  return (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}

/** Returns the regularised incomplete beta function I_x(a, b). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // Lentz's method; the continued fraction converges within some dozens of terms on this side of the mean.
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return (front * fraction) / a;
}

/** Returns the probability that t is larger than a value. */
export function upperTail(t: number, freedom: number): number {
  if (Number.isNaN(t)) return NaN;
  const half = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? half : 1 - half;
}

/** Returns the probability that the ratio of two estimates of one variance is larger than a value. */
export const varianceTail = (ratio: number, freedom: number): number =>
  incompleteBeta(1 / (1 + ratio), freedom / 2, freedom / 2);

/** Returns the value that t exceeds with a probability below one half. */
export function upperQuantile(probability: number, freedom: number): number {
  let [low, high] = [0, 1];
  while (upperTail(high, freedom) > probability) high *= 2;
  for (let k = 0; k < 100 && low < high; k += 1) {
    const middle = (low + high) / 2;
    if (upperTail(middle, freedom) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
