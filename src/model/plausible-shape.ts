/** Shapes as no cell has them: of a size that only a wrong unit gives, in pieces that lie apart. */

/** Distance of a piece from its connection, and sizes; all in one unit of length. */
interface Joint {
  /** From the beginning of the piece to its place on the parent. */
  readonly far: number;
  /** Length, and largest diameter, of the parent. */
  readonly parentLength: number;
  readonly parentDiameter: number;
  /** Of the beginning of the piece. */
  readonly diameter: number;
}

/**
 * Checks whether a piece begins farther from its place than the parent is long and wide. Simulators connect it as if
 * there were no gap. Smaller gaps are usual: branches drawn to the surface or contour of a soma, or from the first
 * point of a reconstruction.
 */
export const isGap = ({ far, parentLength, parentDiameter, diameter }: Joint): boolean =>
  far > parentLength + parentDiameter + diameter;

/** Jumps are longer than this many usual steps between points, which at least this many points show, and this, in m. */
const jump = { steps: 10, points: 20, metres: 50e-6 } as const;

/**
 * Returns the step between points of a reconstruction that is a jump: ten times as long as all but one in twenty, as
 * for a missing piece. Null if there is no jump.
 */
export function jumpAmong(steps: readonly number[]): number | null {
  if (steps.length < jump.points) return null;
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(0.95 * (steps.length - 1))] ?? 0;
  const longest = steps.reduce((found, step, at) => (step > (steps[found] ?? 0) ? at : found), 0);
  const length = steps[longest] ?? 0;
  return length > jump.metres && length > jump.steps * usual ? longest : null;
}

/** Longer than this, in m, all sections of a cell together are not. */
const longest = 5;
/** Nor are they shorter. */
const shortest = 1e-7;
/** The giant axon of a squid, the thickest there is, has a diameter of up to 1.5 mm. */
const thickest = 2e-3;

/**
 * Checks whether a cell of so many metres from end to end is longer or shorter than any, or too thick; null if its size
 * is plausible.
 */
export function oddSize(length: number, diameter: number): 'long' | 'thick' | 'short' | null {
  if (length > longest) return 'long';
  if (diameter > thickest) return 'thick';
  return length > 0 && length < shortest ? 'short' : null;
}
