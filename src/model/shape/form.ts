/**
 * Forms of the values in a document, from which `scripts/build-schemas.mjs` writes the JSON Schema, the validator and
 * the types of documents. Sentences describe a value in the schema, in editors and in the reference. A form with a
 * reading also gives the normal form: its types (`normal-form.ts`), its reader (`normalise/members.ts`) and the
 * code that the typed form parses (`typed-model.ts`).
 */

import type { Dimension, ValueType } from '../../lang/ast.js';
import type { ArrayValue } from '../equations.js';

/** A node of JSON Schema. */
export type Node = Readonly<Record<string, unknown>>;

/** What messages call a member: a phrase, perhaps with the name of the object. */
export type What = string | ((name: string) => string);

/** How a member is read into the normal form; `what` names it in messages. Other members are kept as written. */
export type Reading =
  /** A literal from 0 to `most` as a number, other expressions as text. */
  | { readonly as: 'amount'; readonly what: What; readonly type: ValueType; readonly most: number }
  | { readonly as: 'expression'; readonly what: What; readonly type: ValueType }
  /** An expression; null if it always holds. */
  | { readonly as: 'condition'; readonly what: What }
  /** A quantity that is known now, in SI: above 0 if `positive`, else from 0 to `most`. */
  | {
      readonly as: 'quantity';
      readonly what: What;
      readonly dimension: Dimension;
      readonly positive?: true;
      readonly most?: number;
    }
  | { readonly as: 'count'; readonly what: What }
  /** `forAll`: they may write variables with one value for all elements. */
  | { readonly as: 'statements'; readonly what: What; readonly forAll?: true }
  | { readonly as: 'object'; readonly slots: Slots }
  | { readonly as: 'list'; readonly of: Reading }
  | { readonly as: 'map'; readonly of: Reading }
  | { readonly as: OwnKind };

/** Kinds of values in `normal-form.ts` that the normaliser of the object reads itself. */
export type OwnKind =
  | ('connections' | 'draw' | 'event' | 'phases' | 'places' | 'positions' | 'recordings' | 'selection' | 'spikes')
  | ('stimuli' | 'sums' | 'train' | 'value');

/** A value of a document: its form, and what the object that has it needs to know. */
export interface Slot<out Kind = unknown, out Present extends boolean = boolean> {
  readonly node: Node;
  readonly required?: true;
  readonly reading?: Reading;
  /** Whether the normaliser of the object reads the member itself. */
  readonly own?: true;
  /** The value that the normal form has if the member is absent or wrong. */
  readonly otherwise?: unknown;
  /** Whether the normal form leaves this value out. */
  readonly omitted?: true;
  /** Kind of the value in the normal form, and whether it is always there; for types only. */
  readonly kind?: Kind;
  readonly present?: Present;
}

/** Lists of values of a kind. */
export interface List<K> {
  readonly list: K;
}

/** Maps of values of a kind, by name. */
export interface MapOf<K> {
  readonly map: K;
}

/** Values of a kind that both forms keep as written. */
export interface Kept<T> {
  readonly kept: T;
}

/** Members of an object, by key. */
export type Slots = Readonly<Record<string, Slot>>;

/** Returns a form that JSON Schema states. */
export const form = <K>(node: Node, says?: string): Slot<K, false> => ({
  node: says === undefined || says === '' ? node : { ...node, description: says },
});

/** Marks a member that the object must have. */
export const need = <K>(slot: Slot<K>): Slot<K, true> => ({ ...slot, required: true }) as Slot<K, true>;

type Plain<T> = (says?: string, range?: Node) => Slot<Kept<T>, false>;
const plain =
  <T>(type: string): Plain<T> =>
  (says, range = {}) =>
    form({ type, ...range }, says);
/** Text. */
export const text = plain<string>('string');
/** True or false. */
export const flag = plain<boolean>('boolean');
/** A whole number. */
export const whole = plain<number>('integer');
/** A number without a unit. */
export const number = plain<number>('number');
/** A map of any content. */
export const anything = plain<Readonly<Record<string, unknown>>>('object');

/** Returns a form with values of one of several types. */
export const scalar = <K>(types: readonly string[], says?: string): Slot<K, false> =>
  form({ type: types.length === 1 ? types[0] : types }, says);
/** Returns a form with certain texts as values. */
export const oneOf = <const T extends string>(values: readonly T[], says?: string): Slot<Kept<T>, false> =>
  form({ enum: values }, says);
/** Returns a form with one value. */
export const only = <const T extends string | number | true>(value: T, says?: string): Slot<Kept<T>, false> =>
  form({ const: value }, says);
/** Returns a list of parts. */
export const list = <K>({ node, reading }: Slot<K>, says?: string): Slot<List<K>, false> => ({
  ...form({ type: 'array', items: node }, says),
  ...(reading && { reading: { as: 'list', of: reading } }),
});

/** Returns the form of a definition. */
export const to = <K>(definition: string, says?: string): Slot<K, false> =>
  form({ $ref: `#/$defs/${definition}` }, says);

/** Adds the value that the normal form has if the member is absent or wrong. Hashes do not leave this value out. */
export const otherwise = <K>(value: string | number | boolean | object, slot: Slot<K>): Slot<K, true> =>
  ({ ...slot, otherwise: value }) as Slot<K, true>;

/** Marks a member that is null in the normal form if it is absent or wrong. */
export const orNull = <K>(slot: Slot<K>): Slot<K | null, true> =>
  ({ ...slot, otherwise: null }) as Slot<K | null, true>;

/** Marks a member whose usual value the normal form leaves out. */
export const omitted = <K>(slot: Slot<K>): Slot<K, false> => ({ ...slot, omitted: true }) as Slot<K, false>;

/**
 * Adds the value that an absent member stands for, and states it in the sentence. Hashes leave members with this value
 * out.
 */
export function usually<K>(value: string | number | boolean, { node, ...slot }: Slot<K>): Slot<K, true> {
  const { description } = node;
  const says = typeof description === 'string' && { description: description.replace(/\.$/, `; default: ${value}.`) };
  return otherwise(value, { ...slot, node: { ...node, default: value, ...says } });
}

/** Marks a map or list as empty if absent. Hashes leave empty ones out. */
export function orEmpty<K>({ node, ...slot }: Slot<K>): Slot<K, true> {
  const empty = node['type'] === 'object' ? {} : [];
  return otherwise(empty, { ...slot, node: { ...node, default: empty } });
}

/** Returns references to a definition. */
const reference =
  <K>(definition: string): ((says?: string) => Slot<K, false>) =>
  (says) =>
    to(definition, says);
export const array = reference<Kept<ArrayValue>>('array');
export const count = reference('count');
export const expression = reference('expression');
export const id = reference<Kept<string>>('id');
export const quantity = reference('quantity');
export const selection = reference('selection');
export const slot = reference<'slot'>('slot');
export const statements = reference('statements');
export const unit = reference<Kept<string>>('unit');
export const value = reference('value');
export const valueType = reference<Kept<ValueType>>('valueType');

// --- Members with a reading; `what` names them in messages -----------------------------------------------------------

/** Adds a reading to a form. */
const read = <K extends string>(reading: Reading & { readonly as: K }, { node }: Slot): Slot<K, false> => ({
  node,
  reading,
});

/** A probability. */
export const chance = (what: What, says?: string): Slot<'amount', false> =>
  read({ as: 'amount', what, type: 'real', most: 1 }, expression(says));
/** A whole number that is not negative, which may be an expression of the pair or element. */
export const amount = (what: What, says?: string): Slot<'amount', false> =>
  read({ as: 'amount', what, type: 'integer', most: Infinity }, expression(says));
/** A whole number that is not negative and is known now. */
export const known = (what: What, says?: string): Slot<'count', false> => read({ as: 'count', what }, count(says));
/** An integer expression. */
export const integer = (what: What, says?: string): Slot<'expression', false> =>
  read({ as: 'expression', what, type: 'integer' }, expression(says));
/** A real expression, in the unit of its place. */
export const real = (what: What, says?: string): Slot<'expression', false> =>
  read({ as: 'expression', what, type: 'real' }, expression(says));
/** A condition in the given form. */
export const condition = (what: What, form: Slot): Slot<'condition' | null, true> =>
  orNull(read({ as: 'condition', what }, form));
/** A quantity that is known now. */
export const measured = (
  what: What,
  dimension: Dimension,
  says?: string,
  range: { readonly positive?: true; readonly most?: number } = {},
): Slot<'quantity', false> => read({ as: 'quantity', what, dimension, ...range }, quantity(says));
/** A condition on the variables of an element. */
export const truth = (what: What, says?: string): Slot<'expression', false> =>
  read({ as: 'expression', what, type: 'boolean' }, expression(says));
/** Statements. */
export const code = (what: What, more: { readonly forAll?: true } = {}): Slot<'statements', false> =>
  read({ as: 'statements', what, ...more }, statements());
/** Returns a map of parts by name. `keys`: the form of the names; null for any. */
export const map = <K>({ node, reading }: Slot<K>, says?: string, keys: Slot | null = id()): Slot<MapOf<K>, false> => ({
  ...form({ type: 'object', ...(keys && { propertyNames: keys.node }), additionalProperties: node }, says),
  ...(reading && { reading: { as: 'map', of: reading } }),
});

/** An object of the normal form, by its members. */
export interface Shape<S> {
  readonly slots: S;
}
/** The form of an object. */
export interface ObjectSlot<S extends Slots = Slots> extends Slot<Shape<S>, false> {
  readonly reading: { readonly as: 'object'; readonly slots: S };
}

/** Returns an object with certain members. `others`: form of members with other keys, which are allowed then. */
export function object<S extends Slots>(
  says: string,
  slots: S,
  { others, ...more }: { others?: Slot; minProperties?: 1 } = {},
): ObjectSlot<S> {
  const required = Object.entries(slots).flatMap(([key, slot]) => (slot.required ? [key] : []));
  const { node } = form(
    {
      type: 'object',
      ...more,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(Object.entries(slots).map(([key, { node }]) => [key, node])),
      additionalProperties: others?.node ?? false,
    },
    says,
  );
  return { node, reading: { as: 'object', slots } };
}

/** Returns the form of a definition, with the members of its object. */
export const part = <S extends Slots>(definition: string, slots: S): ObjectSlot<S> => ({
  ...to(definition),
  reading: { as: 'object', slots },
});

/** Returns an object without a sentence of its own. */
export const record = <S extends Slots>(slots: S): ObjectSlot<S> => object('', slots);

/** Returns objects that a member tells apart, by its values. */
export const union = (says: string, tag: string, members: Readonly<Record<string, ObjectSlot>>): Slot =>
  form(
    {
      type: 'object',
      required: [tag],
      discriminator: { propertyName: tag },
      oneOf: Object.entries(members).map(([name, { node, reading }]) => {
        const { description, additionalProperties: others } = node;
        const more = others === false ? {} : { others: { node: others as Node } };
        return object(String(description), { [tag]: need(only(name)), ...reading.slots }, more).node;
      }),
    },
    says,
  );

/** A form, and the condition under which a value is meant to have it; absent: otherwise. */
interface Branch extends Slot {
  readonly if?: Node;
  readonly types?: readonly string[];
}
/** Returns the branch of values of certain types. */
export const when = (types: readonly string[], { node }: Slot): Branch => ({
  types,
  if: { type: types.length === 1 ? types[0] : types },
  node,
});
/** Returns the branch of lists. */
export const items = (slot: Slot): Branch => when(['array'], slot);
/** Returns the branch of maps that have a key. */
export const has = (key: string, { node }: Slot): Branch => ({ if: { required: [key] }, node });

/**
 * Returns a choice between forms: the first whose condition holds, else the last. A list of types allows any of them.
 */
export function choice<K>(
  says: string,
  first: readonly string[] | Branch,
  ...others: readonly Branch[]
): Slot<K, false> {
  const branches = [first instanceof Array ? when(first, form({})) : first, ...others];
  const types = branches.flatMap(({ types, node }) => types ?? node['type'] ?? 'object');
  const chain = branches.reduceRight<Node>((rest, { if: condition, node }) => {
    if (condition === undefined) return node;
    return { if: condition, then: Object.keys(node).length === 0 ? true : node, else: rest };
  }, {});
  return form({ type: [...new Set(types)], ...chain }, says);
}

/** Order of an action among those of its slot. */
export const order = usually(0, whole('Order within a slot.'));
/** Place along a section. */
export const fraction = number('Place along the section: 0 at its start, 1 at its end.');

/** Marks a member that the normaliser of the object reads itself. */
export const own = <K>({ node, reading }: Slot<K>): Slot<K, false> => ({
  node,
  ...(reading && { reading }),
  own: true,
});
/** Marks a member that the normal form always has. */
export const always = <K>(slot: Slot<K>): Slot<K, true> => slot as Slot<K, true>;
/** Marks a short form of other members, which the normal form does not have. */
export const shorthand = ({ node }: Slot): Slot<never, false> => ({ node, own: true });

/** Returns a member with values of a kind of the normal form. */
export const kind = <K extends OwnKind>(as: K, { node }: Slot): Slot<K, false> => ({
  node,
  reading: { as },
  own: true,
});
/** A value for each element. */
export const valueEach = (says?: string): Slot<'value', false> => kind('value', value(says));
/** A draw by a named generator. */
export const hostDraw = (says?: string): Slot<'draw', false> => kind('draw', to('hostDraw', says));
/** Elements of populations, or synapses. */
export const elements = (says?: string): Slot<'selection', false> => kind('selection', selection(says));
/** One place on cells with structure, or one for each element. */
export const placed = { section: own(id()), fraction: own(fraction), places: kind('places', to('places')) };
