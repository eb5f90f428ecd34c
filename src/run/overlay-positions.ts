import type { Place } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';

/** Places of a document of which some nodes come from elsewhere: `instead` gives theirs, undefined for all others. */
export function overlayPositions(positions: Positions, instead: (pointer: string) => Place | undefined): Positions {
  return {
    place: (pointer, span) => instead(pointer) ?? positions.place(pointer, span),
    keyPlace: (pointer) => instead(pointer) ?? positions.keyPlace?.(pointer) ?? positions.place(pointer),
  };
}
