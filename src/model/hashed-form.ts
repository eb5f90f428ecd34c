import { oncePerObject } from '../diagnostics/memoise.js';
import { sideOf } from '../lang/reference.js';
import { commentsKey } from './comments.js';
import type { ConnectionRule, Model, NeuronType, Pathway, Stimulus, SynapseType } from './model.js';
import { neuron } from './shape/cells.js';
import { connectionRules } from './shape/connections.js';
import { operation, stimuli } from './shape/drives.js';
import type { Reading, Slots } from './shape/form.js';
import { population } from './shape/populations.js';
import { projection } from './shape/projections.js';
import { phases, recordings } from './shape/protocol.js';
import { selections } from './shape/selections.js';
import { pathway, synapse } from './shape/synapses.js';
import { hostDraw } from './shape/values.js';
import { isDrawn, phaseKind, recordingKind, selectionKind } from './tagged.js';

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
        neurons: mapValues(model.neurons, (type) => bare(neuron)(unclaimed(type))),
        synapses: mapValues(model.synapses, (type) => bare(synapse)(unclaimed(type))),
        tables: model.tables,
        populations: mapValues(model.populations, bare(population.reading.slots)),
        projections: mapValues(model.projections, bare(projection.reading.slots)),
        stimuli: bareValue({ as: 'map', of: { as: 'stimuli' } }, model.stimuli),
        operations: mapValues(model.operations, bare(operation)),
      },
      { neurons: {}, synapses: {}, tables: {}, populations: {}, projections: {}, stimuli: {}, operations: {} },
    ),
    experiment: without(
      {
        timing: model.timing,
        clocks: model.clocks,
        ...model.experiment,
        protocol: bareValue({ as: 'phases' }, model.experiment.protocol),
      },
      { clocks: {}, protocol: [] },
    ),
    document: without(
      {
        name: model.name,
        metadata: model.metadata,
        parameters: model.parameters,
        recordings: bareValue({ as: 'recordings' }, model.recordings),
        annotations,
        conformsTo,
      },
      { metadata: {}, parameters: {}, recordings: [], annotations: {}, conformsTo: {} },
    ),
  };
}

const claim = (type: NeuronType | SynapseType): unknown => type.conformsTo;

/** Members of objects that have several kinds, by how they are read. */
const slotsByKind: Partial<Readonly<Record<Reading['as'], (part: never) => Slots | undefined>>> = {
  connections: ({ rule }: ConnectionRule) => connectionRules[rule].reading.slots,
  phases: (phase: object) => phases[phaseKind(phase)],
  recordings: (recording: object) => recordings[recordingKind(recording)],
  selection: (rule: object) => selections[selectionKind(rule)],
  stimuli: ({ kind }: Stimulus) => stimuli[kind].reading.slots,
  value: (value: unknown) => (isDrawn(value) ? hostDraw.reading.slots : undefined),
};

/** Returns a value of the normal form without the defaults of the objects in it. */
function bareValue(reading: Reading | undefined, value: unknown): unknown {
  if (reading === undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const of = reading.as === 'list' ? reading.of : reading;
    return typeof value[0] === 'object' ? value.map((item) => bareValue(of, item)) : value;
  }
  if (reading.as === 'map') return mapValues(value as Record<string, unknown>, (item) => bareValue(reading.of, item));
  const slots = reading.as === 'object' ? reading.slots : slotsByKind[reading.as]?.(value as never);
  return slots ? bare(slots)(value) : value;
}

/** Returns the defaults of members, of which some are those of the normal form alone. */
const defaultsOf = oncePerObject((slots: Slots): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    Object.entries(slots).flatMap(([key, { node }]) => (node['default'] === undefined ? [] : [[key, node['default']]])),
  ),
  ...(slots === projection.reading.slots && { connect: [] }),
  ...(ruleSlots.has(slots) && { condition: null, replace: false, n: null }),
}));
const ruleSlots = new Set<Slots>(Object.values(connectionRules).map(({ reading }) => reading.slots));

/** Returns a change that leaves out the defaults of an object. */
const bare =
  (slots: Slots) =>
  (value: object): object => {
    const made: Record<string, unknown> = {};
    for (const [key, member] of Object.entries(value) as readonly [string, unknown][])
      made[key] = bareValue(Object.hasOwn(slots, key) ? slots[key]?.reading : undefined, member);
    const usual = defaultsOf(slots);
    return without(made, slots === pathway ? { ...usual, order: defaultPathwayOrder((value as Pathway).on) } : usual);
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
