/** `--set name=value` for notations with constants that have no place of their own in the canonical model. */

import { memberOf } from '../diagnostics/member.js';
import type { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import { messages } from './messages.js';
import { overlayPositions } from './read/overlay-positions.js';

/** A document with some of its constants replaced, and the settings left for the canonical model. */
interface Settled {
  readonly document: unknown;
  readonly positions: Positions;
  readonly rest: Readonly<Record<string, string>>;
}

/**
 * Replaces constants in a section of a document. A name with a dot (`cells.tau`) is left to the model.
 *
 * @param section  with the notation's own constants, such as the namespace of a Brian-like specification
 * @diagnostic set/unknown-name  no constant of the section has the name
 */
export function setConstants(
  document: unknown,
  section: string,
  positions: Positions,
  settings: Readonly<Record<string, string>>,
  diagnostics: Diagnostics,
): Settled {
  const constants = sectionOf(document, section);
  const own: Record<string, string> = {};
  const rest: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes('.')) rest[name] = value;
    else if (Object.hasOwn(constants, name)) own[name] = value;
    else diagnostics.add(messages.unknownSetting(name, Object.keys(constants)), { document: `--set ${name}=${value}` });
  }
  if (Object.keys(own).length === 0) return { document, positions, rest };
  return {
    document: { ...(document as object), [section]: { ...constants, ...own } },
    positions: overlayPositions(positions, (pointer) => {
      const name = pointer.startsWith(`/${section}/`) ? pointer.slice(section.length + 2) : undefined;
      return name !== undefined && Object.hasOwn(own, name) ? { document: `--set ${name}=${own[name]}` } : undefined;
    }),
    rest,
  };
}

function sectionOf(document: unknown, name: string): Readonly<Record<string, unknown>> {
  const section = memberOf(document, name);
  return section !== null && typeof section === 'object' && !Array.isArray(section) ? { ...section } : {};
}
