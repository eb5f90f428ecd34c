/** Which place on a cell with compartments a connection, an input or a path is at. */

import type { Component } from '../lems/definitions.js';

/** A place on a segment, as documents give it. */
export interface SegmentPlace {
  /** Id of the segment. */
  readonly segment: string;
  /** From its proximal end, 0, to its distal end, 1. */
  readonly along: number;
}

/** Names of the attributes at one end of a connection, or of an input, which has only one end. */
const names = {
  pre: { segment: ['preSegmentId', 'preSegment'], along: ['preFractionAlong'] },
  post: { segment: ['postSegmentId', 'postSegment', 'segmentId'], along: ['postFractionAlong', 'fractionAlong'] },
} as const;

const middle = 0.5;
const root = '0';

/** Returns the place at which a connection or input meets a cell. The default is the middle of segment 0. */
export function segmentPlace({ attributes }: Component, end: 'pre' | 'post'): SegmentPlace {
  const given = (keys: readonly string[]): string | undefined =>
    keys.map((key) => attributes[key]).find((text) => text !== undefined);
  const along = Number(given(names[end].along) ?? middle);
  return { segment: given(names[end].segment) ?? root, along: along >= 0 && along <= 1 ? along : middle };
}

/** Checks whether a place is the default place of connections. */
export const isDefault = ({ segment, along }: SegmentPlace): boolean => segment === root && along === middle;
