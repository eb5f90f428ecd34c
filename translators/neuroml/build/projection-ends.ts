/** Where projections begin and end on cells with compartments. */

import type { Diagnostics, Place } from '../../../src/diagnostics/diagnostic.js';
import { isDefault } from '../cells/ends.js';
import { unknownSegment } from '../cells/messages.js';
import type { PlaceList } from './lists.js';
import type { Draft } from './network.js';
import type { Types } from './types.js';

/** A population, or places on its cells, as the canonical document has them. */
type End = string | Readonly<Record<string, unknown>>;

/** Makes the ends of projections; segments that cells do not have are reported. */
export class ProjectionEnds {
  constructor(
    private readonly types: Types,
    private readonly diagnostics: Diagnostics,
  ) {}

  /** Returns an end of a projection: a population, or a place on its cells, which may differ between connections. */
  at(population: string, draft: Draft, list: PlaceList | null, at: Place): End {
    const compartments = list && this.types.compartmentsOf(draft);
    if (!compartments || !list) return population;
    const found = list.places.map(({ segment, along }) => {
      const place = compartments.placeOf(segment, along);
      if (!place) this.diagnostics.add(unknownSegment(segment, []), at);
      return place;
    });
    const [first, ...others] = found;
    if (!first || found.some((place) => !place)) return population;
    if (others.every((place) => place?.section === first.section && place.fraction === first.fraction))
      return { of: population, ...first };
    const sections = [...new Set(found.map((place) => place?.section ?? ''))];
    const ordinals = found.map((place) => sections.indexOf(place?.section ?? ''));
    const indices = list.indices();
    return {
      of: population,
      places: {
        sections,
        section: indices.map((k) => ordinals[k] ?? 0),
        fraction: indices.map((k) => found[k]?.fraction ?? 0),
      },
    };
  }

  /**
   * Returns the end at which connections receive the spikes of a population. Places are left out if all are the
   * spike-detection site.
   */
  received(population: string, draft: Draft, list: PlaceList | null, at: Place): End {
    const compartments = list && this.types.compartmentsOf(draft);
    const spike = compartments?.spike;
    // Cells with other segment numbers have no default place.
    if (
      !list ||
      !spike ||
      list.places.every((place) => isDefault(place) && !compartments.placeOf(place.segment, place.along))
    )
      return population;
    const end = this.at(population, draft, list, at);
    const isHome =
      typeof end !== 'string' && end['section'] === spike['section'] && end['fraction'] === spike['fraction'];
    return isHome ? population : end;
  }
}
