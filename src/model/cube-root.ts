/**
 * The whole number nearest to a cube root, by comparing cubes, so it is the same on every machine.
 *
 * @returns Infinity where it is more than elements can be
 */
export function nearestCubeRoot(volume: number): number {
  const halfBelow = (side: number): number => (side - 0.5) * (side - 0.5) * (side - 0.5);
  let [side, above] = [0, 4294967296];
  if (!(halfBelow(above) > volume)) return Infinity;
  // A side is near enough when the volume is at least that of half a cell less along each axis.
  while (above - side > 1) {
    const middle = Math.floor((side + above) / 2);
    if (halfBelow(middle) <= volume) side = middle;
    else above = middle;
  }
  return side;
}
