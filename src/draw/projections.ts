/**
 * Builds the projections for lowering: drawn connections as lists, and projections between populations instead of
 * selections.
 */

import { limits } from '../diagnostics/limits.js';
import type { ConnectionRule, End, Model, Projection, SelectionRule, Value } from '../model/typed.js';
import type { Places } from './space/axes.js';
import { drawnConnections, listedRules, type Between } from './connections.js';
import { CannotDraw, isDraw, type Generators } from './generators.js';
import {
  checkDistinct,
  elementsOf,
  isPlain,
  pairsOf,
  requireFew,
  sameTargetsOf,
  splitDrawn,
  splitList,
  type Pairs,
} from './ends.js';
import type { Elements, Part } from './drawn-model.js';
import type { DrawnArrays } from './arrays.js';
import { type GivenArray, explicitValue, isForPairs, type Synapses } from './pair-values.js';
import { explicitPlaces } from './places-on-cells.js';
import type { Samples } from './samples.js';
import type { Pieces } from './pieces.js';

/** The data from which projections are built. */
interface ProjectionSetting {
  readonly model: Model;
  readonly data: DrawnArrays;
  readonly sizeOf: (population: string) => number;
  readonly samples: Samples;
  readonly generators: Generators;
  readonly places: ReadonlyMap<string, Places>;
}

/** Whether a projection needs any of the steps of this file. */
export const needsBuilding = ({ from, to, connect, values, delays }: Projection): boolean =>
  from.places !== undefined ||
  to.places !== undefined ||
  !isPlain(from.of) ||
  !isPlain(to.of) ||
  connect.some(({ rule }) => rule === 'hostDrawn' || rule === 'clone') ||
  [...Object.values(values), ...Object.values(delays)].some((value) => isDraw(value) || isForPairs(value));

/** The projections of a model, as they are built one after the other. */
export class DrawnProjections {
  readonly #setting: ProjectionSetting;
  /** The projections built so far, by name, in the order of creation. */
  readonly built = new Map<string, Projection>();
  /** The model's projections of pieces. */
  readonly parts = new Map<string, Part>();
  /** Projections replaced by several. */
  readonly pieces: Map<string, Pieces> = new Map();
  /** Projections in the place of others so far. */
  #split = 0;
  /** Drawn pairs by projection, for copies. */
  readonly #drawn = new Map<string, Pairs>();
  /** Projections with explicit rules, before they were split, for the values that phases assign to their synapses. */
  readonly #explicit = new Map<string, Projection>();

  constructor(setting: ProjectionSetting) {
    this.#setting = setting;
  }

  /** Builds the replacements of a projection of the model, one or several. */
  build(name: string, written: Projection): void {
    const { data, samples, model } = this.#setting;
    const resolved = (end: End): End => ({ ...end, of: samples.resolve(end.of) });
    const { connect, connectedAs } = this.#copied(name, written.connect);
    const projection = { ...written, connect, from: resolved(written.from), to: resolved(written.to) };
    const plain = isPlain(projection.from.of) && isPlain(projection.to.of);
    const values = [...Object.values(projection.values), ...Object.values(projection.delays)];
    const drawn = connect.some(({ rule }) => rule === 'hostDrawn') || values.some(isDraw);
    const placed = projection.from.places !== undefined || projection.to.places !== undefined;
    const explicitly = drawn || placed || values.some(isForPairs);
    if (projection.to.of.kind === 'synapses' || projection.from.of.kind === 'synapses') {
      if (explicitly) throw new CannotDraw(`values drawn by a named generator of a projection onto synapses (${name})`);
      this.built.set(name, projection);
      return;
    }
    if (plain && !explicitly) {
      this.#finish(name, projection, connectedAs);
      return;
    }
    const between = this.#between(name, projection);
    const explicit = explicitly ? this.#explicitly(name, drawn, projection, between) : projection;
    if (plain) {
      this.#finish(name, explicit, connectedAs);
      return;
    }
    this.#explicit.set(name, explicit);
    checkDistinct(between.pre, `an end (from) of projection ${name}`);
    checkDistinct(between.post, `an end (to) of projection ${name}`);
    const { pre, post, sameTarget } = between;
    const left = limits.projectionPieces - this.#split;
    // Other rules than these connect all populations with each other.
    if (!explicit.connect.every(({ rule }) => rule === 'oneToOne' || rule === 'list'))
      requireFew(name, pre.populations.length * post.populations.length, left);
    const pairs = pairsOf(explicit.connect, pre.indices.length, post.indices.length, sameTarget, data.store);
    const pieces = pairs
      ? splitList(name, explicit, pre, post, pairs, data, left)
      : splitDrawn(name, explicit, pre, post);
    if (pieces.length > 1) this.#split += pieces.length;
    const plainEnd = (rule: SelectionRule, elements: Elements): Elements | null => (isWhole(rule) ? null : elements);
    const named: { readonly name: string; readonly at: Uint32Array | null }[] = [];
    for (const { projection: piece, name: wanted, at } of pieces) {
      const key =
        wanted === name ? name : freeName(wanted, (other) => other in model.projections || this.built.has(other));
      this.built.set(key, piece);
      named.push({ name: key, at });
      this.parts.set(key, {
        projection: name,
        connectedAs,
        pre: plainEnd(projection.from.of, pre),
        post: plainEnd(projection.to.of, post),
        sameTarget,
      });
    }
    if (pieces.length > 1) this.pieces.set(name, { pieces: named, known: pairs !== null });
  }

  /** A projection between plain pieces of populations, as it is. */
  #finish(name: string, projection: Projection, connectedAs: string): void {
    this.#explicit.set(name, projection);
    this.built.set(name, projection);
    if (connectedAs !== name)
      this.parts.set(name, { projection: name, connectedAs, pre: null, post: null, sameTarget: null });
  }

  #between(name: string, projection: Projection): Between {
    const { data, sizeOf, places, model } = this.#setting;
    const pre = elementsOf(projection.from.of, sizeOf, data.store);
    const post = elementsOf(projection.to.of, sizeOf, data.store);
    const identical = JSON.stringify(projection.from.of) === JSON.stringify(projection.to.of);
    return {
      name,
      projection,
      pre,
      post,
      sameTarget: sameTargetsOf(pre, post),
      identical,
      places,
      data,
      dt: model.experiment.dt,
    };
  }

  /** Connections and values that a generator draws, receiver by receiver, and values that are given by pair. */
  #explicitly(name: string, draws: boolean, projection: Projection, between: Between): Projection {
    const { generators } = this.#setting;
    const listed = projection.connect.length > 1 ? listedRules(projection, between, generators) : projection;
    const { drawn, pairs } = draws ? drawnConnections(listed, between, generators) : { drawn: listed, pairs: null };
    if (pairs) this.#drawn.set(name, pairs);
    const placed = this.#placed(name, drawn, between);
    if (![...Object.values(drawn.values), ...Object.values(drawn.delays)].some(isForPairs)) return placed;
    const synapses = this.#synapses(name, drawn, between);
    return {
      ...placed,
      values: this.#byPair(drawn.values, synapses, name),
      delays: this.#byPair(drawn.delays, synapses, name),
    };
  }

  /** The projection with the place of each synapse as numbers. */
  #placed(name: string, projection: Projection, between: Between): Projection {
    const { from, to } = projection;
    if (!from.places && !to.places) return projection;
    const synapses = this.#synapses(name, projection, between);
    if (!synapses)
      throw new CannotDraw(`places by synapse of connections that are drawn on the target (projection ${name})`);
    const { sources, targets } = synapses.pairs;
    const sizes: Readonly<Record<string, number>> = {
      N_pre: between.pre.indices.length,
      N_post: between.post.indices.length,
    };
    const read = (variable: string, at: number): number | undefined =>
      variable === 'i' ? (sources[at] ?? 0) : variable === 'j' ? (targets[at] ?? 0) : sizes[variable];
    const at = (end: End, side: 'from' | 'to'): End => {
      const drawn = { seed: this.#setting.model.experiment.seed, stream: `projection/${name}/places/${side}` };
      const placed = { what: `projection ${name}`, drawn, count: sources.length, read };
      return end.places ? { ...end, places: explicitPlaces(end.places, placed, this.#setting.data) } : end;
    };
    return { ...projection, from: at(from, 'from'), to: at(to, 'to') };
  }

  #byPair(
    values: Readonly<Record<string, Value>>,
    synapses: Synapses | undefined,
    name: string,
  ): Record<string, Value> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        isForPairs(value) ? this.#explicitValue(key, value, synapses, name) : value,
      ]),
    );
  }

  #explicitValue(key: string, value: GivenArray, synapses: Synapses | undefined, name: string): GivenArray {
    if (!synapses)
      throw new CannotDraw(`values by pair for connections that are drawn on the target (projection ${name})`);
    return explicitValue(key, value, synapses, this.#setting.data);
  }

  #synapses(name: string, projection: Projection, { pre, post, sameTarget, data }: Between): Synapses | undefined {
    const pairs = pairsOf(projection.connect, pre.indices.length, post.indices.length, sameTarget, data.store);
    return pairs ? { projection: name, pairs, post: post.indices.length } : undefined;
  }

  /**
   * Returns the synapses of a built projection, and the number of senders; undefined if they are drawn on the target.
   */
  synapsesOf(name: string): (Synapses & { readonly pre: number }) | undefined {
    const known = this.#explicit.get(name);
    if (!known || known.to.of.kind === 'synapses' || known.from.of.kind === 'synapses') return undefined;
    const between = this.#between(name, known);
    const synapses = this.#synapses(name, known, between);
    return synapses && { ...synapses, pre: between.pre.indices.length };
  }

  /** Returns the rules of a projection that clones the connections of another, and the original. */
  #copied(
    name: string,
    connect: readonly ConnectionRule[],
  ): { readonly connect: readonly ConnectionRule[]; readonly connectedAs: string } {
    const [only] = connect;
    if (only?.rule !== 'clone') {
      if (connect.some(({ rule }) => rule === 'clone'))
        throw new CannotDraw(`several connection rules, one of which copies others (projection ${name})`);
      return { connect, connectedAs: name };
    }
    const pairs = this.#drawn.get(only.of);
    if (pairs) return { connect: [{ rule: 'list', ...onePerPair(pairs, this.#setting.data) }], connectedAs: name };
    const seen = new Set([name]);
    let of = only.of;
    for (;;) {
      if (seen.has(of)) throw new CannotDraw(`the connections of ${name}, which copy each other,`);
      seen.add(of);
      const rules: readonly ConnectionRule[] = this.#setting.model.projections[of]?.connect ?? [];
      const [next] = rules;
      if (next?.rule !== 'clone') {
        if (rules.some(({ rule }) => rule === 'hostDrawn'))
          throw new CannotDraw(`the connections of ${of}, which are copied before they are drawn,`);
        return { connect: rules, connectedAs: of };
      }
      of = next.of;
    }
  }
}

/** A name that is free. */
function freeName(wanted: string, has: (name: string) => boolean): string {
  for (let k = 1; ; k++) {
    const name = k === 1 ? wanted : `${wanted}_${k}`;
    if (!has(name)) return name;
  }
}

/** A clone of drawn connections has one synapse for each connected pair, by receiver and then sender, as PyNN's has. */
function onePerPair(
  { sources, targets }: Pairs,
  data: DrawnArrays,
): { readonly sources: ReturnType<DrawnArrays['keep']>; readonly targets: ReturnType<DrawnArrays['keep']> } {
  let most = 0;
  for (let k = 0; k < sources.length; k++) most = Math.max(most, (sources[k] as number) + 1);
  const keys = Float64Array.from(
    { length: sources.length },
    (_, k) => (targets[k] as number) * most + (sources[k] as number),
  ).sort();
  const single = keys.filter((key, k) => k === 0 || key !== keys[k - 1]);
  return {
    sources: data.keep(Uint32Array.from(single, (key) => key % Math.max(1, most))),
    targets: data.keep(Uint32Array.from(single, (key) => Math.floor(key / Math.max(1, most)))),
  };
}

/** Whether an end is an entire population. */
const isWhole = (rule: SelectionRule): boolean => rule.kind === 'slice' && rule.slice === undefined;

/** Returns the order of a projection's first draw; projections without draws come last. */
export function firstOrder(projection: Projection): number {
  const orders = [
    ...projection.connect.flatMap((rule) =>
      rule.rule === 'hostDrawn' ? [Number((rule.arguments as { readonly order?: number }).order ?? 0)] : [],
    ),
    ...[...Object.values(projection.values), ...Object.values(projection.delays)].flatMap((value) =>
      isDraw(value) ? [value.order] : [],
    ),
  ];
  if (orders.length > 0) return Math.min(...orders);
  return Infinity;
}
