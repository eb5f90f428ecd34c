/** Numbers as LEMS's reference interpreter writes them, so that its files and ours can be compared as text. */

/**
 * A number rounded to 32 bits, as the shortest decimal that reads back to it: `-0.065`, `1.0`, `5.0E-6`. There is always a digit
 * after the point; exponents stand below 0.001 and from 10 million on.
 */
export function floatText(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single)) return String(single);
  if (single === 0) return Object.is(single, -0) ? '-0.0' : '0.0';
  const sign = single < 0 ? '-' : '';
  const { digits, exponent } = quickly(Math.abs(single)) ?? byText(Math.abs(single));
  if (exponent < -3 || exponent > 6) return `${sign}${digits[0]}.${digits.slice(1) || '0'}E${exponent}`;
  if (exponent < 0) return `${sign}0.${zeros[-exponent - 1]}${digits}`;
  if (digits.length <= exponent + 1) return `${sign}${digits.padEnd(exponent + 1, '0')}.0`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** Digits without zeros at the end, and the power of ten of the first. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const zeros = ['', '0', '00'];
/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/**
 * By whole numbers of 6 to 9 digits, of which the first that reads back is the shortest: products and quotients with exact powers of
 * ten round far below a float's last digit. Null where the powers are not exact.
 */
function quickly(single: number): Decimal | null {
  const estimate = Math.floor(Math.log10(single));
  if (estimate < -13 || estimate > 15) return null;
  for (let length = 6; length <= 9; length += 1) {
    const shift = length - 1 - estimate;
    const power = powers[Math.abs(shift)]!;
    const whole = halfToEven(shift < 0 ? single / power : single * power);
    if (Math.fround(shift < 0 ? whole * power : whole / power) !== single) continue;
    const digits = String(whole);
    return { digits: withoutZeros(digits), exponent: estimate + digits.length - length };
  }
  return null;
}

/** The nearest whole number; of two that are equally near, the even one. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function withoutZeros(digits: string): string {
  let end = digits.length;
  while (end > 1 && digits.charCodeAt(end - 1) === 48) end -= 1;
  return digits.slice(0, end);
}

function byText(single: number): Decimal {
  for (let length = 1; length < 9; length += 1) {
    const text = single.toExponential(length - 1);
    if (Math.fround(Number(text)) === single) return split(text);
  }
  return split(single.toExponential(8));
}

function split(text: string): Decimal {
  const [mantissa = '', power = '0'] = text.split('e');
  return { digits: withoutZeros(mantissa.replace('.', '')), exponent: Number(power) };
}
