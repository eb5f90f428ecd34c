/** Findings on a quantity, reported at its place. */

import { isFault } from './quantities.js';
import type { Finding, Place } from '../../../src/diagnostics/diagnostic.js';
import type { Dimension } from '../../../src/lang/ast.js';
import { equalDimensions, isDimensionless } from '../../../src/lang/dimension.js';
import { numberOutOfRange } from '../../../src/lang/messages.js';
import type { XmlElement } from '../../../src/xml/element.js';
import type { LemsUnit } from './definitions.js';
import * as messages from './messages.js';
import type { Quantity, QuantityFault } from './quantities.js';

/** Place of a quantity, and its expected form. */
interface QuantityPlace {
  readonly element: XmlElement;
  readonly attribute: string;
  /** Absent: the attribute's value. */
  readonly text?: string;
  /** How messages name it. */
  readonly what: string;
  /** Null: any. */
  readonly dimension: Dimension | null;
  readonly units: ReadonlyMap<string, LemsUnit>;
  readonly diagnostics: { add(finding: Finding, place: Place): void };
}

/** Symbols of the units of a dimension. */
function unitsOf(dimension: Dimension, units: ReadonlyMap<string, LemsUnit>): string[] {
  return [...units.values()].filter((unit) => equalDimensions(unit.dimension, dimension)).map(({ symbol }) => symbol);
}

/**
 * Returns the value in SI; null after a finding. @diagnostic lems/bad-quantity, lems/unknown-unit, lems/wrong-dimension
 */
export function reportQuantity(quantity: Quantity | QuantityFault, place: QuantityPlace): number | null {
  const { element, attribute, what, dimension, units, diagnostics, text = element.attributes[attribute] ?? '' } = place;
  if (isFault(quantity)) {
    if (quantity.fault === 'text') {
      const unit = dimension === null ? 'mV' : isDimensionless(dimension) ? undefined : unitsOf(dimension, units)[0];
      diagnostics.add(messages.badQuantity(what, text, unit), element.valuePlace(attribute));
    } else if (quantity.fault === 'range')
      diagnostics.add(numberOutOfRange(text, quantity.value), element.valuePlace(attribute));
    else {
      const span = { start: quantity.start, end: quantity.start + quantity.unit.length };
      const at = place.text === undefined ? element.valuePlace(attribute, span) : element.valuePlace(attribute);
      if (dimension && isDimensionless(dimension)) diagnostics.add(messages.unitOfNumber(what, quantity.unit), at);
      else
        diagnostics.add(messages.unknownUnit(quantity.unit, dimension ? unitsOf(dimension, units) : units.keys()), at);
    }
    return null;
  }
  if (dimension === null || equalDimensions(quantity.dimension, dimension)) return quantity.value;
  diagnostics.add(
    messages.wrongDimension(what, dimension, quantity.dimension, text, unitsOf(dimension, units)),
    element.valuePlace(attribute),
  );
  return null;
}
