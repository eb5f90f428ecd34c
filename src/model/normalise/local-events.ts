/** Conditions of synapses and of mechanisms on cells. */

import type { LocalEventDocument } from '../document.generated.js';
import type { LocalEvent } from '../model.js';
import { child } from '../pointer.js';
import { normaliseCode } from './code.js';
import type { Context } from './context.js';
import { normaliseExpression } from './expressions.js';
import { checkIds, pureUnit, type Names } from './names.js';

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
    const at = child(pointer, name);
    const slot = { what: `the condition of ${name}`, unit: pureUnit, type: 'boolean' } as const;
    const made: LocalEvent = {
      when: normaliseExpression(context, event.when, scopes, slot, `${at}/when`) ?? 'False',
      edge: event.edge ?? 'level',
      do: normaliseCode(context, event.do, scopes, { what: `the actions of ${name}`, ports }, `${at}/do`),
      order: event.order ?? 0,
    };
    return [name, made];
  });
  return events.length > 0 ? { events: Object.fromEntries(events) } : {};
}
