import type { Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';

/**
 * Places of a document, except for nodes that come from elsewhere: `instead` gives the places of these, and undefined
 * for all others.
 */
export function overlayPositions(positions: Positions, instead: (pointer: string) => Place | undefined): Positions {
  return {
    place: (pointer, span) => instead(pointer) ?? positions.place(pointer, span),
    keyPlace: (pointer) => instead(pointer) ?? positions.keyPlace?.(pointer) ?? positions.place(pointer),
  };
}
