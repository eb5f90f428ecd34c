/** Namespaces, which only tell which language a document is in. */

import type { XmlElement } from './element.js';
import { attributeRanges, tagNameAt } from './tags.js';

/** Returns the namespace that an element declares for its own name, or undefined if it declares none. */
export function namespaceOf({ source, offset }: XmlElement): string | undefined {
  const qualified = tagNameAt(source.text, offset);
  const colon = qualified.indexOf(':');
  const declaration = colon < 0 ? 'xmlns' : `xmlns:${qualified.slice(0, colon)}`;
  const found = attributeRanges(source.text, offset).find(({ name }) => name === declaration);
  return found && source.text.slice(found.valueStart, found.valueEnd);
}
