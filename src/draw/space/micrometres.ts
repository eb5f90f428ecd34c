/**
 * Lengths in micrometres. Positions are stored in this unit because grids are defined in whole micrometres. Their
 * differences are then exact, and so are comparisons with a distance. In metres, each would have a rounding error.
 */

/** Metres as micrometres: the decimal point of the shortest text moves, and the result is rounded once. */
export function inMicrometres(metres: number): number {
  if (!Number.isFinite(metres)) return metres;
  const text = String(metres);
  const at = text.indexOf('e');
  return at < 0 ? Number(`${text}e6`) : Number(`${text.slice(0, at)}e${Number(text.slice(at + 1)) + 6}`);
}

/** Divisor from micrometres to metres. */
export const micrometresPerMetre = 1e6;
