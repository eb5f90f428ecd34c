/** Coordinates of elements. */

export const axes = ['x', 'y', 'z'] as const;
/** An axis of space. */
export type Axis = (typeof axes)[number];

/** Coordinates of each element of a population in micrometres. */
export interface Places {
  /** In micrometres. */
  readonly x: Float64Array;
  /** In micrometres. */
  readonly y: Float64Array;
  /** In micrometres. */
  readonly z: Float64Array;
}
