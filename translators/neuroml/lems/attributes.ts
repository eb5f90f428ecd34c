/** Attributes that definitions must have. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import { nearest } from '../../../src/diagnostics/suggest.js';
import type { XmlElement } from '../../../src/xml/element.js';
import * as messages from './messages.js';

/** How messages name an element: `StateVariable v`, `iafCell iaf`. */
export function nameOf(element: XmlElement): string {
  const name = element.attributes['name'] ?? element.attributes['id'] ?? element.attributes['variable'];
  return name === undefined ? element.name : `${element.name} ${name}`;
}

/**
 * Returns an attribute's value without the space around it; null after a finding. @diagnostic lems/missing-attribute
 */
export function required(element: XmlElement, attribute: string, diagnostics: Diagnostics): string | null {
  const value = element.attributes[attribute]?.trim();
  if (value !== undefined && value !== '') return value;
  // The most similar of those that the element has, if any.
  const [written] = value === undefined ? nearest(attribute, Object.keys(element.attributes), 1) : [];
  const place = element.attributePlace(written ?? attribute);
  diagnostics.add(messages.missingAttribute(attribute, nameOf(element), written), place);
  return null;
}

/** Returns an attribute's value without surrounding space, or undefined if it is empty or absent. */
export function optional(element: XmlElement, attribute: string): string | undefined {
  const value = element.attributes[attribute]?.trim();
  return value === '' ? undefined : value;
}
