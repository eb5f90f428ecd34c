/**
 * Finds the features of a model. Each property of each kind of object is plain, or maps to the features that it uses.
 */

import type { FeatureName, SelectionKind, SelectionPlace } from './table.js';

/** A feature that a model uses. */
export type Use = { readonly pointer: string; readonly name: string } & (
  | { readonly kind: 'feature'; readonly feature: FeatureName }
  | { readonly kind: 'selection'; readonly place: SelectionPlace; readonly selection: SelectionKind }
  /** A property without a reading: lowering does not support it. */
  | { readonly kind: 'unknown'; readonly property: string }
);

/** The owner of a use, and its pointer in the canonical document. */
export interface Site {
  /** JSON pointer into the canonical document. */
  readonly pointer: string;
  /** Of the owner, for messages. */
  readonly name: string;
}

/** The features used by the presence of a property: none, one, or a function of its value. */
type Reading<V> = 'plain' | FeatureName | ((value: V, site: Site) => readonly Use[]);

/** A reading for every property of a kind. */
export type Readings<T> = { readonly [K in keyof T]-?: Reading<Exclude<T[K], undefined>> };

/** Readings of each kind of a union, by its tag. */
export type Kinds<U extends { readonly kind: string }> = {
  readonly [K in U['kind']]: Readings<Extract<U, { readonly kind: K }>>;
};

/** A feature, used at a site. */
export const use = (feature: FeatureName, { pointer, name }: Site): Use => ({
  kind: 'feature',
  feature,
  pointer,
  name,
});

/** Returns the features with a true condition, as uses at a site. */
export const usesWhere = (site: Site, found: Readonly<Partial<Record<FeatureName, boolean>>>): Use[] =>
  Object.entries(found).flatMap(([feature, holds]) => (holds ? [use(feature as FeatureName, site)] : []));

/** Returns the features used by the properties of an object. A property without a reading is unknown to lowering. */
export function readAll<T extends object>(thing: T, readings: Readings<T>, site: Site): Use[] {
  return Object.entries(thing).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const reading = (readings as Readonly<Record<string, Reading<unknown> | undefined>>)[key];
    if (reading === undefined) return [{ ...site, kind: 'unknown', property: key }];
    if (reading === 'plain') return [];
    return typeof reading === 'string' ? [use(reading, site)] : reading(value, site);
  });
}

/** The features of each entry of a map of one kind of thing. */
export const readEach =
  <T extends object>(readings: Readings<T>) =>
  (map: Readonly<Record<string, T>>, site: Site): readonly Use[] =>
    Object.values(map).flatMap((entry) => readAll(entry, readings, site));

/** The features that a member of a union has. */
export const readKind = <U extends { readonly kind: string }>(thing: U, kinds: Kinds<U>, site: Site): Use[] =>
  readAll(thing, kinds[thing.kind as U['kind']] as unknown as Readings<U>, site);
