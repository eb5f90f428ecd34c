/**
 * Pass before all others: what is drawn by a named generator, in the order that a notation prescribes, becomes explicit; elements get
 * their places; and projections between lists, samples and assemblies become projections between populations.
 *
 * Draws happen by their `order`; a projection draws its connections and, receiver by receiver, the values of its synapses.
 */

import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { streamKey } from '../../ir/library/streams.js';
import type { ConnectionRule, End, HostDraw, Model, Population, Projection, SelectionRule, ValidModel, Value } from '../../model/model.js';
import { arrayOf } from '../context.js';
import * as messages from '../messages.js';
import type { RandomState } from '../numpy/random-state.js';
import type { Places } from '../space/axes.js';
import { permutationByCounters, placesOf } from '../space/places.js';
import { drawnConnections, type Between } from './drawn-connections.js';
import { drawVector, Generators, HostError, inSi } from './draws.js';
import { checkDistinct, elementsOf, isPlain, pairsOf, sameTargetsOf, splitDrawn, splitList, type Pairs } from './ends.js';
import type { Elements, Part } from './elements.js';
import { HostData } from './host-data.js';
import { drawForPhase, valuesOfPhase, type PhaseSetting } from './phase-values.js';
import { spreadPhase, spreadRecording } from './spread.js';

const isDraw = (value: Value): value is HostDraw => typeof value === 'object' && 'generator' in value;

/** What the pass yields. */
export interface Resolved extends ValidModel {
  /** Where the elements of populations are, for those that have places. */
  readonly places: ReadonlyMap<string, Places>;
  /** What projections are pieces of, for those that are. */
  readonly parts: ReadonlyMap<string, Part>;
}

/** A model in which nothing is left to a named generator. What cannot be made so is reported. */
export function resolveOnHost(valid: ValidModel, diagnostics: Diagnostics): Resolved {
  const plain: Resolved = { ...valid, places: new Map(), parts: new Map() };
  if (!needsHost(valid.model)) return plain;
  try {
    return new HostPass(valid).run();
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    diagnostics.add(messages.unsupportedFeature(error.message));
    return plain;
  }
}

function needsHost(model: Model): boolean {
  const draws = (values: Readonly<Record<string, Value>>): boolean => Object.values(values).some(isDraw);
  return (
    Object.values(model.populations).some(({ values, positions }) => positions !== undefined || draws(values)) ||
    Object.values(model.projections).some(
      ({ from, to, connect, values, delays }) =>
        !isPlain(from.of) ||
        !isPlain(to.of) ||
        connect.some(({ rule }) => rule === 'hostDrawn' || rule === 'clone') ||
        draws(values) ||
        draws(delays),
    ) ||
    model.recordings.some(({ of }) => hasSample(of)) ||
    Object.values(model.stimuli).some(({ to }) => hasSample(to)) ||
    Object.values(model.operations).some(({ on }) => hasSample(on)) ||
    model.experiment.protocol.some((phase) => {
      const of = 'set' in phase || 'initialise' in phase ? phase.of : undefined;
      return (of && hasSample(of)) || draws(valuesOfPhase(phase));
    })
  );
}

type Phase = Model['experiment']['protocol'][number];

const hasSample = (rule: SelectionRule): boolean => ('assembly' in rule ? rule.assembly.some(hasSample) : 'sample' in rule);

/** One thing that draws. */
interface Job {
  readonly order: number;
  readonly run: () => void;
}

class HostPass {
  readonly #valid: ValidModel;
  readonly #data: HostData;
  readonly #generators = new Generators();
  readonly #populations: Record<string, Population>;
  readonly #projections = new Map<string, Projection>();
  readonly #places = new Map<string, Places>();
  readonly #parts = new Map<string, Part>();
  /** Samples by what draws them: a view that is used twice is drawn once. */
  readonly #samples = new Map<string, Uint32Array>();
  /** Drawn pairs by projection, for copies. */
  readonly #drawn = new Map<string, Pairs>();
  /** Values that phases give, by phase and key. */
  readonly #phaseValues = new Map<string, Value>();
  /** Projections that several stand for. */
  readonly #split = new Map<string, readonly string[]>();

  constructor(valid: ValidModel) {
    this.#valid = valid;
    this.#data = new HostData(valid.data);
    this.#populations = { ...valid.model.populations };
  }

  run(): Resolved {
    const { model } = this.#valid;
    const jobs: Job[] = [];
    for (const [name, population] of Object.entries(model.populations)) {
      const { positions } = population;
      const drawnBy = positions && 'structure' in positions ? positions.generator : undefined;
      if (positions) jobs.push({ order: drawnBy?.order ?? -1, run: () => this.#place(name, population, positions, drawnBy) });
      for (const [variable, value] of Object.entries(population.values)) {
        if (isDraw(value)) jobs.push({ order: value.order, run: () => this.#drawPopulation(name, variable, value) });
      }
    }
    const selections = [
      ...Object.values(model.projections).flatMap(({ from, to }) => [from.of, to.of]),
      ...model.recordings.map(({ of }) => of),
      ...Object.values(model.stimuli).map(({ to }) => to),
      ...Object.values(model.operations).map(({ on }) => on),
      ...model.experiment.protocol.flatMap((phase) => ('set' in phase || 'initialise' in phase ? (phase.of ?? []) : [])),
    ];
    model.experiment.protocol.forEach((phase, k) => {
      for (const [key, value] of Object.entries(valuesOfPhase(phase)))
        if (isDraw(value)) jobs.push({ order: value.order, run: () => this.#drawForPhase(k, key, phase, value) });
    });
    for (const selection of selections) this.#sampleJobs(selection, jobs);
    for (const [name, projection] of Object.entries(model.projections))
      jobs.push({ order: firstOrder(projection), run: () => this.#buildProjection(name, projection) });
    for (const { run } of [...jobs].sort((a, b) => a.order - b.order)) run();
    return { model: this.#finish(model), data: this.#data.store, places: this.#places, parts: this.#parts };
  }

  #finish(model: Model): Model {
    const select = (rule: SelectionRule): SelectionRule => this.#resolve(rule);
    return {
      ...model,
      populations: this.#populations,
      projections: Object.fromEntries(this.#projections),
      recordings: model.recordings.flatMap((recording) => spreadRecording({ ...recording, of: select(recording.of) }, this.#split)),
      stimuli: Object.fromEntries(
        Object.entries(model.stimuli).map(([name, stimulus]) => [name, { ...stimulus, to: select(stimulus.to) }]),
      ),
      operations: Object.fromEntries(
        Object.entries(model.operations).map(([name, operation]) => [name, { ...operation, on: select(operation.on) }]),
      ),
      experiment: { ...model.experiment, protocol: model.experiment.protocol.map((phase, k) => this.#phase(phase, k)) },
    };
  }

  #drawForPhase(k: number, key: string, phase: Phase, draw: HostDraw): void {
    const setting: PhaseSetting = {
      model: this.#valid.model,
      projections: this.#projections,
      data: this.#data.store,
      sizeOf: this.#sizeOf,
      resolve: (rule) => this.#resolve(rule),
    };
    const array = this.#data.keep(drawForPhase(key, phase, draw, this.#generators.of(draw.seed, draw.stream), setting));
    this.#phaseValues.set(`${k} ${key}`, { array });
  }

  /** A phase with what was drawn for it, and without samples. */
  #phase(phase: Phase, k: number): Phase {
    const drawn = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, this.#phaseValues.get(`${k} ${key}`) ?? value]));
    const chosen = 'set' in phase || 'initialise' in phase ? phase.of : undefined;
    const of = chosen ? { of: this.#resolve(chosen) } : {};
    if ('set' in phase) return spreadPhase({ ...phase, set: drawn(phase.set), ...of }, this.#split);
    if ('initialise' in phase) return spreadPhase({ ...phase, initialise: drawn(phase.initialise), ...of }, this.#split);
    return 'delays' in phase ? { ...phase, delays: drawn(phase.delays) } : phase;
  }

  // --- Populations ------------------------------------------------------------------------------------------------

  #place(name: string, population: Population, positions: NonNullable<Population['positions']>, drawnBy: HostDraw | undefined): void {
    const { seed } = this.#valid.model.experiment;
    const source = drawnBy
      ? ({ kind: 'numpy', state: this.#generators.of(drawnBy.seed, drawnBy.stream) } as const)
      : ({ kind: 'counters', seed } as const);
    this.#places.set(name, placesOf(name, population, positions, source, this.#valid.data));
  }

  #drawPopulation(name: string, variable: string, draw: HostDraw): void {
    const population = this.#populations[name] as Population;
    // PyNN copies parameters together with their generators, which do not move on; first values are drawn by the generators themselves.
    const isParameter = this.#valid.model.neurons[population.type ?? '']?.parameters[variable] !== undefined;
    const numbers = drawVector(draw.distribution, draw.arguments, population.size, this.#generatorOf(draw, isParameter));
    const array = this.#data.keep(inSi(numbers, draw.exponent10));
    this.#populations[name] = { ...population, values: { ...population.values, [variable]: { array } } };
  }

  /** The generator of a draw, or a copy of it as it is now. */
  #generatorOf({ seed, stream }: HostDraw, copied: boolean): RandomState {
    const state = this.#generators.of(seed, stream);
    return copied ? state.copy() : state;
  }

  // --- Selections -------------------------------------------------------------------------------------------------

  #sampleJobs(rule: SelectionRule, jobs: Job[]): void {
    if ('assembly' in rule) for (const part of rule.assembly) this.#sampleJobs(part, jobs);
    if (!('sample' in rule)) return;
    const key = sampleKey(rule);
    const size = rule.within ? arrayOf(rule.within, this.#valid.data).length : this.#sizeOf(rule.population);
    jobs.push({
      order: rule.generator?.order ?? -1,
      run: () => {
        if (this.#samples.has(key)) return;
        const order = rule.generator
          ? this.#generators.of(rule.generator.seed, rule.generator.stream).permutation(size)
          : permutationByCounters(streamKey(this.#valid.model.experiment.seed, `selection/${key}`), size);
        this.#samples.set(key, order.slice(0, rule.sample).sort());
      },
    });
  }

  /** A selection without samples. */
  #resolve(rule: SelectionRule): SelectionRule {
    if ('assembly' in rule) return { assembly: rule.assembly.map((part) => this.#resolve(part)) };
    if (!('sample' in rule)) return rule;
    const { data } = this.#valid;
    const drawn = this.#samples.get(sampleKey(rule)) ?? new Uint32Array();
    const within = rule.within && arrayOf(rule.within, data);
    const elements = within ? drawn.map((k) => within[k] as number).sort() : drawn;
    const pick = rule.pick && arrayOf(rule.pick, data);
    return { population: rule.population, indices: pick ? Array.from(pick, (k) => elements[k] as number) : Array.from(elements) };
  }

  readonly #sizeOf = (population: string): number => this.#valid.model.populations[population]?.size ?? 0;

  // --- Projections ------------------------------------------------------------------------------------------------

  #buildProjection(name: string, written: Projection): void {
    const data = this.#data;
    const resolved = (end: End): End => ({ ...end, of: this.#resolve(end.of) });
    const { connect, connectedAs } = this.#copied(name, written.connect);
    const projection = { ...written, connect, from: resolved(written.from), to: resolved(written.to) };
    const plain = isPlain(projection.from.of) && isPlain(projection.to.of);
    const drawn =
      connect.some(({ rule }) => rule === 'hostDrawn') ||
      [...Object.values(projection.values), ...Object.values(projection.delays)].some(isDraw);
    if ('projection' in projection.to.of || 'projection' in projection.from.of) {
      if (drawn) throw new HostError(`values drawn by a named generator of a projection onto synapses (${name})`);
      this.#projections.set(name, projection);
      return;
    }
    if (plain && !drawn) {
      this.#projections.set(name, projection);
      if (connectedAs !== name) this.#parts.set(name, { projection: name, connectedAs, pre: null, post: null, sameTarget: null });
      return;
    }
    const between = this.#between(name, projection);
    const explicit = drawn ? this.#draw(name, projection, between) : projection;
    if (plain) {
      this.#projections.set(name, explicit);
      return;
    }
    checkDistinct(between.pre, `an end (from) of projection ${name}`);
    checkDistinct(between.post, `an end (to) of projection ${name}`);
    const { pre, post, sameTarget } = between;
    const pairs = pairsOf(explicit.connect, pre.indices.length, post.indices.length, sameTarget, data.store);
    const pieces = pairs ? splitList(name, explicit, pre, post, pairs, data) : splitDrawn(name, explicit, pre, post);
    const plainEnd = (rule: SelectionRule, elements: Elements): Elements | null => (isWhole(rule) ? null : elements);
    for (const [key, piece] of pieces) {
      if (key !== name && this.#valid.model.projections[key])
        throw new HostError(`a projection named ${key} beside ${name}, between several populations,`);
      this.#projections.set(key, piece);
      this.#parts.set(key, {
        projection: name,
        connectedAs,
        pre: plainEnd(projection.from.of, pre),
        post: plainEnd(projection.to.of, post),
        sameTarget,
      });
    }
    if (pieces.length > 1)
      this.#split.set(
        name,
        pieces.map(([key]) => key),
      );
  }

  #between(name: string, projection: Projection): Between {
    const { data } = this.#valid;
    const pre = elementsOf(projection.from.of, this.#sizeOf, data);
    const post = elementsOf(projection.to.of, this.#sizeOf, data);
    const identical = JSON.stringify(projection.from.of) === JSON.stringify(projection.to.of);
    return { name, projection, pre, post, sameTarget: sameTargetsOf(pre, post), identical, places: this.#places, data: this.#data };
  }

  /** Connections and values that a generator draws, receiver by receiver. */
  #draw(name: string, projection: Projection, between: Between): Projection {
    const { drawn, pairs } = drawnConnections(projection, between, this.#generators);
    if (pairs) this.#drawn.set(name, pairs);
    return drawn;
  }

  /** The rules of a projection whose connections are those of another, and the one whose they are. */
  #copied(name: string, connect: readonly ConnectionRule[]): { readonly connect: readonly ConnectionRule[]; readonly connectedAs: string } {
    const [only] = connect;
    if (only?.rule !== 'clone') {
      if (connect.some(({ rule }) => rule === 'clone'))
        throw new HostError(`several connection rules of which one copies others (projection ${name})`);
      return { connect, connectedAs: name };
    }
    const pairs = this.#drawn.get(only.of);
    if (pairs) return { connect: [{ rule: 'list', ...onePerPair(pairs, this.#data) }], connectedAs: name };
    const seen = new Set([name]);
    let of = only.of;
    for (;;) {
      if (seen.has(of)) throw new HostError(`the connections of ${name}, which are copied in a circle,`);
      seen.add(of);
      const rules: readonly ConnectionRule[] = this.#valid.model.projections[of]?.connect ?? [];
      const [next] = rules;
      if (next?.rule !== 'clone') {
        if (rules.some(({ rule }) => rule === 'hostDrawn'))
          throw new HostError(`the connections of ${of}, which are copied before they are drawn,`);
        return { connect: rules, connectedAs: of };
      }
      of = next.of;
    }
  }
}

/** A clone of drawn connections has one synapse for each connected pair, by receiver and then sender, as PyNN's has. */
function onePerPair(
  { sources, targets }: Pairs,
  data: HostData,
): { readonly sources: ReturnType<HostData['keep']>; readonly targets: ReturnType<HostData['keep']> } {
  let most = 0;
  for (let k = 0; k < sources.length; k++) most = Math.max(most, (sources[k] as number) + 1);
  const keys = Float64Array.from({ length: sources.length }, (_, k) => (targets[k] as number) * most + (sources[k] as number)).sort();
  const single = keys.filter((key, k) => k === 0 || key !== keys[k - 1]);
  return {
    sources: data.keep(Uint32Array.from(single, (key) => key % Math.max(1, most))),
    targets: data.keep(Uint32Array.from(single, (key) => Math.floor(key / Math.max(1, most)))),
  };
}

/** What tells samples apart: who draws them, and of what. */
function sampleKey(rule: Extract<SelectionRule, { sample: number }>): string {
  if (rule.generator) return `order ${rule.generator.order}`;
  return rule.name ?? `${rule.population}/${rule.sample}`;
}

/** Whether an end is a whole population. */
const isWhole = (rule: SelectionRule): boolean => 'population' in rule && Object.keys(rule).length === 1;

/** The order of the first draw of a projection; those that draw nothing come last. */
function firstOrder(projection: Projection): number {
  const orders = [
    ...projection.connect.flatMap((rule) =>
      rule.rule === 'hostDrawn' ? [Number((rule.arguments as { readonly order?: number }).order ?? 0)] : [],
    ),
    ...[...Object.values(projection.values), ...Object.values(projection.delays)].flatMap((value) => (isDraw(value) ? [value.order] : [])),
  ];
  if (orders.length > 0) return Math.min(...orders);
  return Infinity;
}
