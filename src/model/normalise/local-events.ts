/** Conditions of synapses and of mechanisms on cells. */

import type { LocalEventDocument } from '../document.generated.js';
import type { LocalEvent } from '../model.js';
import { child } from '../pointer.js';
import { localEvent } from '../shape/events.js';
import type { Context } from './context.js';
import { readObject } from './members.js';
import { checkIds, type Names } from './names.js';

/**
 * Normalises conditions with their actions, by name; returns no member if the document has no conditions.
 *
 * @param ports  whether actions may add to ports
 */
export function normaliseLocalEvents(
  context: Context,
  documents: Readonly<Record<string, LocalEventDocument>> | undefined,
  scopes: readonly Names[],
  ports: boolean,
  pointer: string,
): { readonly events?: Readonly<Record<string, LocalEvent>> } {
  checkIds(context, documents, pointer);
  const events = Object.entries(documents ?? {}).map(([name, event]): readonly [string, LocalEvent] => {
    const at = { context, scopes, name, ports, pointer: child(pointer, name) };
    return [name, readObject(localEvent, event, at)];
  });
  return events.length > 0 ? { events: Object.fromEntries(events) } : {};
}
