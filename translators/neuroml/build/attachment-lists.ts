/** Which attachments of a cell an instance goes to. */

import type { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Component, ComponentType } from '../lems/definitions.js';
import * as messages from './messages.js';

/** The lists that instances are attached to, found once for each pair of types, since connections are many. */
export class AttachmentLists {
  readonly #lists = new Map<ComponentType, Map<ComponentType, Map<string, string | null>>>();

  constructor(private readonly diagnostics: Diagnostics) {}

  /**
   * Returns the attachments of a type that accept instances of another type, or undefined if there are none.
   * @diagnostic lems/no-attachments
   */
  listFor(
    target: ComponentType,
    type: ComponentType,
    wanted: string | undefined,
    component: Component,
  ): string | undefined {
    let ofTarget = this.#lists.get(target);
    if (!ofTarget) this.#lists.set(target, (ofTarget = new Map<ComponentType, Map<string, string | null>>()));
    let ofType = ofTarget.get(type);
    if (!ofType) ofTarget.set(type, (ofType = new Map<string, string | null>()));
    let found = ofType.get(wanted ?? '');
    if (found === undefined) {
      found = findList(target, type, wanted) ?? null;
      ofType.set(wanted ?? '', found);
      if (found === null)
        this.diagnostics.add(
          messages.noAttachments(type.name, target.name, wanted, typesAttached(target)),
          component.place,
        );
    }
    return found ?? undefined;
  }
}

const typesAttached = (type: ComponentType): readonly string[] =>
  [...type.attachments.values()].map((list) => list.type);

function findList(target: ComponentType, type: ComponentType, wanted: string | undefined): string | undefined {
  const fits = [...target.attachments.values()].filter(
    (list) => list.type === 'Component' || type.lineage.includes(list.type),
  );
  return fits.find(({ name }) => name === wanted)?.name ?? fits.at(0)?.name;
}
