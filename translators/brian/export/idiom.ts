/**
 * Rewrites a model as people write it for Brian: draws by Brian's own generator, connection rules with a probability,
 * groups of Poisson sources, constants in namespaces, no current without a source.
 */

import { assignedBy } from '../../../src/model/assigned.js';
import { changedNames } from '../../../src/model/changed.js';
import { grouped, mapped } from '../../../src/model/collections.js';
import { partsAt, populationsOfType } from '../../../src/model/parts-at.js';
import { elementsIn, populationOf, wholePopulation } from '../../../src/model/selected.js';
import { areInFile, isPhase, isRecording, isSelection, recordedVariables } from '../../../src/model/tagged.js';
import { withColumnsOf } from '../../../src/library/file-columns.js';
import { withoutBinomials } from '../../../src/library/gather/binomials.js';
import { solvable } from './equal-rates.js';
import { isBuiltIn } from './spatial-type.js';
import { areSeparate, methodInBrian, methodOnGrid } from '../../../src/library/gather/integration.js';
import { ConversionReport, type ConversionEntry } from '../../../src/model/conversion-report.js';
import { freeName } from '../../../src/model/free-name.js';
import {
  contentOf,
  endsIn,
  expressionsIn,
  namesOf,
  ownersOf,
  type IntegrationMethod,
  type Model,
  type NeuronType,
  type Operation,
  type Population,
  type Projection,
  type SelectionRule,
  type SynapseType,
  type ValidModel,
} from '../../../src/model/typed.js';
import { child } from '../../../src/model/pointer.js';
import { timingProperties } from '../../../src/model/timing-properties.js';
import { withoutAliases } from '../../../src/library/readable/synapse-aliases.js';
import { tidied, withPlainSums } from '../../../src/library/readable/tidied.js';
import { withLinearParts } from './cells/linear-parts.js';
import { withoutSends } from './sent-values.js';
import { partsOf, readsPlaces, ruleInBrian } from './connections/connection-rules.js';
import { constantsOf, inputsOf, withoutIdle, wordsOf } from './constants.js';
import { coordinatesRead, withCoordinates, type CoordinatesOf } from './coordinates.js';
import type { IdiomContext } from './idiom-context.js';
import { freeIn, noSections, type Sections } from './idiom-sections.js';
import { fixedMethod } from './adaptive-steps.js';
import { areWithinRange } from './delays.js';
import { unknownFunction } from '../vocabulary.js';
import { partOfGenerator } from './generator-part.js';
import { choosesAtRandom, chosenCells, drawnParts, drawnPhases, drawsUnknown, turnsBack } from './drawn-choices.js';
import { OwnValues, unitOf } from './own-values.js';
import { poissonGroup, withRates } from './poisson-group.js';
import { withRecordedCopies } from './recorded-copies.js';

/** A model in Brian's idiom. */
export interface BrianIdiom {
  /** The model as rewritten. */
  readonly valid: ValidModel;
  /** Changes by the rewriting beyond rounding. */
  readonly entries: readonly ConversionEntry[];
  /** Whether something has to be drawn first, because Brian has no rule for some connections or values. */
  readonly needsDrawing: boolean;
}

/**
 * Returns the model for Brian. A model under Brian's own timing stays as it is.
 *
 * @param coordinates  coordinates in the drawn model, if there is one
 * @param drawn        the same model with everything drawn; absent: parts that need it stay unchanged
 */
export function inBrianIdiom(valid: ValidModel, coordinates: CoordinatesOf, drawn?: ValidModel): BrianIdiom {
  if (timingProperties[valid.model.timing].hasSlots) return { valid, entries: [], needsDrawing: false };
  const report = new ConversionReport('brian');
  const idiom = new Idiom(valid, report, drawn, coordinates);
  return { valid: { ...valid, model: idiom.model() }, entries: report.entries, needsDrawing: idiom.needsDrawing };
}

class Idiom {
  readonly #context: IdiomContext;
  readonly #model: Model;
  readonly #data: ValidModel['data'];
  readonly #report: ConversionReport;
  /** Words of all code outside types of neurons. */
  readonly #words: ReadonlySet<string>;
  /** Populations that are PoissonGroups. */
  readonly #poissonGroups = new Set<string>();
  /** Names under which synapses keep values that Brian's monitors cannot compute, by projection. */
  readonly #copies = new Map<string, ReadonlyMap<string, string>>();
  readonly #values: OwnValues;
  /** Names that recordings sample. */
  readonly #recorded: ReadonlySet<string>;
  /** Names at the target that values and delays of synapses follow from: `post.v`. */
  readonly #readByValues: ReadonlySet<string>;
  /** Words around populations, by type. */
  readonly #usedAround = new Map<string, ReadonlySet<string>>();
  #usedElsewhere?: ReadonlySet<string>;
  #outside?: { readonly all: ReadonlySet<string>; readonly inOperations: ReadonlySet<string> };
  /** Populations and projections at the ends of projections. */
  readonly #ends: ReadonlySet<string>;
  /** Recordings of synapses, by projection. */
  #ofSynapses?: ReadonlyMap<string, Model['recordings']>;
  needsDrawing = false;

  constructor(
    { model, data }: ValidModel,
    report: ConversionReport,
    private readonly drawn: ValidModel | undefined,
    private readonly coordinates: CoordinatesOf,
  ) {
    this.#model = model;
    const { populations, projections, stimuli, operations, synapses, experiment } = model;
    this.#words = wordsOf({ populations, projections, stimuli, operations, synapses, experiment });
    this.#ends = new Set(
      Object.values(projections).flatMap(({ from, to }) => [from, to].flatMap(({ of }) => ownersOf(of))),
    );
    this.#recorded = new Set(model.recordings.flatMap(recordedVariables));
    this.#readByValues = namesOf(Object.values(projections).map(({ values, delays }) => [values, delays]));
    this.#data = data;
    this.#report = report;
    const changed = changedNames(model);
    this.#context = { model, data, report, drawn: drawn?.model, changed };
    const needDraws = (): void => this.#needDraws();
    this.#values = new OwnValues({ report, isDrawn: drawn !== undefined, needDraws });
  }

  /** Notes that the model must be drawn first. */
  #needDraws(isNeeded = true): void {
    this.needsDrawing ||= isNeeded && this.drawn === undefined;
  }

  model(): Model {
    const model = this.#model;
    const out: Sections = { ...noSections(), operations: { ...model.operations } };
    for (const [name, population] of Object.entries(model.populations)) this.#writePopulation(name, population, out);
    for (const [name, projection] of Object.entries(model.projections))
      for (const [label, part] of this.#projection(name, projection)) this.#writeProjection(name, label, part, out);
    const { neurons, populations, projections, operations } = out;
    const recordings = this.#recordings(projections);
    const { pynn: _, ...annotations } = withColumnsOf(model, recordings);
    return {
      ...model,
      experiment: { ...model.experiment, protocol: this.#protocol(out) },
      recordings,
      stimuli: mapped(model.stimuli, (stimulus, id) => ({
        ...stimulus,
        to: this.#chosen(stimulus.to, this.drawn?.model.stimuli[id]?.to),
      })),
      neurons,
      synapses: out.synapses,
      populations,
      projections,
      operations,
      annotations,
    };
  }

  /** Phases as Brian's objects have them. */
  #protocol({ projections }: Sections): Model['experiment']['protocol'] {
    const model = this.#model;
    this.#needDraws(choosesAtRandom(model.experiment.protocol));
    const drawn = drawnPhases(model, this.#data, this.drawn);
    return drawn
      .filter((phase) => this.#isLeft(phase, projections))
      .map((phase) => withRates(phase, this.#poissonGroups));
  }

  #writePopulation(name: string, given: Population, out: Sections): void {
    const { type, population } = this.#population(name, given);
    if (type === undefined) {
      out.populations[name] = population;
      return;
    }
    const pointer = child('/neurons', name);
    const solvedFor = type.cable ? withLinearParts(type) : type;
    // The report states that these types take other steps.
    const plain = type.method === 'adaptive' ? withPlainSums(solvedFor) : solvedFor;
    out.neurons[name] = { ...tidied(plain), method: this.#method(type, pointer) };
    out.populations[name] = { ...population, type: name };
  }

  /** Writes a part of a projection, which has a type of its own. */
  #writeProjection(name: string, label: string, part: Projection, out: Sections): void {
    const model = this.#model;
    const written = model.synapses[part.synapse];
    if (written === undefined) return;
    const type = withoutBinomials(written, part.values);
    const code = Object.values(type.pathways).map((one) => one.do);
    const [unknown] = expressionsIn(code).flatMap((e) => unknownFunction(e) ?? []);
    if (unknown !== undefined) {
      this.#report.missing(child('/projections', name), `Brian has no function ${unknown}`, 'brian/function');
      return;
    }
    const key = freeIn(out.projections, label);
    const { all, inOperations } = this.#wordsOfSynapses();
    const recorded = this.#recordedOf(name);
    const ends = this.#namesAtEndsOf(name, part.synapse);
    const split = withoutSends(type, part, name, this.#context);
    const own = constantsOf(split, part.values, {
      isVariable: (one) => this.#isSeen(name, one),
      words: { has: (word) => all.has(word) || ends.has(word) },
    });
    const plain = withoutAliases(
      own.type,
      (one) =>
        ends.has(one) || recorded.has(one) || inOperations.has(one) || this.#context.changed.has(`${name}.${one}`),
    );
    const { type: shown, names } = withRecordedCopies(plain, recorded);
    if (names.size > 0) this.#copies.set(name, names);
    const { sequence: _, ...tidy } = tidied(shown);
    out.synapses[key] = { ...tidy, method: this.#method(shown, child('/synapses', key)) };
    const delays = Object.fromEntries(
      Object.entries(part.delays).filter(([pathway]) => Object.hasOwn(own.type.pathways, pathway)),
    );
    const from = this.#ownSource(part.from, out.populations, child('/projections', name));
    out.projections[key] = { ...part, from, synapse: key, values: own.values, delays };
  }

  /** Returns names in code outside types, and in operations, that may concern synapses. */
  #wordsOfSynapses(): { readonly all: ReadonlySet<string>; readonly inOperations: ReadonlySet<string> } {
    const { projections, operations, experiment } = this.#model;
    this.#outside ??= {
      all: wordsOf({ projections, operations, experiment }),
      inOperations: wordsOf(operations),
    };
    return this.#outside;
  }

  /** Returns names that other synapses read at ends that are synapses of a projection. */
  #namesAtEndsOf(name: string, synapse: string): ReadonlySet<string> {
    if (!this.#ends.has(name)) return new Set();
    const { projections, synapses } = this.#model;
    const { [synapse]: _, ...others } = synapses;
    return new Set(endsIn([others, projections]).map(({ variable }) => variable));
  }

  /**
   * Turns a source that is part of a spike generator into a generator of its own, because Brian's generators have no
   * parts.
   */
  #ownSource(from: Projection['from'], populations: Record<string, Population>, pointer: string): Projection['from'] {
    const name = populationOf(from.of);
    const whole = populations[name ?? ''];
    if (name === undefined || whole?.spikes === undefined || wholePopulation(from.of) !== undefined) return from;
    const cells = elementsIn(from.of, whole.size, this.#data);
    const changes = this.#model.experiment.protocol.some(
      (phase) => isPhase(phase, 'replay') && Object.hasOwn(phase.replay, name),
    );
    if (cells === undefined || areInFile(whole.spikes) || changes) {
      this.#report.missing(
        pointer,
        `a part of ${name}: a generator of spikes has no parts in Brian`,
        'brian/selection',
      );
      return from;
    }
    const population = partOfGenerator(whole, whole.spikes, cells, this.#data);
    const text = contentOf(population);
    const same = Object.entries(populations).find(([key, one]) => key !== name && contentOf(one) === text);
    const part = same?.[0] ?? freeName(`${name}_${cells[0] ?? 0}`, (one) => Object.hasOwn(populations, one));
    populations[part] = population;
    return { ...from, of: { kind: 'slice', population: part } };
  }

  /** Checks whether a phase concerns a part that is still in the model. */
  #isLeft(phase: Model['experiment']['protocol'][number], projections: Readonly<Record<string, Projection>>): boolean {
    if (!isPhase(phase, 'set')) return true;
    const owners = Object.keys(phase.set).map((key) => assignedBy(key).owner);
    return owners.every((name) => Object.hasOwn(this.#model.populations, name) || Object.hasOwn(projections, name));
  }

  /** Returns a random selection by its numbers, and other selections unchanged. */
  #chosen(rule: SelectionRule, drawn: SelectionRule | undefined): SelectionRule {
    this.#needDraws(isSelection(rule, 'sample'));
    return this.drawn === undefined ? rule : chosenCells(rule, drawn, this.drawn);
  }

  /** Recordings that Brian's groups can make. */
  #recordings(projections: Readonly<Record<string, Projection>>): Model['recordings'] {
    return this.#model.recordings.flatMap((given, k) => {
      const recording = { ...given, of: this.#chosen(given.of, this.drawn?.model.recordings[k]?.of) };
      const pointer = child('/recordings', k);
      if (isSelection(recording.of, 'synapses') && !Object.hasOwn(projections, recording.of.projection)) {
        this.#report.missing(pointer, `a recording of ${recording.of.projection}`, 'brian/recording');
        return [];
      }
      if (isRecording(recording, 'rate') || recording.variables === undefined) return [recording];
      const { variables } = recording;
      const copies = isSelection(recording.of, 'synapses') ? this.#copies.get(recording.of.projection) : undefined;
      for (const [name, copy] of copies ?? [])
        if (variables.includes(name))
          this.#report.exact(pointer, `${name}, which reads the ends of synapses, is recorded as ${copy}`);
      return [{ ...recording, variables: variables.map((name) => copies?.get(name) ?? name) }];
    });
  }

  /** Variables of a projection that are recorded. */
  #recordedOf(projection: string): ReadonlySet<string> {
    this.#ofSynapses ??= grouped(this.#model.recordings, ({ of }) =>
      isSelection(of, 'synapses') ? [of.projection] : [],
    );
    return new Set((this.#ofSynapses.get(projection) ?? []).flatMap(recordedVariables));
  }

  // --- Populations ---------------------------------------------------------------------------------------------------

  #population(name: string, population: Population): { readonly type?: NeuronType; readonly population: Population } {
    const type = this.#model.neurons[population.type ?? ''];
    const pointer = child('/populations', name);
    const { positions: _, ...rest } = population;
    const { type: __, ...untyped } = rest;
    const read = type === undefined ? [] : coordinatesRead(type, population, this.#operationsOn(name));
    this.#reportPositions(population, pointer, read);
    if (type === undefined) return { population: rest };
    const drawn = this.drawn?.model.populations[name];
    if (drawsUnknown(this.#model.neurons[population.type ?? ''])) {
      this.#needDraws();
      if (drawn?.spikes !== undefined) {
        this.#report.convention(
          'brian/drawn',
          pointer,
          'Brian has no such source: the spikes drawn with this seed are listed',
        );
        if (this.#model.experiment.protocol.some(turnsBack))
          this.#report.different(
            'brian/drawn',
            pointer,
            'after time has gone back, the same spikes follow again; the model draws others',
          );
        return { population: { ...untyped, values: {}, spikes: drawn.spikes } };
      }
    }
    const known = read.length > 0 ? this.coordinates(name) : undefined;
    const placed = known && withCoordinates(type, read, known);
    this.#needDraws(read.length > 0 && placed === undefined);
    const values = { ...this.#values.all(population.values, type, pointer, drawn?.values), ...placed?.values };
    const poisson = poissonGroup(name, placed?.type ?? type, values, pointer, this.#context);
    if (poisson?.isGroup === true) {
      this.#poissonGroups.add(name);
      return { type: poisson.type, population: { ...rest, values: poisson.values } };
    }
    const seen = (one: string): boolean =>
      this.#isVariable(name, one) ||
      (type.cable !== undefined && (isBuiltIn(one, type) || one === 'Im')) ||
      this.#isGivenToSome(population.type ?? '', one);
    const { type: own, values: left } = constantsOf(
      withoutIdle(poisson?.type ?? placed?.type ?? type, inputsOf(name, this.#model), values, seen, (one) =>
        this.#isUsedWithCells(population.type ?? '', one),
      ),
      values,
      {
        isVariable: seen,
        words: this.#words,
      },
    );
    const solved = solvable(own, left, seen, child('/neurons', population.type ?? ''), this.#report);
    return { type: solved, population: { ...rest, values: left } };
  }

  /** Checks whether a part of the model reads or changes cells of a type by a name. */
  #isUsedWithCells(type: string, name: string): boolean {
    const { operations, stimuli, recordings, experiment } = this.#model;
    this.#usedElsewhere ??= wordsOf({ operations, stimuli, recordings, experiment });
    const used = this.#usedAround.get(type) ?? this.#wordsAround(type);
    this.#usedAround.set(type, used);
    return used.has(name) || this.#usedElsewhere.has(name);
  }

  /** Returns the words of the populations of a type, and of projections from and to them. */
  #wordsAround(type: string): ReadonlySet<string> {
    const cells = populationsOfType(this.#model, type);
    const near = cells.flatMap(([name]) => {
      const { outgoing, incoming } = partsAt(this.#model, name);
      return [...outgoing, ...incoming].map(([, projection]) => projection);
    });
    const types = near.map(({ synapse }) => this.#model.synapses[synapse]);
    const names = cells.flatMap(([, { values }]) => Object.keys(values));
    const receptors = near.flatMap(({ receptors }) => [...Object.keys(receptors), ...Object.values(receptors)]);
    return wordsOf({ cells, near, types, names, receptors });
  }

  /**
   * Checks whether a constant current is absent in some populations of a type and present in others. Their equations
   * are the same.
   */
  #isGivenToSome(type: string, key: string): boolean {
    const parameter = this.#model.neurons[type]?.parameters[key];
    if (parameter?.unit !== 'A') return false;
    const given = populationsOfType(this.#model, type).map(([, { values }]) => values[key] ?? parameter.value);
    return given.includes(0) && given.some((value) => value !== 0);
  }

  /** Returns the method of a type. Brian takes fixed steps instead of adaptive ones. */
  #method(type: NeuronType | SynapseType, pointer: string): IntegrationMethod {
    const method = methodOnGrid(type);
    if (method === 'auto' || method === 'exact') return this.#solved(type, method, pointer);
    if (method !== 'adaptive' || Object.keys(type.derivatives).length === 0) return method;
    const fixed = fixedMethod(type);
    const nearest = fixed === 'rk4' ? fixed : 'exponential_euler';
    this.#report.different(
      'brian/method',
      pointer,
      `Brian uses ${nearest} with fixed steps, not with adaptive ones; shorter steps (--dt) come closer`,
    );
    return fixed;
  }

  /** Returns the method of equations that have an exact solution, which Brian may not find. */
  #solved(type: NeuronType | SynapseType, method: IntegrationMethod, pointer: string): IntegrationMethod {
    if (methodInBrian({ ...type, method: 'auto' }) !== 'euler') return method;
    // For separate equations, this method is exact.
    if (areSeparate(type)) return 'exponentialEuler';
    this.#report.different(
      'brian/method',
      pointer,
      'Brian uses rk4: it does not find the exact solution of these equations',
    );
    return 'rk4';
  }

  /** Reports the conversion of positions. @param read  coordinates that equations read */
  #reportPositions({ positions }: Population, pointer: string, read: readonly string[]): void {
    if (positions === undefined) return;
    this.#report.convention(
      'brian/positions',
      pointer,
      read.length > 0
        ? `Brian's groups have no positions: ${read.join(', ')} are parameters, and what else positions determine is listed`
        : "Brian's groups have no positions: they are left out, and what they determine is listed",
    );
  }

  /** Returns code that runs on cells of a population in addition to the code of their type. */
  #operationsOn(name: string): readonly Operation[] {
    return partsAt(this.#model, name).operations.map(([, operation]) => operation);
  }

  /** Checks whether a name of a population or projection is recorded, or changed by the protocol. */
  #isSeen(name: string, key: string): boolean {
    return this.#context.changed.has(`${name}.${key}`) || this.#recorded.has(key);
  }

  /** Checks whether other parts of the model use a name of a population as a variable. */
  #isVariable(name: string, key: string): boolean {
    return this.#isSeen(name, key) || this.#readByValues.has(`post.${key}`);
  }

  // --- Projections ---------------------------------------------------------------------------------------------------

  /** Returns the projection, or its parts. */
  #projection(name: string, projection: Projection): readonly (readonly [string, Projection])[] {
    const pointer = child('/projections', name);
    const type = this.#model.synapses[projection.synapse];
    if (type === undefined) return [];
    const { delayRange, space: _, ...rest } = projection;
    const rules = rest.connect.map((rule) => ruleInBrian(rule, projection, pointer, this.#context));
    const areExpressible = rules.every((rule) => rule !== undefined);
    // Values that Brian cannot express become lists, which require listed connections.
    const unknown = [
      ...Object.entries(rest.values).map(([key, value]) => [value, unitOf(type, key)] as const),
      ...Object.values(rest.delays).map((value) => [value, 's'] as const),
    ].some(([value, unit]) => this.#values.isUnsayable(value, unit));
    const parts = areExpressible && !unknown ? partsOf(name, { ...rest, connect: rules }, this.#data) : undefined;
    if (parts !== undefined && !readsPlaces([rest.values, rest.delays])) {
      if (delayRange !== undefined && !areWithinRange(projection, this.#data))
        this.#report.different(
          'brian/delay-range',
          child(pointer, 'delayRange'),
          'Brian has no limits on delays: it keeps those outside them',
        );
      return parts.map(([label, part]) => [
        label,
        {
          ...part,
          values: this.#values.all(part.values, type, pointer, undefined),
          delays: mapped(part.delays, (value, key) =>
            this.#values.one(value, 's', child(child(pointer, 'delays'), key)),
          ),
        },
      ]);
    }
    const drawn = drawnParts(name, projection, this.#model, this.drawn?.model);
    if (drawn.length === 0) {
      this.#needDraws();
      return [[name, projection]];
    }
    this.#report.convention(
      'brian/listed',
      pointer,
      areExpressible
        ? 'Brian has no such distribution: connections and values drawn with this seed are listed'
        : 'Brian has no such connection rule: the connections drawn with this seed are listed',
    );
    return drawn.map(([label, part]) => {
      const { delayRange: __, space: ___, ...plain } = part;
      return [label, plain];
    });
  }
}
