/** Whole numbers in LEB128, seven bits a byte: in WebAssembly, and in Thrift's compact protocol, which Parquet uses. */

/** Returns a number in LEB128 without a sign. */
export function unsigned(value: number): readonly number[] {
  if (value < 128) return [value];
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  bytes.push(rest);
  return bytes;
}
