/** Namespaces, which only tell which language a document is in. */

import type { XmlElement } from './element.js';
import { eachAttribute, tagNameAt } from './start-tag.js';

/** Returns the namespace that an element declares for its own name, or undefined if it declares none. */
export function namespaceOf({ source, offset }: XmlElement): string | undefined {
  const qualified = tagNameAt(source.text, offset);
  const colon = qualified.indexOf(':');
  const declaration = colon < 0 ? 'xmlns' : `xmlns:${qualified.slice(0, colon)}`;
  let found: string | undefined;
  eachAttribute(source.text, offset, ({ name }, raw) => {
    if (name === declaration) found = raw;
  });
  return found;
}
