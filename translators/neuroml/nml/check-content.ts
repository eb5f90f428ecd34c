/** Contents of elements against NeuroML's schema. */

import type { Finding } from '../../../src/diagnostics/diagnostic.js';
import { nameOf } from '../lems/attributes.js';
import type { Tally } from '../lems/tally.js';
import type { XmlElement } from '../../../src/xml/element.js';
import { explanations, impliedTypes, inAnyOrder, typedByAttribute, type Slot } from './content.js';
import * as messages from './messages.js';

/** Names of elements that other checks report. */
interface Reported {
  readonly missing: ReadonlySet<string>;
  readonly repeated: ReadonlySet<string>;
  /** The type of an element and its ancestors, nearest first. */
  readonly lineage: (element: XmlElement) => readonly string[];
}

/**
 * Checks the elements within one. All findings are warnings, because component types define a model and accept any
 * order, and more elements than the schema has.
 *
 * @param elements the checked elements within it
 * @param reported names with absence or repetition reported by other checks
 * @diagnostic neuroml/unexpected-element, neuroml/element-order, neuroml/too-many, neuroml/expected-child
 */
export function checkContent(
  element: XmlElement,
  elements: readonly XmlElement[],
  slots: readonly Slot[],
  reported: Reported,
  tally: Tally,
): void {
  const counts = new Array<number>(slots.length).fill(0);
  const known: XmlElement[] = [];
  for (const inner of elements) {
    const { name } = inner;
    const at = slotOf(name, slots);
    const slot = slots[at];
    if (!slot) {
      tally.add(`unexpected ${element.name} ${name}`, () => {
        const names = slots.flatMap((one) => one.names);
        const allowed = elementOf(reported.lineage(inner), names);
        return [messages.unexpectedElement(name, nameOf(element), names, allowed), inner.place];
      });
      continue;
    }
    known.push(inner);
    counts[at] = (counts[at] ?? 0) + 1;
    if (counts[at] === slot.atMost + 1 && !reported.repeated.has(name))
      tally.add(`too many ${element.name} ${name}`, () => [
        messages.tooMany(name, nameOf(element), slot.atMost),
        inner.place,
      ]);
  }
  for (const [at, { names, atLeast }] of slots.entries()) {
    if ((counts[at] ?? 0) >= atLeast || names.some((name) => reported.missing.has(name))) continue;
    tally.add(`expected ${element.name} ${names.join()}`, () => [
      messages.expectedChild(names, nameOf(element)),
      element.place,
    ]);
  }
  if (!inAnyOrder.has(element.name)) checkOrder(element, known, slots, tally);
}

/** Returns the element among `known` that has a type as its attribute `type`, by the type and its ancestors. */
export function elementOf(lineage: readonly string[], known: readonly string[]): string | undefined {
  const implying = [...impliedTypes].flatMap(([element, { type }]) => (lineage.includes(type) ? [element] : []));
  return [...lineage, ...implying].find((name) => typedByAttribute.has(name) && known.includes(name));
}

/**
 * Checks the explanations of an element: at places of the schema, in its order, and before all other content.
 *
 * @diagnostic neuroml/unexpected-element, neuroml/element-order, neuroml/too-many, neuroml/unexpected-attribute
 */
export function checkExplanations(element: XmlElement, slots: readonly Slot[], tally: Tally): void {
  const found = element.children.filter(({ name }) => explanations.has(name));
  if (found.length === 0) return;
  checkContent(element, found, slots, nothingReported, tally);
  if (inAnyOrder.has(element.name)) return;
  const late = found.find((inner) =>
    element.children.slice(0, element.children.indexOf(inner)).some(({ name }) => !explanations.has(name)),
  );
  const first = element.children.find(({ name }) => !explanations.has(name));
  if (late && first && slotOf(late.name, slots) >= 0)
    tally.add(`order ${element.name} ${late.name}`, () => [
      {
        ...messages.elementOrder(late.name, [first.name], nameOf(element)),
        fix: { kind: 'move', before: first.place, rank: slotOf(late.name, slots) - slots.length },
      },
      late.place,
    ]);
}

const nothingReported: Reported = { missing: new Set(), repeated: new Set(), lineage: () => [] };

/** Reports elements after others that should follow them in the schema. @diagnostic neuroml/element-order */
export function checkOrder(
  owner: XmlElement,
  elements: readonly XmlElement[],
  slots: readonly Slot[],
  tally: Tally,
): void {
  let furthest = 0;
  const findingFor = (inner: XmlElement, at: number, after: readonly string[]): Finding => {
    const next = elements.find(({ name }) => slotOf(name, slots) > at);
    return {
      ...messages.elementOrder(inner.name, after, nameOf(owner)),
      ...(next ? { fix: { kind: 'move', before: next.place, rank: at } } : {}),
    };
  };
  for (const inner of elements) {
    const at = slotOf(inner.name, slots);
    const after = slots[furthest]?.names ?? [];
    if (at >= furthest) furthest = at;
    else tally.add(`order ${owner.name} ${inner.name}`, () => [findingFor(inner, at, after), inner.place]);
  }
}

const slotOf = (name: string, slots: readonly Slot[]): number => slots.findIndex(({ names }) => names.includes(name));
