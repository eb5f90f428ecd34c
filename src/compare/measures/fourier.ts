/** Fourier's transform, and correlations at circular lags. */

/** Transforms complex numbers in place (Cooley & Tukey 1965, Math. Comput. 19:297); their number is a power of two. */
export function transform(re: Float64Array, im: Float64Array): void {
  const { length } = re;
  for (let k = 1, j = 0; k < length; k += 1) {
    let half = length >> 1;
    for (; j & half; half >>= 1) j ^= half;
    j ^= half;
    if (k >= j) continue;
    [re[k], re[j]] = [re[j]!, re[k]!];
    [im[k], im[j]] = [im[j]!, im[k]!];
  }
  for (let size = 2; size <= length; size *= 2) {
    const half = size / 2;
    for (let k = 0; k < half; k += 1) {
      const angle = (-2 * Math.PI * k) / size;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let at = k; at < length; at += size) {
        const other = at + half;
        const [x, y] = [re[other]! * c - im[other]! * s, re[other]! * s + im[other]! * c];
        re[other] = re[at]! - x;
        im[other] = im[at]! - y;
        re[at]! += x;
        im[at]! += y;
      }
    }
  }
}

/** Returns the sum of the products of `first[k]` and `second[k + lag]` by the lag, which may be negative. */
export function laggedProducts(first: Float64Array, second: Float64Array): (lag: number) => number {
  let size = 2;
  while (size < 2 * first.length) size *= 2;
  const [re, im] = [new Float64Array(size), new Float64Array(size)];
  re.set(first);
  im.set(second);
  transform(re, im);
  const [productRe, productIm] = [new Float64Array(size), new Float64Array(size)];
  for (let k = 0; k < size; k += 1) {
    const other = (size - k) % size;
    // The transforms of two real series in one complex series.
    const [aRe, aIm] = [(re[k]! + re[other]!) / 2, (im[k]! - im[other]!) / 2];
    const [bRe, bIm] = [(im[k]! + im[other]!) / 2, (re[other]! - re[k]!) / 2];
    // Conjugates, so that the same transform goes back.
    productRe[k] = aRe * bRe + aIm * bIm;
    productIm[k] = aIm * bRe - aRe * bIm;
  }
  transform(productRe, productIm);
  return (lag) => productRe[lag < 0 ? size + lag : lag]! / size;
}

/** Returns the mean product of `first[k]` and `second[k + lag]` for each circular lag. */
export function circularProducts(first: Float64Array, second: Float64Array): Float64Array {
  const { length } = first;
  const products = laggedProducts(first, second);
  return Float64Array.from({ length }, (_, lag) => (products(lag) + (lag === 0 ? 0 : products(lag - length))) / length);
}
