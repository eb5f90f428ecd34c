import { sideOf } from '../lang/reference.js';
import { commentsKey } from './comments.js';
import { defaults } from './defaults.generated.js';
import type { Model, NeuronType, Pathway, SynapseType } from './model.js';

/** Returns the order of a pathway that does not state one: the presynaptic side comes first. */
export function defaultPathwayOrder(on: string): number {
  return sideOf(on) === 'post' ? 1 : -1;
}

/** A tree that is hashed: the normalised form, in three parts, without members that have their defaults. */
interface HashedForm {
  readonly model: Readonly<Record<string, unknown>>;
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * Splits a model into the parts of its three hashes and leaves out every default. A key that a later version adds gets
 * its default in `shape/`, so that no hash changes.
 */
export function hashedForm(model: Model): HashedForm {
  const { [commentsKey]: _comments, ...annotations } = model.annotations;
  const conformsTo = without(
    { neurons: mapValues(model.neurons, claim), synapses: mapValues(model.synapses, claim) },
    { neurons: {}, synapses: {} },
  );
  return {
    model: without(
      {
        neurons: mapValues(model.neurons, (type) => bare('neuron')(unclaimed(type))),
        synapses: mapValues(model.synapses, (type) => bare('synapse')(unclaimed(type))),
        tables: model.tables,
        populations: mapValues(model.populations, bare('population')),
        projections: mapValues(model.projections, bare('projection')),
        stimuli: mapValues(model.stimuli, bare('stimulus')),
        operations: mapValues(model.operations, bare('operation')),
      },
      { neurons: {}, synapses: {}, tables: {}, populations: {}, projections: {}, stimuli: {}, operations: {} },
    ),
    experiment: without(
      { timing: model.timing, clocks: model.clocks, ...model.experiment },
      { clocks: {}, protocol: [] },
    ),
    document: without(
      {
        name: model.name,
        metadata: model.metadata,
        parameters: model.parameters,
        recordings: model.recordings,
        annotations,
        conformsTo,
      },
      { metadata: {}, parameters: {}, recordings: [], annotations: {}, conformsTo: {} },
    ),
  };
}

const claim = (type: NeuronType | SynapseType): unknown => type.conformsTo;

/** The name of a definition that has defaults, itself or in its parts. */
type Shape = keyof typeof defaults;

interface Defaults {
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The definition of a member (`of`), or of each part of a map (`each`). */
  readonly parts: Readonly<Record<string, { readonly of?: Shape; readonly each?: Shape }>>;
}

/** Defaults of the normal form alone: the document has others there, or none. */
const ownDefaults: Readonly<Partial<Record<Shape, Readonly<Record<string, unknown>>>>> = {
  connections: { condition: null, replace: false, n: null },
  projection: { connect: [] },
};

/** Returns a change that leaves out the defaults of an object, or of each object of a list. */
const bare =
  (shape: Shape) =>
  (value: object): object => {
    if (Array.isArray(value)) return value.map(bare(shape));
    const { defaults: usual, parts }: Defaults = defaults[shape];
    const members = Object.entries(value).map(([key, member]: [string, unknown]) => {
      const { of, each } = parts[key] ?? {};
      if (typeof member !== 'object' || member === null) return [key, member];
      return [key, of ? bare(of)(member) : each ? mapValues(member as Record<string, object>, bare(each)) : member];
    });
    const order = shape === 'pathway' && { order: defaultPathwayOrder((value as Pathway).on) };
    return without(Object.fromEntries(members) as object, { ...usual, ...ownDefaults[shape], ...order });
  };

/** Returns a type without its claim to equal a type of the library. */
const unclaimed = ({ conformsTo: _claim, ...type }: NeuronType | SynapseType): object => type;

/** Returns `value` without absent members and without members that equal their default. */
function without(value: object, defaults: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, member]) => member !== undefined && !(Object.hasOwn(defaults, key) && isDefault(member, defaults[key])),
    ),
  );
}

/** Checks whether a member equals its default: a scalar, or an empty list or map. */
function isDefault(member: unknown, usual: unknown): boolean {
  if (usual !== null && typeof usual === 'object')
    return member !== null && typeof member === 'object' && Object.keys(member).length === 0;
  return member === usual;
}

/** Returns the map with every value changed by `change`; values that become undefined are left out. */
function mapValues<V>(map: Readonly<Record<string, V>>, change: (value: V) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map)
      .map(([key, value]) => [key, change(value)] as const)
      .filter(([, value]) => value !== undefined),
  );
}
