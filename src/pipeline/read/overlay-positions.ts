import type { Place } from '../../diagnostics/diagnostic.js';
import type { Positions } from '../../diagnostics/positions.js';

/**
 * Returns places of a document, except for nodes that come from other sources. `instead` gives the places of such
 * nodes, and undefined for all others.
 */
export function overlayPositions(positions: Positions, instead: (pointer: string) => Place | undefined): Positions {
  return {
    place: (pointer, span) => instead(pointer) ?? positions.place(pointer, span),
    keyPlace: (pointer) => instead(pointer) ?? positions.keyPlace?.(pointer) ?? positions.place(pointer),
  };
}
