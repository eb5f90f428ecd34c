/**
 * The pair of Runge-Kutta methods of Dormand and Prince, orders 5 and 4, which the method `adaptive` uses for
 * sub-steps.
 *
 * @source Journal of Computational and Applied Mathematics 6 (1980) 19
 */

/** A numerator and a denominator. */
export type Fraction = readonly [number, number];

const none: Fraction = [0, 1];

/** Where in a sub-step each stage takes its slopes; the last one takes them at its end. */
export const dormandPrinceNodes: readonly Fraction[] = [none, [1, 5], [3, 10], [4, 5], [8, 9], [1, 1], [1, 1]];

/**
 * Parts of the slopes of earlier stages that lead to each stage. The last stage is the solution of order 5: its slope
 * is the first of the next sub-step.
 */
export const dormandPrinceStages: readonly (readonly Fraction[])[] = [
  [],
  [[1, 5]],
  [
    [3, 40],
    [9, 40],
  ],
  [
    [44, 45],
    [-56, 15],
    [32, 9],
  ],
  [
    [19372, 6561],
    [-25360, 2187],
    [64448, 6561],
    [-212, 729],
  ],
  [
    [9017, 3168],
    [-355, 33],
    [46732, 5247],
    [49, 176],
    [-5103, 18656],
  ],
  [[35, 384], none, [500, 1113], [125, 192], [-2187, 6784], [11, 84]],
];

/** Solution of order 5 less the solution of order 4. */
export const dormandPrinceError: readonly Fraction[] = [
  [71, 57600],
  none,
  [-71, 16695],
  [71, 1920],
  [-17253, 339200],
  [22, 525],
  [-1, 40],
];

/** Relative error that a sub-step of the method `adaptive` may make. */
export const adaptiveTolerance = 1e-6;
