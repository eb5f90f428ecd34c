import { Diagnostics } from '../diagnostics/diagnostic.js';
import type { Positions } from '../diagnostics/positions.js';
import type { MetadataDocument, ModelDocument, PhaseDocument } from './document.generated.js';
import { messages } from './messages.js';
import type { DataStore, Id, Metadata, Model, Phase, ValidModel } from './model.js';
import { resolveConstants } from './normalise/constants.js';
import { createContext, type Context } from './normalise/context.js';
import {
  currentTarget,
  normaliseClock,
  normaliseOperation,
  normaliseStimulus,
  normaliseTable,
} from './normalise/drives.js';
import { positiveQuantity } from './normalise/literals.js';
import { madeOf } from './normalise/members.js';
import { checkIds, secondUnit, type Names } from './normalise/names.js';
import { normaliseNeuron, type NeuronInfo } from './normalise/neurons.js';
import { applyOverrides, givenDuration, givenParameter, withDuration, type Overrides } from './normalise/options.js';
import { declarePopulation, normalisePopulation } from './normalise/populations.js';
import {
  declareProjection,
  endsOf,
  normaliseProjection,
  type DeclaredProjection,
  matrixOf,
} from './normalise/projections.js';
import { normaliseProtocol, type ProtocolNames } from './normalise/protocol.js';
import { normaliseRecordings } from './normalise/recordings.js';
import type { Elements, PopulationInfo } from './normalise/selections.js';
import {
  declareSynapse,
  normaliseSynapse,
  synapseScopes,
  type DeclaredSynapse,
  type EndInfo,
  type Ends,
  type SynapseInfo,
} from './normalise/synapses.js';
import type { Matrix } from './normalise/values.js';
import { child } from './pointer.js';
import { remarks, rules } from './rules/rules.js';
import { reportSchemaErrors } from './schema/schema-findings.js';
import { validate } from './schema-validator.generated.js';

/** Options besides the document. */
export interface NormaliseOptions extends Overrides {
  /** Large arrays that the document refers to by digest; absent: they are not looked into. */
  readonly data?: DataStore;
  /** Warns of names that could be taken for units: the document is one that a person wrote. */
  readonly warnsOfUnits?: boolean;
  /** Codes of warnings that the importer has already given in the notation's own terms. */
  readonly reported?: readonly string[];
}

const schema = { schema: 'schemas/model.schema.json', stage: 'model' };

/**
 * Validates a model document and brings it to its normal form: schema, then names, units, dimensions and references,
 * then the rules on the whole.
 *
 * The normal form is itself a document, and normalising it again has no effect.
 *
 * @param document  a tree of plain values, in the document form or in the normal form
 * @param positions  places of its nodes
 * @param diagnostics  receives all findings: `model/…`, and `lang/…` for expressions
 * @returns the valid model, or null if there are errors
 */
export function normalise(
  document: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
  options: NormaliseOptions = {},
): ValidModel | null {
  const known = checkSchema(document, positions, diagnostics);
  if (!known) return null;
  const given = applyOverrides(known.document, withOptionPlaces(positions, options), options);
  const context = createContext(
    given.positions,
    diagnostics,
    options.data,
    (pointer) => options.warnsOfUnits === true || pointer === '/--duration' || given.isGiven(pointer),
    options.reported,
  );
  for (const { key, place } of given.unknown) {
    diagnostics.add(
      messages.unknownReference('population or projection', key, [
        ...Object.keys(known.document.populations ?? {}),
        ...Object.keys(known.document.projections ?? {}),
      ]),
      place,
    );
  }
  const model = build(context, given.document, given.constants, options.duration);
  const looked = withBareMaps(model);
  for (const rule of rules) rule(looked, context);
  if (!known.whole || given.unknown.length > 0 || context.errorCount() > 0) return null;
  for (const remark of remarks) remark(model, context);
  return { model, data: context.store() };
}

/** Checks and normalises one phase that is added to a protocol; null after an error. */
export type PhaseCheck = (phase: unknown, stored: readonly string[], diagnostics: Diagnostics) => Phase | null;

/**
 * Returns a check of phases that are added to a valid model, by the rules for the phases of its document. The names of
 * the model are looked up once.
 */
export function phaseCheck({ model, data }: ValidModel): PhaseCheck {
  const document = model as ModelDocument;
  const positions: Positions = { place: (pointer) => ({ document: 'the call', pointer }) };
  const parts = createContext(positions, new Diagnostics(), data);
  resolveConstants(parts, document.parameters ?? {}, new Map(), givenParameter);
  madeOf(document.tables, '/tables', (table, at, id) => normaliseTable(parts, id, table, at));
  const { elements } = declare(parts, document);
  const names = phaseNames(parts, document, elements, connect(parts, document, elements), model.recordings);
  return (phase, stored, diagnostics) => {
    const protocol = [...stored.map((store) => ({ store })), phase];
    if (!checkSchema({ interneuron: 1, experiment: { protocol } }, positions, diagnostics)?.whole) return null;
    const { constants, constantNames, tables } = parts;
    const context = { ...createContext(positions, diagnostics, data), constants, constantNames, tables };
    const phases = normaliseProtocol(context, protocol as PhaseDocument[], names, '/experiment/protocol');
    return context.errorCount() > 0 ? null : (phases.at(-1) ?? null);
  };
}

/**
 * Returns the model with maps that have only their own entries. A wrong document may refer to a name that every object
 * of the host language has, such as `toString`.
 */
function withBareMaps(model: Model): Model {
  const bare = <T>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.assign(Object.create(null) as Record<string, T>, map);
  const { neurons, synapses, populations, projections } = model;
  return {
    ...model,
    neurons: bare(neurons),
    synapses: bare(synapses),
    populations: bare(populations),
    projections: bare(projections),
  };
}

function withOptionPlaces(positions: Positions, { duration }: Overrides): Positions {
  if (duration === undefined) return positions;
  const given = { document: `--duration ${duration}` };
  return {
    place: (pointer, span) => (pointer === '/--duration' ? given : positions.place(pointer, span)),
    keyPlace: (pointer) => positions.keyPlace?.(pointer) ?? positions.place(pointer),
  };
}

/** Returns the document if reading can continue: it fits the schema except for unknown keys. */
function checkSchema(
  document: unknown,
  positions: Positions,
  diagnostics: Diagnostics,
): { document: ModelDocument; whole: boolean } | null {
  if (validate(document)) return { document: document as ModelDocument, whole: true };
  const readable = reportSchemaErrors(validate.errors ?? [], document, positions, diagnostics, schema);
  return readable ? { document: document as ModelDocument, whole: false } : null;
}

/** Builds the parts in the order of their dependencies. */
function build(
  context: Context,
  document: ModelDocument,
  given: ReadonlyMap<Id, string | number>,
  duration: string | undefined,
): Model {
  for (const key of [
    'neurons',
    'synapses',
    'tables',
    'populations',
    'projections',
    'stimuli',
    'operations',
    'clocks',
  ] as const)
    checkIds(context, document[key], `/${key}`);
  const parameters = resolveConstants(context, document.parameters ?? {}, given, givenParameter);
  const tables = madeOf(document.tables, '/tables', (table, at, id) => normaliseTable(context, id, table, at));
  const clocks = madeOf(document.clocks, '/clocks', (clock, at) => normaliseClock(context, clock, at));
  const { neurons, populations, elements } = declare(context, document);
  const network = connect(context, document, elements);
  const stimuli = madeOf(document.stimuli, '/stimuli', (stimulus, at) =>
    normaliseStimulus(context, stimulus, elements, at),
  );
  const { protocol, ...rest } = acts(context, document, elements, network, duration);
  return {
    interneuron: 1,
    name: document.name ?? '',
    metadata: normaliseMetadata(document.metadata ?? {}),
    parameters,
    neurons: Object.fromEntries([...neurons].map(([id, { type }]) => [id, type])),
    synapses: Object.fromEntries([...network.synapses].map(([id, { type }]) => [id, type])),
    tables,
    populations: madeOf(document.populations, '/populations', (item, at, id) =>
      normalisePopulation(
        context,
        id,
        item,
        populations.get(id) ?? { size: NaN },
        new Set(Object.keys(clocks)),
        populations,
        at,
      ),
    ),
    projections: network.projections,
    stimuli,
    operations: rest.operations,
    clocks,
    recordings: rest.recordings,
    timing: document.timing ?? 'grid',
    experiment: { dt: timeStep(context, document), seed: seedOf(context, document), protocol },
    annotations: document.annotations ?? {},
  };
}

/** Normalises neuron types, and declares populations as other parts refer to them. */
function declare(
  context: Context,
  document: ModelDocument,
): {
  readonly neurons: ReadonlyMap<Id, NeuronInfo>;
  readonly populations: ReadonlyMap<Id, PopulationInfo>;
  readonly elements: Elements;
} {
  const neurons = new Map(
    Object.entries(document.neurons ?? {}).map(([id, neuron]): [Id, NeuronInfo] => [
      id,
      normaliseNeuron(context, neuron, child('/neurons', id)),
    ]),
  );
  const populations = new Map(
    Object.entries(document.populations ?? {}).map(([id, item]): [Id, PopulationInfo] => [
      id,
      declarePopulation(context, item, neurons, child('/populations', id)),
    ]),
  );
  return {
    neurons,
    populations,
    elements: { populations, projections: new Set(Object.keys(document.projections ?? {})) },
  };
}

interface Network {
  readonly synapses: ReadonlyMap<Id, SynapseInfo>;
  readonly projections: Model['projections'];
  /** Scopes of the synapses of a projection. */
  readonly scopesOf: (projection: Id) => readonly Names[];
  readonly ownOf: (projection: Id) => Names | undefined;
  /** Event of each pathway of a projection's synapses. */
  readonly pathwaysOf: (projection: Id) => Readonly<Record<Id, string>>;
  /** Rows and columns of a matrix with a value for each pair of a projection's ends. */
  readonly matrixOf: (projection: Id) => Matrix | undefined;
}

/**
 * Normalises synapse types and projections. A type is checked between all the pairs of ends that projections use it
 * between.
 */
function connect(context: Context, document: ModelDocument, elements: Elements): Network {
  const declared = new Map<Id, DeclaredProjection>(
    Object.entries(document.projections ?? {}).map(([id, item]) => [
      id,
      declareProjection(context, item, elements, child('/projections', id)),
    ]),
  );
  const synapseOf = (projection: Id): DeclaredSynapse | undefined =>
    types.get(document.projections?.[projection]?.synapse ?? '');
  const pairs = new Map<Id, readonly Ends[]>();
  const endsOfProjection = (id: Id): readonly Ends[] => {
    const known = pairs.get(id);
    const projection = declared.get(id);
    if (known || !projection) return known ?? [];
    const found = endsOf(projection, synapseOf);
    pairs.set(id, found);
    return found;
  };
  const users = new Map<Id, Id[]>();
  for (const [id, { document: projection }] of declared) {
    const others = users.get(projection.synapse);
    if (others === undefined) users.set(projection.synapse, [id]);
    else others.push(id);
  }
  const endsOfType = (type: Id): readonly Ends[] => distinct((users.get(type) ?? []).flatMap(endsOfProjection));
  const types = new Map<Id, DeclaredSynapse>();
  for (const [id, item] of Object.entries(document.synapses ?? {}))
    types.set(
      id,
      declareSynapse(context, item, () => endsOfType(id), child('/synapses', id)),
    );
  const synapses = new Map(
    [...types].map(([id, type]): [Id, SynapseInfo] => [
      id,
      normaliseSynapse(context, type, endsOfType(id), child('/synapses', id)),
    ]),
  );
  const ids = [...synapses.keys()];
  const projections = madeOf(document.projections, '/projections', (item, at, id) => {
    const projection = declared.get(id);
    const clocks = Object.keys(document.clocks ?? {});
    if (item.clock !== undefined && !clocks.includes(item.clock))
      context.report(messages.unknownReference('clock', item.clock, clocks), `${at}/clock`);
    return (
      projection &&
      normaliseProjection(context, projection, endsOfProjection(id), synapses.get(item.synapse), ids, declared, at)
    );
  });
  const infoOf = (projection: Id): SynapseInfo | undefined =>
    synapses.get(document.projections?.[projection]?.synapse ?? '');
  return {
    synapses,
    projections,
    ownOf: (projection) => infoOf(projection)?.own,
    matrixOf: (projection) => {
      const { from, to } = declared.get(projection) ?? {};
      return from && to && matrixOf(from, to);
    },
    pathwaysOf: (projection) =>
      Object.fromEntries(Object.entries(infoOf(projection)?.type.pathways ?? {}).map(([name, { on }]) => [name, on])),
    scopesOf: (projection) => {
      const own = infoOf(projection)?.own;
      return own ? synapseScopes(own, endsOfProjection(projection)) : [];
    },
  };
}

/** Removes duplicates: pairs of ends with the same variables and events count once. */
function distinct(ends: readonly Ends[]): readonly Ends[] {
  const known = new Map<EndInfo, string>();
  const keyOf = (end: EndInfo): string => {
    const before = known.get(end);
    if (before !== undefined) return before;
    const { names, events } = end;
    const variables = names
      .names()
      .map((name) => `${name}:${names.lookup(name)?.kind} ${names.lookup(name)?.dimension.join()}`);
    const key = `${variables.join(';')}|${[...(events ?? [])].join()}`;
    known.set(end, key);
    return key;
  };
  return [...new Map(ends.map((pair) => [`${keyOf(pair.pre)}||${keyOf(pair.post)}`, pair])).values()];
}

/** Normalises the parts that act in time: operations, recordings, the protocol. */
function acts(
  context: Context,
  document: ModelDocument,
  elements: Elements,
  network: Network,
  duration: string | undefined,
): { operations: Model['operations']; recordings: Model['recordings']; protocol: readonly Phase[] } {
  const operations = madeOf(document.operations, '/operations', (operation, at) =>
    normaliseOperation(context, operation, elements, network.scopesOf, at),
  );
  if (document.record && document.recordings)
    context.report(messages.oneOfKeys(['record', 'recordings'], 2), '/recordings');
  const key = document.record ? '/record' : '/recordings';
  const recordings = normaliseRecordings(
    context,
    document.record ?? document.recordings ?? [],
    { elements, scopes: network.scopesOf, currents: currentsOf(document) },
    key,
  );
  const { phases, total } = givenDuration(context, duration, document);
  const names = phaseNames(context, document, elements, network, recordings);
  const pointer =
    document.experiment?.protocol === undefined && document.experiment?.duration !== undefined
      ? '/experiment/duration'
      : '/experiment/protocol';
  const protocol = normaliseProtocol(context, phases, names, pointer);
  return { operations, recordings, protocol: total === undefined ? protocol : withDuration(protocol, total) };
}

/** Returns the names that the phases of a protocol may use. */
function phaseNames(
  context: Context,
  document: ModelDocument,
  elements: Elements,
  network: Network,
  recordings: Model['recordings'],
): ProtocolNames {
  return {
    elements,
    stimuli: new Set(Object.keys(document.stimuli ?? {})),
    current: (stimulus) => currentTarget(context, document.stimuli?.[stimulus], elements),
    recordings: new Set(recordings.map(({ name }) => name)),
    synapse: (projection) => {
      const own = network.ownOf(projection);
      return (
        own && {
          own,
          scopes: network.scopesOf(projection),
          pathways: network.pathwaysOf(projection),
          matrix: network.matrixOf(projection),
        }
      );
    },
  };
}

/** Returns the names of the currents; a current that flows into a cell can be recorded there. */
const currentsOf = ({ stimuli }: ModelDocument): readonly Id[] =>
  Object.entries(stimuli ?? {}).flatMap(([name, { kind }]) => (kind === 'current' ? [name] : []));

/** 0.1 ms, the step of most published models, unless stated. */
const usualStep = 1e-4;

function timeStep(context: Context, document: ModelDocument): number {
  const written = document.experiment?.dt;
  return written === undefined
    ? usualStep
    : (positiveQuantity(context, written, secondUnit, 'the time step', '/experiment/dt') ?? usualStep);
}

/** Returns the seed as text: a JSON number above 2^53 has lost digits already. */
function seedOf(context: Context, document: ModelDocument): string {
  const seed = document.experiment?.seed ?? 0;
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    context.report(messages.seedTooLarge(seed), '/experiment/seed');
  return String(seed);
}

function normaliseMetadata({ authors, ...rest }: MetadataDocument): Metadata {
  return {
    ...rest,
    ...(authors ? { authors: authors.map((author) => (typeof author === 'string' ? { name: author } : author)) } : {}),
  };
}
