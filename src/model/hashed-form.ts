import { commentsKey } from './comments.js';
import type {
  Compartments,
  ConnectionRule,
  DerivedVariable,
  Derivative,
  End,
  EquationSet,
  EventDefinition,
  Input,
  Mechanism,
  Model,
  NeuronType,
  Operation,
  Parameter,
  Pathway,
  Population,
  Projection,
  Refractory,
  Regime,
  Section,
  StateVariable,
  Stimulus,
  LocalEvent,
  SynapseType,
} from './model.js';

/** Returns the order of a pathway that does not state one: the presynaptic side comes first. */
export function defaultPathwayOrder(on: string): number {
  return on.startsWith('post.') ? 1 : -1;
}

/** A tree that is hashed: the normalised form, in three parts, without members that have their defaults. */
interface HashedForm {
  readonly model: Readonly<Record<string, unknown>>;
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * Splits a model into the parts of its three hashes and leaves out every default. A key that a later version adds gets
 * its default here, so that no hash changes.
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
        neurons: mapValues(model.neurons, neuron),
        synapses: mapValues(model.synapses, synapse),
        tables: model.tables,
        populations: mapValues(model.populations, population),
        projections: mapValues(model.projections, projection),
        stimuli: mapValues(model.stimuli, stimulus),
        operations: mapValues(model.operations, operation),
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

function claim(type: NeuronType | SynapseType): unknown {
  return type.conformsTo;
}

function neuron(type: NeuronType): object {
  const { conformsTo: _claim, inputs, events, regimes, compartments, ...rest } = type;
  return without(
    {
      ...equationSet(rest),
      ...(compartments ? { compartments: structure(compartments) } : {}),
      inputs: mapValues(inputs, input),
      events: mapValues(events, event),
      regimes: mapValues(regimes, regime),
    },
    { ...emptyEquations, inputs: {}, events: {}, regimes: {} },
  );
}

function synapse(type: SynapseType): object {
  const { conformsTo: _claim, pathways, events, ...rest } = type;
  return without(
    { ...equationSet(rest), pathways: mapValues(pathways, pathway), events: mapValues(events ?? {}, localEvent) },
    { ...emptyEquations, pathways: {}, events: {}, contributes: {}, summed: {}, ports: {} },
  );
}

function structure(value: Compartments): object {
  return without(
    { ...value, sections: mapValues(value.sections, section), mechanisms: mapValues(value.mechanisms, mechanism) },
    { groups: {}, ions: {}, mechanisms: {}, initial: 0 },
  );
}

const section = (value: Section): object => without(value, { divisions: 1 });
const mechanism = ({ events, ...value }: Mechanism): object =>
  without(
    { ...equationSet(value), events: mapValues(events ?? {}, localEvent) },
    { ...emptyEquations, density: true, reads: [], writes: {}, events: {} },
  );

const emptyEquations = {
  parameters: {},
  state: {},
  derived: {},
  derivatives: {},
  noise: [],
  method: 'auto',
  sequence: [],
};

function equationSet(type: EquationSet): object {
  return {
    ...type,
    parameters: mapValues(type.parameters, parameter),
    state: mapValues(type.state, state),
    derived: mapValues(type.derived, derived),
    derivatives: mapValues(type.derivatives, derivative),
  };
}

const parameter = (value: Parameter): object => without(value, { type: 'real', shared: false });
const state = (value: StateVariable): object => without(value, { type: 'real', shared: false, initial: 0 });
const derived = (value: DerivedVariable): object => without(value, { type: 'real', shared: false, held: false });
const derivative = (value: Derivative): object => without(value, { eventDriven: false });
const input = (value: Input): object => without(value, { reduce: 'sum' });
const refractory = (value: Refractory): object =>
  without(value, { rate: [], writes: 'allow', suppress: true, evaluated: 'atEvent' });

function event(value: EventDefinition): object {
  const { refractory: dead, ...rest } = value;
  return without({ ...rest, ...(dead ? { refractory: refractory(dead) } : {}) }, { edge: 'level', do: [], order: 0 });
}

function regime(value: Regime): object {
  return without(
    { ...value, derivatives: mapValues(value.derivatives, derivative) },
    { initial: false, derivatives: {}, order: [], onEntry: [], transitions: [] },
  );
}

const localEvent = (value: LocalEvent): object => without(value, { edge: 'level', do: [], order: 0 });

function pathway(value: Pathway): object {
  return without(value, { delay: 0, order: defaultPathwayOrder(value.on), do: [] });
}

const population = (value: Population): object => without(value, { values: {}, linked: {}, order: 0 });

function projection(value: Projection): object {
  const { from, to, connect, ...rest } = value;
  return without(
    { ...rest, from: end(from), to: end(to), connect: connect.map(rule) },
    { receptors: {}, values: {}, delays: {}, order: 0, connect: [] },
  );
}

const end = (value: End): object => without(value, { event: 'spike' });
const rule = (value: ConnectionRule): object =>
  without(value, { self: true, condition: null, copies: 1, replace: false, skipInvalid: false, n: null });
const stimulus = (value: Stimulus): object => without(value, { attached: true, order: 0 });
const operation = (value: Operation): object => without(value, { order: 0 });

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
