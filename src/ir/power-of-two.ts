/** 2^exponent, exactly, for exponents within the range of a double. */
export function powerOfTwo(exponent: number): number {
  let result = 1;
  for (let k = 0; k < Math.abs(exponent); k++) result = exponent < 0 ? result / 2 : result * 2;
  return result;
}
