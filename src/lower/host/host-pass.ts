/**
 * Pass before all others: what is drawn by a named generator, in the order that a notation prescribes, becomes explicit; and
 * projections between lists, samples and assemblies become projections between populations.
 *
 * Draws happen by their `order`; a projection draws its connections and, receiver by receiver, the values of its synapses.
 */

import type { Diagnostics } from '../../diagnostics/diagnostic.js';
import { parseExpression } from '../../lang/parse.js';
import type { End, HostDraw, Model, Population, Projection, SelectionRule, ValidModel, Value } from '../../model/model.js';
import * as messages from '../messages.js';
import { columnsOf, columnsOfPairs, type HostConnector, type HostEnds } from './connect.js';
import { drawValues, drawVector, Generators, HostError, inSi } from './draws.js';
import { elementsOf, isPlain, pairsOf, splitEnds, type Elements } from './ends.js';
import { numberFunction } from './numbers.js';

const isDraw = (value: Value): value is HostDraw => typeof value === 'object' && 'generator' in value;

/** A model in which nothing is left to a named generator. What cannot be made so is reported. */
export function resolveOnHost(valid: ValidModel, diagnostics: Diagnostics): ValidModel {
  if (!needsHost(valid.model)) return valid;
  try {
    return { ...valid, model: new HostPass(valid).run() };
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    diagnostics.add(messages.unsupportedFeature(error.message));
    return valid;
  }
}

function needsHost(model: Model): boolean {
  const draws = (values: Readonly<Record<string, Value>>): boolean => Object.values(values).some(isDraw);
  const drawn = (rule: SelectionRule): boolean =>
    'assembly' in rule ? rule.assembly.some(drawn) : 'sample' in rule && rule.generator !== undefined;
  return (
    Object.values(model.populations).some(({ values }) => draws(values)) ||
    Object.values(model.projections).some(
      ({ from, to, connect, values, delays }) =>
        !isPlain(from.of) || !isPlain(to.of) || connect.some(({ rule }) => rule === 'hostDrawn') || draws(values) || draws(delays),
    ) ||
    model.recordings.some(({ of }) => drawn(of)) ||
    Object.values(model.stimuli).some(({ to }) => drawn(to)) ||
    Object.values(model.operations).some(({ on }) => drawn(on))
  );
}

/** One thing that draws. */
interface Job {
  readonly order: number;
  readonly run: () => void;
}

class HostPass {
  readonly #valid: ValidModel;
  readonly #generators = new Generators();
  readonly #populations: Record<string, Population>;
  readonly #projections = new Map<string, Projection>();
  /** Samples by the order of their draw: a view that is used twice is drawn once. */
  readonly #samples = new Map<HostDraw['order'], readonly number[]>();

  constructor(valid: ValidModel) {
    this.#valid = valid;
    this.#populations = { ...valid.model.populations };
  }

  run(): Model {
    const { model } = this.#valid;
    const jobs: Job[] = [];
    for (const [name, population] of Object.entries(model.populations)) {
      for (const [variable, value] of Object.entries(population.values)) {
        if (isDraw(value)) jobs.push({ order: value.order, run: () => this.#drawPopulation(name, variable, value) });
      }
    }
    const selections = [
      ...Object.values(model.projections).flatMap(({ from, to }) => [from.of, to.of]),
      ...model.recordings.map(({ of }) => of),
      ...Object.values(model.stimuli).map(({ to }) => to),
      ...Object.values(model.operations).map(({ on }) => on),
    ];
    for (const selection of selections) this.#sampleJobs(selection, jobs);
    for (const [name, projection] of Object.entries(model.projections))
      jobs.push({ order: firstOrder(projection), run: () => this.#buildProjection(name, projection) });
    for (const { run } of [...jobs].sort((a, b) => a.order - b.order)) run();
    return this.#finish(model);
  }

  #finish(model: Model): Model {
    const select = (rule: SelectionRule): SelectionRule => this.#resolve(rule);
    return {
      ...model,
      populations: this.#populations,
      projections: Object.fromEntries(this.#projections),
      recordings: model.recordings.map((recording) => ({ ...recording, of: select(recording.of) })),
      stimuli: Object.fromEntries(
        Object.entries(model.stimuli).map(([name, stimulus]) => [name, { ...stimulus, to: select(stimulus.to) }]),
      ),
      operations: Object.fromEntries(
        Object.entries(model.operations).map(([name, operation]) => [name, { ...operation, on: select(operation.on) }]),
      ),
    };
  }

  #drawPopulation(name: string, variable: string, draw: HostDraw): void {
    const population = this.#populations[name] as Population;
    const array = drawValues(draw, population.size, this.#generators);
    this.#populations[name] = { ...population, values: { ...population.values, [variable]: { array } } };
  }

  // --- Selections -------------------------------------------------------------------------------------------------

  #sampleJobs(rule: SelectionRule, jobs: Job[]): void {
    if ('assembly' in rule) for (const part of rule.assembly) this.#sampleJobs(part, jobs);
    if (!('sample' in rule) || !rule.generator) return;
    const { generator, sample } = rule;
    const size = this.#sizeOf(rule.population);
    jobs.push({
      order: generator.order,
      run: () => {
        if (this.#samples.has(generator.order)) return;
        const order = this.#generators.of(generator.seed, generator.stream).permutation(size);
        this.#samples.set(
          generator.order,
          Array.from(order.subarray(0, sample)).sort((a, b) => a - b),
        );
      },
    });
  }

  /** A selection without samples that a generator draws. */
  #resolve(rule: SelectionRule): SelectionRule {
    if ('assembly' in rule) return { assembly: rule.assembly.map((part) => this.#resolve(part)) };
    if (!('sample' in rule) || !rule.generator) return rule;
    return { population: rule.population, indices: this.#samples.get(rule.generator.order) ?? [] };
  }

  readonly #sizeOf = (population: string): number => this.#valid.model.populations[population]?.size ?? 0;

  // --- Projections ------------------------------------------------------------------------------------------------

  #buildProjection(name: string, written: Projection): void {
    const { data } = this.#valid;
    const resolved = (end: End): End => ({ ...end, of: this.#resolve(end.of) });
    const projection = { ...written, from: resolved(written.from), to: resolved(written.to) };
    const plain = isPlain(projection.from.of) && isPlain(projection.to.of);
    const drawn =
      projection.connect.some(({ rule }) => rule === 'hostDrawn') ||
      [...Object.values(projection.values), ...Object.values(projection.delays)].some(isDraw);
    if (plain && !drawn) {
      this.#projections.set(name, projection);
      return;
    }
    if ('projection' in projection.to.of) throw new HostError(`values drawn by a named generator of a projection onto synapses (${name})`);
    const [pre, post] = [elementsOf(projection.from.of, this.#sizeOf, data), elementsOf(projection.to.of, this.#sizeOf, data)];
    const explicit = drawn ? this.#drawProjection(name, projection, pre, post) : projection;
    if (plain) {
      this.#projections.set(name, explicit);
      return;
    }
    const pairs = pairsOf(explicit.connect, pre.indices.length, post.indices.length, sameElement(pre, post), data);
    if (!pairs)
      throw new HostError(
        `the connection rule ${explicit.connect.map(({ rule }) => rule).join(', ')} between selections with gaps (projection ${name})`,
      );
    for (const [key, part] of splitEnds(name, explicit, pre, post, pairs, data)) this.#projections.set(key, part);
  }

  /** Connections and values that a generator draws, receiver by receiver. */
  #drawProjection(name: string, projection: Projection, pre: Elements, post: Elements): Projection {
    const { data } = this.#valid;
    const same = sameElement(pre, post);
    const [n, m] = [pre.indices.length, post.indices.length];
    const [only] = projection.connect;
    const hostDrawn = only?.rule === 'hostDrawn' ? (only.arguments as unknown as HostConnector & HostSource) : null;
    if (projection.connect.some(({ rule }) => rule === 'hostDrawn') && projection.connect.length > 1)
      throw new HostError(`several connection rules of which a named generator draws one (projection ${name})`);
    const columns: Iterable<{ readonly target: number; readonly sources: readonly number[]; readonly at?: readonly number[] }> = hostDrawn
      ? columnsOf(
          hostDrawn,
          { pre: n, post: m, same, identical: JSON.stringify(projection.from.of) === JSON.stringify(projection.to.of) } satisfies HostEnds,
          this.#generators.of(String(hostDrawn.generator?.seed ?? '0'), hostDrawn.generator?.stream),
          chanceOf(hostDrawn, n, m),
        )
      : givenColumns(name, projection, n, m, same, data);
    const draws = [
      ...Object.entries(projection.values).map(([key, value]) => ({ kind: 'values' as const, key, value })),
      ...Object.entries(projection.delays).map(([key, value]) => ({ kind: 'delays' as const, key, value })),
    ]
      .flatMap((entry) => (isDraw(entry.value) ? [{ ...entry, value: entry.value, numbers: [] as number[] }] : []))
      .sort((a, b) => a.value.order - b.value.order);
    const sources: number[] = [];
    const targets: number[] = [];
    const places: number[] = [];
    for (const column of columns) {
      for (const [k, source] of column.sources.entries()) {
        sources.push(source);
        targets.push(column.target);
        if (column.at) places.push(column.at[k] as number);
      }
      // Draws of one order are one draw: a delay may be needed at several places.
      const done = new Map<number, number[]>();
      for (const draw of draws) {
        const { order, seed, stream, distribution, arguments: parameters } = draw.value;
        let numbers = done.get(order);
        if (!numbers)
          done.set(order, (numbers = drawVector(distribution, parameters, column.sources.length, this.#generators.of(seed, stream))));
        for (const number of numbers) draw.numbers.push(number);
      }
    }
    const [values, delays] = [{ ...projection.values }, { ...projection.delays }];
    for (const { kind, key, value, numbers } of draws)
      (kind === 'values' ? values : delays)[key] = { array: inSi(backInPlace(numbers, places), value.exponent10) };
    if (places.length > 0 || (!hostDrawn && sources.length === 0)) return { ...projection, values, delays };
    return { ...projection, connect: [{ rule: 'list', sources, targets }], values, delays };
  }
}

interface HostSource {
  readonly generator?: { readonly seed: string | number; readonly stream?: string };
  readonly order?: number;
}

/** Numbers in the order of creation, where columns were gone through in another. */
function backInPlace(numbers: readonly number[], places: readonly number[]): readonly number[] {
  if (places.length === 0) return numbers;
  const result = new Array<number>(numbers.length);
  for (const [k, at] of places.entries()) result[at] = numbers[k] as number;
  return result;
}

const sameElement =
  (pre: Elements, post: Elements) =>
  (i: number, j: number): boolean =>
    pre.indices[i] === post.indices[j] && pre.populations[pre.ordinals[i] as number] === post.populations[post.ordinals[j] as number];

/** The order of the first draw of a projection; those that draw nothing come last. */
function firstOrder(projection: Projection): number {
  const orders = [
    ...projection.connect.flatMap((rule) =>
      rule.rule === 'hostDrawn' ? [Number((rule.arguments as unknown as HostSource).order ?? 0)] : [],
    ),
    ...[...Object.values(projection.values), ...Object.values(projection.delays)].flatMap((value) => (isDraw(value) ? [value.order] : [])),
  ];
  return orders.length === 0 ? Infinity : Math.min(...orders);
}

/** Columns of connections without chance. */
function givenColumns(
  name: string,
  projection: Projection,
  n: number,
  m: number,
  same: (i: number, j: number) => boolean,
  data: ValidModel['data'],
) {
  const pairs = pairsOf(projection.connect, n, m, same, data);
  if (!pairs) throw new HostError(`values drawn by a named generator for connections that are drawn on the target (projection ${name})`);
  return columnsOfPairs(pairs.sources, pairs.targets, m);
}

/** The probability of a pair, where a rule has an expression of it. */
function chanceOf(rule: HostConnector, n: number, m: number): (i: number, j: number) => number {
  if (typeof rule.p !== 'string') return () => rule.p as number;
  const f = numberFunction(parseExpression(rule.p));
  return (i, j) =>
    f((name) => {
      switch (name) {
        case 'i':
          return i;
        case 'j':
          return j;
        case 'N_pre':
          return n;
        case 'N_post':
          return m;
        default:
          throw new HostError(`a probability that reads ${name}, drawn by a named generator,`);
      }
    });
}
