/** Shapes as no cell has them: of a size that only a wrong unit gives, in pieces that lie apart. */

/** Where a piece begins, and what it is connected to; all in one unit of length. */
interface Joint {
  /** From where the piece begins to its place on the parent. */
  readonly far: number;
  /** Length, and largest diameter, of the parent. */
  readonly parentLength: number;
  readonly parentDiameter: number;
  /** Of the beginning of the piece. */
  readonly diameter: number;
}

/**
 * Whether a piece begins farther from its place than the parent is long and wide. Simulators connect it as if there were
 * no gap, and nearer ones are usual: branches drawn to the surface of a soma, to the contour of one, or from where a
 * reconstruction has its first point.
 */
export const isGap = ({ far, parentLength, parentDiameter, diameter }: Joint): boolean =>
  far > parentLength + parentDiameter + diameter;

/** Jumps are longer than this many usual steps between points, which at least this many points show, and this, in m. */
const jump = { steps: 10, points: 20, metres: 50e-6 } as const;

/**
 * Which of the steps between points of a reconstruction is a jump: ten times as long as all but one in twenty, as where
 * a piece is missing. Null where there is none.
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

/** Whether a cell of so many metres from end to end is longer or shorter than any, or too thick; null for none of it. */
export function oddSize(length: number, diameter: number): 'long' | 'thick' | 'short' | null {
  if (length > longest) return 'long';
  if (diameter > thickest) return 'thick';
  return length > 0 && length < shortest ? 'short' : null;
}
