/**
 * Returns the whole number nearest to a cube root. It compares cubes, so the result is the same on every machine.
 *
 * @returns Infinity if it exceeds the largest number of elements
 */
export function nearestCubeRoot(volume: number): number {
  const halfBelow = (side: number): number => (side - 0.5) * (side - 0.5) * (side - 0.5);
  let [side, above] = [0, 4294967296];
  if (!(halfBelow(above) > volume)) return Infinity;
  // A side is near enough when the volume is at least the cube of a side that is half a cell shorter.
  while (above - side > 1) {
    const middle = Math.floor((side + above) / 2);
    if (halfBelow(middle) <= volume) side = middle;
    else above = middle;
  }
  return side;
}
