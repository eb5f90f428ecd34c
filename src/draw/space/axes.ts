/** Coordinates of elements. */

export const axes = ['x', 'y', 'z'] as const;
export type Axis = (typeof axes)[number];

/** Coordinates of each element of a population in micrometres. */
export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}
