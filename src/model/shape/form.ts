/**
 * Forms of the values in a document, from which `scripts/build-schemas.mjs` writes the JSON Schema, the validator and
 * the types of documents. Sentences describe a value in the schema, in editors and in the reference.
 */

/** A node of JSON Schema. */
export type Node = Readonly<Record<string, unknown>>;

/** A value of a document: its form, and what the object that has it needs to know. */
export interface Slot {
  readonly node: Node;
  readonly required?: true;
}

/** Members of an object, by key. */
export type Slots = Readonly<Record<string, Slot>>;

/** Returns a form that JSON Schema states. */
export const form = (node: Node, says?: string): Slot => ({
  node: says === undefined || says === '' ? node : { ...node, description: says },
});

/** Marks a member that the object must have. */
export const need = (slot: Slot): Slot => ({ ...slot, required: true });

type Plain = (says?: string, range?: Node) => Slot;
const plain =
  (type: string): Plain =>
  (says, range = {}) =>
    form({ type, ...range }, says);
/** Text. */
export const text = plain('string');
/** True or false. */
export const flag = plain('boolean');
/** A whole number. */
export const whole = plain('integer');
/** A number without a unit. */
export const number = plain('number');
/** A map of any content. */
export const anything = plain('object');

/** Returns a form with values of one of several types. */
export const scalar = (types: readonly string[], says?: string): Slot =>
  form({ type: types.length === 1 ? types[0] : types }, says);
/** Returns a form with certain texts as values. */
export const oneOf = (values: readonly string[], says?: string): Slot => form({ enum: values }, says);
/** Returns a form with one value. */
export const only = (value: string | number | true, says?: string): Slot => form({ const: value }, says);
/** Returns a list of parts. */
export const list = ({ node }: Slot, says?: string): Slot => form({ type: 'array', items: node }, says);

/** Returns the form of a definition. */
export const to = (definition: string, says?: string): Slot => form({ $ref: `#/$defs/${definition}` }, says);

/**
 * Adds the value that an absent member stands for, and states it in the sentence. Hashes leave members with this value
 * out.
 */
export function usually(value: string | number | boolean, { node, ...slot }: Slot): Slot {
  const { description } = node;
  const says = typeof description === 'string' && { description: description.replace(/\.$/, `; default: ${value}.`) };
  return { ...slot, node: { ...node, default: value, ...says } };
}

/** Marks a map or list as empty if absent. Hashes leave empty ones out. */
export const orEmpty = ({ node, ...slot }: Slot): Slot => ({
  ...slot,
  node: { ...node, default: node['type'] === 'object' ? {} : [] },
});

/** Returns references to a definition. */
const reference =
  (definition: string): ((says?: string) => Slot) =>
  (says) =>
    to(definition, says);
export const array = reference('array');
export const count = reference('count');
export const hostDraw = reference('hostDraw');
export const expression = reference('expression');
export const id = reference('id');
export const places = reference('places');
export const quantity = reference('quantity');
export const selection = reference('selection');
export const slot = reference('slot');
export const statements = reference('statements');
export const unit = reference('unit');
export const value = reference('value');
export const valueType = reference('valueType');

/** Returns a map of parts by name. `keys`: the form of the names; null for any. */
export const map = ({ node }: Slot, says?: string, keys: Slot | null = id()): Slot =>
  form({ type: 'object', ...(keys && { propertyNames: keys.node }), additionalProperties: node }, says);

/** Returns an object with certain members. `others`: form of members with other keys, which are allowed then. */
export function object(
  says: string,
  slots: Slots,
  { others, ...more }: { others?: Slot; minProperties?: 1 } = {},
): Slot {
  const required = Object.entries(slots).flatMap(([key, slot]) => (slot.required ? [key] : []));
  return form(
    {
      type: 'object',
      ...more,
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(Object.entries(slots).map(([key, { node }]) => [key, node])),
      additionalProperties: others?.node ?? false,
    },
    says,
  );
}

/** Returns an object without a sentence of its own. */
export const record = (slots: Slots): Slot => object('', slots);

/** Returns objects that a member tells apart. */
export const union = (says: string, tag: string, ...members: readonly Slot[]): Slot =>
  form(
    {
      type: 'object',
      required: [tag],
      discriminator: { propertyName: tag },
      oneOf: members.map(({ node }) => node),
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
export function choice(says: string, first: readonly string[] | Branch, ...others: readonly Branch[]): Slot {
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
