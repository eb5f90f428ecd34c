/**
 * Lengths as numbers of micrometres. Places are kept so, since grids are laid out in whole micrometres: their
 * differences are exact there, and comparisons with a distance mean what they say. In metres each would carry a
 * rounding error of its own.
 */

/** Metres as micrometres: the decimal point of the shortest text moves, and the result is rounded once. */
export function inMicrometres(metres: number): number {
  if (!Number.isFinite(metres)) return metres;
  const text = String(metres);
  const at = text.indexOf('e');
  return at < 0 ? Number(`${text}e6`) : Number(`${text.slice(0, at)}e${Number(text.slice(at + 1)) + 6}`);
}

/** What lengths in micrometres are divided by to be in metres. */
export const micrometresPerMetre = 1e6;
