/** What one model has otherwise than another: little where they agree, and enough to make the one of the other. */

import { hashedForm } from '../../model/hashed-form.js';
import type { Model } from '../../model/model.js';

/** Members as they are in the one model; `null` for what only the other has. */
export type Difference = { readonly [K in keyof Model]?: unknown } & {
  /** Names of parts in their order, where it is another one. */
  readonly order?: unknown;
};

/** Parts of a model that are compared; names and metadata are in every notation. */
const compared = [
  'timing',
  'clocks',
  'tables',
  'neurons',
  'synapses',
  'populations',
  'projections',
  'stimuli',
  'operations',
  'recordings',
  'experiment',
] as const satisfies readonly (keyof Model)[];

/** Parts whose order may tell which comes first in a step. */
const ordered = ['populations', 'projections', 'stimuli', 'operations'] as const;

/** Types are read as a whole. */
const whole: ReadonlySet<string> = new Set(['neurons', 'synapses']);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two values are the same JSON, members in any order. */
function areAlike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, k) => areAlike(one, b[k]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && areAlike(a[key], b[key]))
  );
}

/** Members of `one` that `other` has not, `null` for those that it lacks. Lists are members as a whole. */
function membersOf(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
  short?: (key: string, value: unknown) => unknown,
): Record<string, unknown> {
  const gone = Object.keys(other).flatMap((key) => (one[key] === undefined ? [[key, null] as const] : []));
  const members = Object.entries(one).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const there = Object.hasOwn(other, key) ? other[key] : undefined;
    if (value === undefined || areAlike(value, there)) return [];
    if (short !== undefined) return [[key, short(key, value)]];
    return [[key, isRecord(value) && isRecord(there) ? membersOf(value, there) : value]];
  });
  return Object.fromEntries([...gone, ...members]);
}

/** What a model has otherwise than another. */
export function differenceOf(one: Model, other: Model): Difference {
  const forms = hashedForm(one).model;
  /** A type without what has its default. */
  const shortType =
    (section: string) =>
    (name: string, type: unknown): unknown => {
      const types = forms[section];
      const form = isRecord(types) ? types[name] : undefined;
      const claim = isRecord(type) ? type['conformsTo'] : undefined;
      return isRecord(form) ? { ...form, ...(claim === undefined ? {} : { conformsTo: claim }) } : type;
    };
  const parts = compared.flatMap((key): readonly (readonly [string, unknown])[] => {
    const [a, b]: readonly unknown[] = [one[key], other[key]];
    if (areAlike(a, b)) return [];
    return [[key, isRecord(a) && isRecord(b) ? membersOf(a, b, whole.has(key) ? shortType(key) : undefined) : a]];
  });
  const made = withDifference(other, Object.fromEntries(parts)) as Model;
  const order = ordered.flatMap((key) => {
    const names = Object.keys(one[key]);
    return names.join('\n') === Object.keys(made[key]).join('\n') ? [] : [[key, names] as const];
  });
  return Object.fromEntries([...(order.length === 0 ? [] : [['order', Object.fromEntries(order)] as const]), ...parts]);
}

/** A value with members as a difference has them. */
function patched(own: unknown, change: unknown, depth: number): unknown {
  if (!isRecord(change) || !isRecord(own) || depth === 0) return change;
  const kept = Object.entries(own).filter(([key]) => !Object.hasOwn(change, key));
  const changed = Object.entries(change).flatMap(([key, value]): readonly (readonly [string, unknown])[] =>
    value === null ? [] : [[key, patched(Object.hasOwn(own, key) ? own[key] : undefined, value, depth - 1)]],
  );
  return Object.fromEntries([...kept, ...changed]);
}

/** Members deeper down are put in as they are. */
const deepest = 50;

/**
 * A document with a difference put in: what may be none, since differences that are read can be anything.
 *
 * @param change  members of other names are left out
 */
export function withDifference(model: Model, change: Difference): unknown {
  const order: Readonly<Record<string, unknown>> = isRecord(change.order) ? change.order : {};
  return Object.fromEntries(
    Object.entries(model).map(([key, own]: readonly [string, unknown]) => {
      if (!compared.some((one) => one === key)) return [key, own];
      const made: unknown = Object.hasOwn(change, key) ? changed(key, own, change[key as keyof Model]) : own;
      return [key, Object.hasOwn(order, key) ? inOrder(made, order[key]) : made];
    }),
  );
}

/** A section of a model with a difference put in. */
function changed(key: string, own: unknown, part: unknown): unknown {
  if (!whole.has(key) || !isRecord(part) || !isRecord(own)) return patched(own, part, deepest);
  // Types are put in as they are.
  return Object.fromEntries(Object.entries({ ...own, ...part }).filter(([, type]) => type !== null));
}

function inOrder(parts: unknown, names: unknown): unknown {
  if (!isRecord(parts) || !Array.isArray(names)) return parts;
  const all = new Set([...names.map(String), ...Object.keys(parts)]);
  return Object.fromEntries([...all].flatMap((name) => (Object.hasOwn(parts, name) ? [[name, parts[name]]] : [])));
}
