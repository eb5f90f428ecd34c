/**
 * Makes a model's draws explicit: connections, weights, delays, first values and random spike trains become arrays, so
 * that the same network can be built by a simulator with another generator.
 */

import { UsageError } from '../diagnostics/diagnostic.js';
import { oncePerObject } from '../diagnostics/memoise.js';
import { unplaced, type Positions } from '../diagnostics/positions.js';
import type { Program, ProjectionLocation, TypedArray } from '../ir/program.js';
import type { DrawnModel } from '../draw/drawn-model.js';
import { drawnModel, loweredModel } from '../pipeline/build-program.js';
import { arrayOf, mostListed } from '../model/arrays.js';
import { grouped } from '../model/collections.js';
import { messages } from '../pipeline/messages.js';
import { drawsInSteps, remainingDraws } from '../model/remaining-draws.js';
import { FrozenCells } from './frozen-cells.js';
import { refuseTooLong } from '../pipeline/memory-limit.js';
import { actsOnSource, sourcesAlone } from './sources-alone.js';
import { inStage } from '../pipeline/stages.js';
import { synapsesOf, type Synapses } from '../pipeline/synapses.js';
import { protocolOf, type ProtocolStep } from '../lower/context/protocol.js';
import { drawsIn } from '../lang/functions.js';
import type { SelectionRule, ValidModel } from '../model/model.js';
import { isSampled } from '../model/selected.js';
import { assignedBy } from '../model/assigned.js';
import { expressionsIn, ownersOf } from '../model/typed.js';
import { writtenModel } from '../model/typed-model.js';
import type {
  DataStore,
  Model,
  NeuronType,
  Phase,
  Population,
  Projection,
  SynapseType,
  Value,
} from '../model/typed.js';
import { countedPairs, drainLogs } from '../../runtime/record/drain.js';
import { protocolSteps } from '../../runtime/record/protocol.js';
import { createTimeline } from '../../runtime/record/timeline.js';
import type { Session, Target } from '../../runtime/targets/target.js';
import { countsByName, needsCounts, synapseCounts } from '../pipeline/results/synapse-counts.js';

/** Spikes of one segment of the protocol: elements, and times in s. */
interface Train {
  readonly indices: number[];
  readonly times: number[];
}

/** The frozen model, and a sentence for each draw that stays random because it happens again in each step. */
interface Frozen {
  readonly valid: ValidModel;
  readonly remaining: readonly string[];
}

/** Choice of the parts to make explicit. */
export interface FreezeOptions {
  /** Whether a population that spikes only by chance becomes a list of its spikes; absent: all of them do. */
  readonly replays?: (population: string) => boolean;
  /** Whether populations that spike by a rule alone become lists of their spikes, too. */
  readonly listsRegular?: boolean;
}

/**
 * @param target engine that draws; every engine draws the same
 * @returns a model that validates, runs to the same spikes and draws only the parts that `remaining` names
 */
export async function freeze(
  valid: ValidModel,
  target: Target,
  positions: Positions = unplaced,
  { replays = () => true, listsRegular = false }: FreezeOptions = {},
): Promise<Frozen> {
  const drawn = drawnModel(valid, positions);
  const counts = needsCounts(drawn)
    ? countsByName(await synapseCounts(drawn, positions, target, 'float64'))
    : undefined;
  const choices = { precision: 'float64', exactValues: true, ...(counts ? { counts } : {}) } as const;
  const program = loweredModel(drawn, positions, choices);
  const sources = randomSources(drawn.model, listsRegular).filter(replays);
  if (sources.length > 0) refuseTooLong(protocolSteps(protocolOf(valid, program)), positions);
  return inStage('freeze', () => frozenModel(valid, drawn, program, sources, target));
}

async function frozenModel(
  valid: ValidModel,
  drawn: DrawnModel,
  program: Program,
  sources: readonly string[],
  target: Target,
): Promise<Frozen> {
  const executable = await target.compile(program, { threads: 1 });
  const session = await executable.start();
  try {
    await session.initialise();
    // Between selections several projections stand for one: it is they that have synapses.
    const { model } = drawn;
    const cells = new FrozenCells(drawn, program);
    const projections = Object.fromEntries(
      await Promise.all(
        Object.entries(model.projections).map(
          async ([name, projection]) =>
            [name, await frozenProjection(name, projection, model, program, session, cells)] as const,
        ),
      ),
    );
    const populations = Object.fromEntries(
      await Promise.all(
        Object.entries(model.populations).map(
          async ([name, population]) =>
            [name, await frozenPopulation(name, population, model, program, session, cells)] as const,
        ),
      ),
    );
    const trains = await spikeTrains(sources, valid, drawn, program, session, target);
    for (const [name, [spikes = { indices: [], times: [] }]] of trains) {
      const population = populations[name];
      const { positions } = population ?? {};
      if (population)
        populations[name] = {
          size: population.size,
          values: {},
          spikes: { kind: 'train', ...spikes },
          ...(positions ? { positions } : {}),
          order: population.order,
        };
    }
    for (const [name, positions] of drawnPositions(drawn)) {
      const population = populations[name];
      if (population) populations[name] = { ...population, positions: { kind: 'places', places: positions } };
    }
    const experiment = { ...model.experiment, protocol: frozenProtocol(model.experiment.protocol, trains) };
    const frozen: Model = { ...model, ...cells.placed(populations), projections, experiment };
    const whole = withListedDraws(writtenModel(withoutUnused(frozen)), drawn.data, valid.data);
    const annotations = withoutSamples(whole.annotations);
    return { valid: { model: { ...whole, annotations }, data: valid.data }, remaining: remainingDraws(frozen) };
  } finally {
    await session.dispose();
  }
}

/** Returns positions in m of the populations with a structure that draws them. */
function drawnPositions({ model, places }: DrawnModel): ReadonlyMap<string, readonly number[]> {
  const drawn = Object.entries(model.populations).filter(
    ([, { positions }]) =>
      positions?.kind === 'structure' &&
      (positions.generator !== undefined ||
        positions.fillOrder !== undefined ||
        positions.structure.startsWith('random')),
  );
  if (drawn.length === 0) return new Map();
  return new Map(
    drawn.map(([name, { size }]) => {
      const { x = [], y = [], z = [] } = places.get(name) ?? {};
      return [
        name,
        Array.from({ length: 3 * size }, (_, k) => ([x, y, z][k % 3]?.[Math.floor(k / 3)] ?? 0) * 1e-6),
      ] as const;
    }),
  );
}

const variablesByOwner = oncePerObject(({ manifest }: Program) => grouped(manifest.variables, ({ owner }) => [owner]));

const projectionsByName = oncePerObject(
  ({ manifest }: Program) => new Map(manifest.projections.map((location) => [location.name, location])),
);

const pieces = oncePerObject(({ manifest }: Program) =>
  grouped(manifest.projections, ({ pieceOf }) => (pieceOf === undefined ? [] : [pieceOf])),
);

/** Freezes values: single numbers stay as they are, others become arrays of the drawn values. */
async function frozenValues(
  owner: string,
  given: Readonly<Record<string, Value>>,
  program: Program,
  read: (buffer: string, offset: number, length: number) => Promise<ArrayLike<number>>,
  count: number,
): Promise<Record<string, Value>> {
  const values: Record<string, Value> = { ...given };
  for (const location of variablesByOwner(program).get(owner) ?? []) {
    const length = typeof location.length === 'number' ? location.length : count;
    const numbers = Array.from(await read(location.buffer, location.offset, length));
    const [first] = numbers;
    if (length === 1 && count !== 1 && first !== undefined) values[location.variable] = first;
    else
      values[location.variable] =
        numbers.length > 0 && numbers.every((x) => Object.is(x, first))
          ? (first ?? 0)
          : { kind: 'array', array: numbers };
  }
  return values;
}

const numbersOf = (array: TypedArray): ArrayLike<number> =>
  array instanceof BigInt64Array ? Array.from(array, Number) : array;

async function frozenPopulation(
  name: string,
  population: Population,
  { neurons }: Model,
  program: Program,
  session: Session,
  cells: FrozenCells,
): Promise<Population> {
  if (population.type === undefined) return population;
  const type = neurons[population.type];
  // Initial values of compartments belong to the type; the model does not have the program's names of their variables.
  const isOwn = (variable: string): boolean => !type?.compartments || Object.hasOwn(type.parameters, variable);
  const read = async (buffer: string, offset: number, length: number): Promise<ArrayLike<number>> =>
    numbersOf(await session.read(buffer, offset, length));
  const all = await frozenValues(name, population.values, program, read, population.size);
  const given = Object.entries(all).filter(
    ([variable]) => isOwn(variable) || Object.hasOwn(population.values, variable),
  );
  const values = Object.fromEntries(
    given.map(([variable, value]) => [variable, isOwn(variable) ? value : (population.values[variable] ?? value)]),
  );
  return { ...population, values: { ...values, ...(type && (await cells.valuesOf(name, population, type, read))) } };
}

/** Returns the delay of each synapse in s, in order of creation; one number if all have the same. */
async function frozenDelay(
  pathway: NonNullable<ProjectionLocation['pathways']>[number],
  synapses: Synapses,
  dt: number,
  session: Session,
): Promise<Value> {
  if (typeof pathway.seconds === 'number') return pathway.seconds;
  if (pathway.seconds !== undefined) {
    const stored = await session.read(pathway.seconds);
    return { kind: 'array', array: Array.from(synapses.position, (position) => Number(stored[position])) };
  }
  if (pathway.first === pathway.last) return onGrid(pathway.first, dt);
  if (pathway.buffer === undefined)
    return { kind: 'array', array: synapses.delaySteps.map((steps) => onGrid(steps, dt)) };
  const stored = await session.read(pathway.buffer);
  return { kind: 'array', array: Array.from(synapses.position, (position) => onGrid(Number(stored[position]), dt)) };
}

/** Values read from a session are listed. */
const nothingStored: DataStore = new Map();

/** Freezes a projection with a place for each synapse: lists its connections and the values drawn in its pieces. */
async function placedProjection(
  name: string,
  projection: Projection,
  type: SynapseType,
  program: Program,
  session: Session,
  cells: FrozenCells,
): Promise<Projection> {
  const drawnIn = (...values: readonly unknown[]): boolean => expressionsIn(values).some(drawsIn);
  const values = Object.keys({ ...type.parameters, ...type.state })
    .filter((key) => drawnIn(projection.values[key] ?? type.parameters[key]?.value ?? type.state[key]?.initial))
    .map((key) => [key, [] as number[]] as const);
  const delays = Object.entries(type.pathways)
    .filter(([key, { delay }]) => drawnIn(projection.delays[key] ?? delay))
    .map(([key]) => [key, [] as number[]] as const);
  if (values.length + delays.length === 0) return projection;
  for (const location of pieces(program).get(name) ?? []) {
    const synapses = await synapsesOf(location, session);
    const numbers = cells.synapsesOfPiece(location.name);
    const own = await synapseValues(location.name, {}, synapses, program, session);
    const put = (into: number[], value: Value | undefined): void => {
      const list = typeof value === 'object' && value.kind === 'array' ? arrayOf(value.array, nothingStored) : [];
      synapses.position.forEach((_, k) => {
        into[numbers[k] ?? k] = typeof value === 'number' ? value : (list[k] ?? 0);
      });
    };
    for (const [key, into] of values) put(into, own[key]);
    for (const [key, into] of delays) {
      const pathway = location.pathways?.find((one) => one.name === key);
      put(into, pathway && (await frozenDelay(pathway, synapses, program.dt, session)));
    }
  }
  const arrays = (known: typeof values): Record<string, Value> =>
    Object.fromEntries(known.map(([key, array]) => [key, { kind: 'array', array }]));
  return {
    ...projection,
    values: { ...projection.values, ...arrays(values) },
    delays: { ...projection.delays, ...arrays(delays) },
  };
}

/** Returns the program's values of the variables of synapses, in order of creation. */
function synapseValues(
  owner: string,
  given: Readonly<Record<string, Value>>,
  synapses: Synapses,
  program: Program,
  session: Session,
): Promise<Record<string, Value>> {
  const read = async (buffer: string, offset: number, length: number): Promise<ArrayLike<number>> => {
    const stored = numbersOf(await session.read(buffer, offset, length));
    return length === 1 && synapses.position.length !== 1
      ? stored
      : Array.from(synapses.position, (p) => stored[p] as number);
  };
  return frozenValues(owner, given, program, read, synapses.position.length);
}

async function frozenProjection(
  name: string,
  projection: Projection,
  model: Model,
  program: Program,
  session: Session,
  cells: FrozenCells,
): Promise<Projection> {
  const type = model.synapses[projection.synapse] as SynapseType;
  if (pieces(program).has(name)) return placedProjection(name, projection, type, program, session, cells);
  const location = projectionsByName(program).get(name);
  if (!location) throw new UsageError(`projection ${name} has no synapses to freeze`);
  const synapses = await synapsesOf(location, session);
  const all = await synapseValues(name, projection.values, synapses, program, session);
  // First values that nobody gave and that are the type's own are not given now: some simulators refuse them.
  const values = Object.fromEntries(
    Object.entries(all).filter(
      ([key, value]) => projection.values[key] !== undefined || value !== type.state[key]?.initial,
    ),
  );
  const delays: Record<string, Value> = { ...projection.delays };
  for (const pathway of location.pathways ?? []) {
    if (typeof (projection.delays[pathway.name] ?? type.pathways[pathway.name]?.delay ?? 0) === 'number') continue;
    delays[pathway.name] = await frozenDelay(pathway, synapses, program.dt, session);
  }
  return {
    ...projection,
    connect: [{ rule: 'list', sources: synapses.sources, targets: synapses.targets }],
    values,
    delays,
  };
}

/**
 * Returns the time of so many steps in s, without the digits that multiplying adds. Other programs round a time just
 * above a step up.
 */
const onGrid = (steps: number, dt: number): number => Number((steps * dt).toPrecision(15));

/**
 * Returns populations that spike only by chance: they have no equations, other parts do not write to them and read only
 * their spikes.
 *
 * @param isRegular  whether populations that spike by a rule alone count, too
 */
export function randomSources(model: Model, isRegular = false): string[] {
  const written = new Set(
    Object.entries(model.projections).flatMap(([name, { from, to }]) => [
      ...ownersOf(to.of),
      ...(actsOnSource(name, model) ? ownersOf(from.of) : []),
    ]),
  );
  return Object.entries(model.populations)
    .filter(([name, population]) => {
      const type: NeuronType | undefined = population.type === undefined ? undefined : model.neurons[population.type];
      return (
        type?.events['spike'] !== undefined &&
        !written.has(name) &&
        Object.keys(type.derivatives).length === 0 &&
        (isRegular || Object.values(type.events).some(drawsInSteps))
      );
    })
    .map(([name]) => name);
}

/**
 * Returns the spikes of populations that spike by chance. They are simulated separately if no other part acts on them,
 * else in a whole run.
 */
async function spikeTrains(
  sources: readonly string[],
  valid: ValidModel,
  drawn: DrawnModel,
  program: Program,
  session: Session,
  target: Target,
): Promise<Map<string, Train[]>> {
  if (sources.length === 0) return new Map();
  const alone = sourcesAlone(drawn.model, sources);
  const own = alone && loweredModel({ ...drawn, model: alone }, unplaced, { precision: 'float64' });
  if (!own || !drawsAlike(own, program)) return trainsOf(sources, protocolOf(valid, program), program, session);
  const protocol = protocolOf({ model: writtenModel(alone), data: drawn.data }, own);
  const running = await (await target.compile(own, {})).start();
  try {
    await running.initialise();
    return await trainsOf(sources, protocol, own, running);
  } finally {
    await running.dispose();
  }
}

/**
 * Checks whether a program of sources has the random keys of the whole program. Other parts of a model, such as summed
 * variables, separate the test for spikes from the integration, and then both have streams of their own.
 */
function drawsAlike(own: Program, whole: Program): boolean {
  const keysOf = ({ buffers }: Program): ReadonlyMap<string, string> =>
    new Map(
      buffers.flatMap(({ name, initial }) =>
        name.endsWith('.keys') && initial instanceof Uint32Array ? [[name, initial.join()]] : [],
      ),
    );
  const keys = keysOf(whole);
  return [...keysOf(own)].every(([name, initial]) => keys.get(name) === initial);
}

/** Goes through a protocol and keeps the spikes of some populations. */
async function trainsOf(
  sources: readonly string[],
  protocol: readonly ProtocolStep[],
  program: Program,
  session: Session,
): Promise<Map<string, Train[]>> {
  const trains = new Map(sources.map((name) => [name, [] as Train[]]));
  const timeline = await createTimeline(() => session, program, protocol);
  const drain = async (): Promise<void> => {
    const drained = await drainLogs(session, program);
    for (const { event, population, multiples } of program.manifest.events) {
      const segments = event === `${population}.spike` ? trains.get(population) : undefined;
      const rows = drained.find(({ log }) => log.name === program.events.find(({ name }) => name === event)?.log);
      if (!segments || !rows) continue;
      const train = (segments[timeline.segment()] ??= { indices: [], times: [] });
      const { steps, elements } = countedPairs(
        rows,
        drained.find(({ log }) => log.name === multiples),
      );
      for (const [k, step] of steps.entries()) {
        if (train.times.length === mostListed) throw messages.tooManySpikes(population, mostListed);
        train.times.push(onGrid(step + program.manifest.spikeLabel, program.dt));
        train.indices.push(elements[k] ?? 0);
      }
    }
  };
  for (const entry of protocol) {
    if (entry.kind !== 'run') {
      await drain();
      await timeline.perform(entry);
      continue;
    }
    for (let done = 0; done < entry.steps;) {
      done += await session.run(entry.steps - done);
      await drain();
    }
  }
  return trains;
}

/** Adds the trains of each segment to the protocol, and removes its changes of sources that draw no more. */
function frozenProtocol(protocol: readonly Phase[], trains: ReadonlyMap<string, readonly Train[]>): Phase[] {
  let segment = 0;
  const ofOthers = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !trains.has(assignedBy(key).owner)));
  return protocol.flatMap((phase): Phase[] => {
    if (phase.kind === 'set' && phase.of === undefined) return [{ ...phase, set: ofOthers(phase.set) }];
    if (phase.kind === 'set' && phase.of && ownersOf(phase.of).every((owner) => trains.has(owner))) return [];
    if ((phase.kind !== 'reset' && phase.kind !== 'restore') || trains.size === 0) return [phase];
    segment += 1;
    const replay = Object.fromEntries(
      [...trains].map(([name, segments]) => [name, segments[segment] ?? { indices: [], times: [] }]),
    );
    return [phase, { kind: 'replay', replay }];
  });
}

/** Drops types that no population or projection uses any more. */
function withoutUnused(model: Model): Model {
  const used = new Set(Object.values(model.populations).map((population) => population.type));
  return { ...model, neurons: Object.fromEntries(Object.entries(model.neurons).filter(([name]) => used.has(name))) };
}

/** Returns annotations without the labels of drawn cells, because the cells are now listed. */
function withoutSamples(annotations: Model['annotations']): Model['annotations'] {
  const { pynn } = annotations as { readonly pynn?: { readonly selections?: Readonly<Record<string, SelectionRule>> } };
  const { selections, ...others } = pynn ?? {};
  if (selections === undefined) return annotations;
  const kept = Object.entries(selections).filter(([, rule]) => !isSampled(rule));
  const { pynn: _, ...rest } = annotations;
  const words = { ...others, ...(kept.length === 0 ? {} : { selections: Object.fromEntries(kept) }) };
  return Object.keys(words).length === 0 ? rest : { ...rest, pynn: words };
}

/**
 * Returns a part of the model with lists in place of references to arrays that were drawn: only given ones have a
 * digest.
 */
function withListedDraws<T>(part: T, drawn: DataStore, given: DataStore): T {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part))
    return (typeof part[0] === 'number' ? part : part.map((each) => withListedDraws<unknown>(each, drawn, given))) as T;
  if ('$data' in part && !given.has(String(part.$data)))
    return Array.from(drawn.get(String(part.$data)) ?? [], Number) as T;
  return Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, withListedDraws<unknown>(value, drawn, given)]),
  ) as T;
}
