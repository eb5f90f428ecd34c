/** Connections and inputs of a projection as elements like those that its author wrote. */

import type { Component, ComponentType, LemsModel, StructureDefinition } from '../lems/definitions.js';
import { numberText } from './quantity-text.js';
import type { Node } from './kept-tree.js';
import { like } from './like.js';

/** Numbers of a list of connections. */
export interface Columns {
  /** Absent for inputs, which have no source. */
  readonly sources: ArrayLike<number> | null;
  /** Index of the target of each connection. */
  readonly targets: ArrayLike<number>;
  /** Seconds. */
  readonly delays: number | ArrayLike<number>;
  /** Values in SI of properties of what receives events, with what they are where a connection does not say. */
  readonly properties: ReadonlyMap<string, { readonly numbers: number | ArrayLike<number>; readonly usual: number }>;
}

/** An element of a list, to be imitated. */
export interface Template {
  /** The element. */
  readonly node: Node;
  /** What a reading of it gives. */
  readonly component: Component;
  /** What it connects. */
  readonly source: number;
  /** Index of the target. */
  readonly target: number;
}

type Connecting = Extract<StructureDefinition, { kind: 'eventConnection' | 'tunnel' }>;

/** What a type connects; undefined for types that connect nothing, or several things. */
export function connectingPart({ structure }: ComponentType): Connecting | undefined {
  const parts = structure.filter(
    (part): part is Connecting => part.kind === 'eventConnection' || part.kind === 'tunnel',
  );
  return parts.length === 1 ? parts[0] : undefined;
}

const at = (numbers: number | ArrayLike<number>, k: number): number =>
  typeof numbers === 'number' ? numbers : (numbers[k] ?? 0);
/** Numbers from one index to before another. */
type Range = readonly [begin: number, end: number];

function varies(numbers: number | ArrayLike<number>, usual: number, [begin, end]: Range): boolean {
  if (typeof numbers === 'number') return numbers !== usual;
  for (let k = begin; k < end; k++) if (numbers[k] !== usual) return true;
  return false;
}

/** The type of a connection that can say delays and values: the template's own, or an heir of it. */
function typeFor(
  component: Component,
  { delays, properties }: Columns,
  range: Range,
  lems: LemsModel,
): ComponentType | undefined {
  const own = component.type;
  const wanted = [...properties]
    .filter(([, { numbers, usual }]) => varies(numbers, usual, range))
    .map(([name]) => name);
  const fits = (type: ComponentType): boolean => {
    const part = connectingPart(type);
    if (!part) return false;
    const delayed = part.kind === 'eventConnection' && part.delay !== undefined;
    return (
      (delayed || !varies(delays, 0, range)) &&
      wanted.every((name) => part.assigns.some(({ property }) => property === name))
    );
  };
  if (fits(own)) return own;
  return [...lems.types.values()].find((type) => type !== own && type.lineage.includes(own.name) && fits(type));
}

/**
 * Elements for connections `begin` to `end` of some columns.
 *
 * @returns undefined where elements like the template cannot say them
 */
export function connectionNodes(
  { node, component, source, target }: Template,
  columns: Columns,
  range: Range,
  lems: LemsModel,
): readonly Node[] | undefined {
  const type = typeFor(component, columns, range, lems);
  const part = type && connectingPart(type);
  if (!type || !part) return undefined;
  const attributeOf = (alias: string): string | undefined => {
    const found = type.structure.find((one) => one.kind === 'with' && one.as === alias);
    return found?.kind === 'with' ? (found.index ?? found.instance) : alias;
  };
  const [a, b] = part.kind === 'tunnel' ? [part.endA, part.endB] : [part.from, part.to];
  const [from, to] = [attributeOf(a), attributeOf(b)];
  if (from === undefined || to === undefined) return undefined;
  const ends: readonly (readonly [string, string, number, ArrayLike<number>])[] = [
    ...(columns.sources ? [[from, node.attributes[from] ?? '', source, columns.sources] as const] : []),
    [to, node.attributes[to] ?? '', target, columns.targets],
  ];
  const delay = part.kind === 'eventConnection' ? part.delay : undefined;
  const assigned = part.assigns.flatMap(({ property, value: { tree } }) => {
    const numbers = columns.properties.get(property)?.numbers;
    return tree.kind === 'name' && numbers !== undefined && type.parameters.has(tree.name)
      ? [[tree.name, numbers] as const]
      : [];
  });
  const places = Object.entries(node.places ?? {});
  // Places are those of the list as it was: no others are known.
  if (places.some(([, values]) => values.length !== range[1] - range[0])) return undefined;
  const made: Node[] = [];
  for (let k = range[0]; k < range[1]; k++) {
    const attributes = { ...node.attributes };
    if (attributes['id'] !== undefined) attributes['id'] = String(k);
    for (const [name, values] of places) attributes[name] = values[k - range[0]] ?? '';
    for (const [name, path, known, indices] of ends) {
      const moved = elsewhere(path, known, indices[k] ?? 0);
      if (moved === undefined) return undefined;
      attributes[name] = moved;
    }
    if (delay !== undefined) attributes[delay] = like(node.attributes[delay], at(columns.delays, k), 's', lems);
    for (const [name, numbers] of assigned) attributes[name] = numberText(at(numbers, k));
    made.push({ ...node, tag: type === component.type ? node.tag : type.name, attributes, children: node.children });
  }
  return made.map(({ count: _count, places: _places, ...rest }) => rest);
}

/** The path to another element of the population that a path leads to an element of. */
function elsewhere(path: string, known: number, wanted: number): string | undefined {
  if (path === String(known)) return String(wanted);
  for (const [before, after] of [
    [`[${known}]`, `[${wanted}]`],
    [`/${known}/`, `/${wanted}/`],
  ] as const) {
    const found = path.lastIndexOf(before);
    if (found >= 0) return path.slice(0, found) + after + path.slice(found + before.length);
  }
  return path.endsWith(`/${known}`) ? path.slice(0, -String(known).length) + String(wanted) : undefined;
}
