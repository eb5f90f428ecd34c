/** Floating-point numbers of 16 bits in HDF5, for the thread of Node, for browsers and for results. */

/** @source IEEE 754-2019, section 3.4, binary16 */
export function halfOf(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size =
    exponent === 31
      ? fraction === 0
        ? Infinity
        : NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25);
  return bits & 0x8000 ? -size : size;
}

export function withHalves(dataset, read) {
  const { metadata } = dataset;
  if (metadata.type !== 1 || metadata.size !== 2) return read(dataset);
  // The library reads the same bytes as integers without a sign.
  Object.defineProperty(dataset, 'metadata', { value: { ...metadata, type: 0, signed: false }, configurable: true });
  try {
    const bits = read(dataset);
    return typeof bits === 'number' ? halfOf(bits) : Float64Array.from(bits, halfOf);
  } finally {
    delete dataset.metadata;
  }
}
