/** The place of an object of an NWB file in Neo, with the attribute names of Neo's NWB files. */

import { segmentsOf, type RunSetup } from '../result.js';

/** How Neo shall call the place of an object: its block and segment. */
export interface NeoPlace {
  /** Name of the Neo block. */
  readonly block: string;
  /** Name of the Neo segment. */
  readonly segment: string;
}

/** Returns the place of a segment's objects, by its position. */
export function neoPlaces({ header, segments, expectedSteps }: RunSetup): (segment: number) => NeoPlace {
  const names = segmentsOf(segments ? { segments } : {}, expectedSteps).map(({ name }) => name);
  return (segment) => ({ block: header.name, segment: names[segment] ?? 'run' });
}
