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
 * Replaces constants in the namespace of a Brian-like specification. A name with a dot (`cells.tau`) is left to the
 * model.
 *
 * @diagnostic set/unknown-name  no constant of the namespace has the name
 */
export function setNamespace(
  document: unknown,
  positions: Positions,
  settings: Readonly<Record<string, string>>,
  diagnostics: Diagnostics,
): Settled {
  const namespace = namespaceOf(document);
  const own: Record<string, string> = {};
  const rest: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes('.')) rest[name] = value;
    else if (Object.hasOwn(namespace, name)) own[name] = value;
    else diagnostics.add(messages.unknownSetting(name, Object.keys(namespace)), { document: `--set ${name}=${value}` });
  }
  if (Object.keys(own).length === 0) return { document, positions, rest };
  return {
    document: { ...(document as object), namespace: { ...namespace, ...own } },
    positions: overlayPositions(positions, (pointer) => {
      const name = /^\/namespace\/([^/]+)$/.exec(pointer)?.[1];
      return name !== undefined && Object.hasOwn(own, name) ? { document: `--set ${name}=${own[name]}` } : undefined;
    }),
    rest,
  };
}

function namespaceOf(document: unknown): Readonly<Record<string, unknown>> {
  const namespace = memberOf(document, 'namespace');
  return namespace !== null && typeof namespace === 'object' && !Array.isArray(namespace) ? { ...namespace } : {};
}
