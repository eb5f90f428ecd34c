/**
 * What a document keeps of the model of another notation that it was written from, as properties of its network: one for
 * each part, with JSON as its value.
 */

import { element, type Element } from './export/xml-text.js';
import type { KeptSource } from './kept-source.js';

/** Notations of which models are kept. */
const notations = ['brian', 'pynn'] as const;
type Notation = (typeof notations)[number];

/** Parts of a model by section and name; sections that are no maps have a value. */
type Origin = Readonly<Record<string, unknown>>;

const prefixOf = (notation: Notation): string => `${notation} origin `;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Tags and values of the properties that keep it. */
function originProperties(notation: Notation, origin: Origin): readonly (readonly [tag: string, value: string])[] {
  return Object.entries(origin)
    .flatMap(([section, part]) =>
      isMap(part)
        ? Object.entries(part).map(([name, one]) => [`${section} ${name}`, JSON.stringify(one)] as const)
        : [[section, JSON.stringify(part)] as const],
    )
    .map(([tag, value]) => [prefixOf(notation) + tag, value]);
}

/**
 * A document of LEMS that keeps it.
 *
 * @returns undefined where the document has no network
 */
export function keepingOrigin(root: Element, notation: Notation, origin: Origin): Element | undefined {
  const at = root.children.findIndex(({ tag }) => tag === 'network');
  const network = root.children[at];
  if (network === undefined) return undefined;
  const properties = originProperties(notation, origin).map(([tag, value]) => element('property', { tag, value }));
  // Last, after what people read; LEMS has no order.
  const whole = { ...network, children: [...network.children, ...properties] };
  return { ...root, children: root.children.map((one, k) => (k === at ? whole : one)) };
}

/** A value as JSON has it; a text that is none stands for itself, so that the whole is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Annotations of what the properties of a network keep, by notation. */
export function keptOrigins(
  { elements }: KeptSource,
  network: string,
): { readonly [notation in Notation]?: { readonly origin: Origin } } {
  const { children = [] } = elements.find(({ attributes }) => attributes?.['id'] === network) ?? {};
  return Object.fromEntries(
    notations.flatMap((notation) => {
      const prefix = prefixOf(notation);
      const sections = new Map<string, unknown>();
      const parts = new Map<string, (readonly [name: string, part: unknown])[]>();
      for (const { tag, attributes = {} } of children) {
        const { tag: key = '', value = '' } = attributes;
        if (tag !== 'property' || !key.startsWith(prefix)) continue;
        const [section = '', ...words] = key.slice(prefix.length).split(' ');
        if (words.length === 0) sections.set(section, valueOf(value));
        else parts.set(section, [...(parts.get(section) ?? []), [words.join(' '), valueOf(value)]]);
      }
      for (const [section, list] of parts) sections.set(section, Object.fromEntries(list));
      return sections.size === 0 ? [] : [[notation, { origin: Object.fromEntries(sections) }] as const];
    }),
  );
}
