/** Connected pairs of projections. */

import { populationOf } from '../../../../src/model/selected.js';
import { referencesIn } from '../../../../src/lang/walk.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { child } from '../../../../src/model/pointer.js';
import type { ConnectionRule, Projection, SynapseType } from '../../../../src/model/typed.js';
import { elementsOf, type ExportContext } from '../context.js';
import { readsOnlyPre } from './effects.js';
import { numberAt, type Numbers } from '../../../../src/library/element-values.js';

/** Connections as they are made, one after another. */
export interface Pairs {
  /** Index of the source of each. */
  readonly sources: readonly number[];
  /** Index of the target of each. */
  readonly targets: readonly number[];
  /** Number of the source and of the target of each within the ends, which may be parts of populations. */
  readonly numbers: { readonly pre: readonly number[]; readonly post: readonly number[] };
  /** How many elements the ends have. */
  readonly sizes: { readonly pre: number; readonly post: number };
}

/** A projection with its pairs and its numbers. */
export interface PairedProjection {
  readonly name: string;
  readonly projection: Projection;
  readonly type: SynapseType;
  readonly source: string;
  readonly target: string;
  readonly pairs: Pairs;
  /** Of parameters and first values of the synapses, in SI. */
  readonly values: ReadonlyMap<string, Numbers>;
}

/** Pairs of elements, by their indices in the populations; undefined after a report that they are not known. */
export function pairsOf(
  name: string,
  projection: Projection,
  context: Pick<ExportContext, 'model' | 'data' | 'report'>,
): Pairs | undefined {
  const { report } = context;
  const pointer = child('/projections', name);
  const from = elementsOf(projection.from.of, context);
  const into = elementsOf(projection.to.of, context);
  if (typeof from === 'string') return report.missing(`${pointer}/from`, from);
  if (typeof into === 'string') return report.missing(`${pointer}/to`, into);
  const same = populationOf(projection.from.of) === populationOf(projection.to.of);
  const pre: (readonly number[])[] = [];
  const post: (readonly number[])[] = [];
  for (const rule of projection.connect) {
    const numbers = explicit(rule, from, into, same, context);
    if (!numbers)
      return report.missing(
        `${pointer}/connect`,
        `connections by the rule ${rule.rule} are drawn; freeze the model first`,
      );
    pre.push(numbers[0]);
    post.push(numbers[1]);
  }
  const numbers = { pre: pre.flat(), post: post.flat() };
  return {
    sources: numbers.pre.map((k) => from[k] ?? 0),
    targets: numbers.post.map((k) => into[k] ?? 0),
    numbers,
    sizes: { pre: from.length, post: into.length },
  };
}

/** Returns the numbers of sources and targets within the ends, by a rule without draws. */
function explicit(
  rule: ConnectionRule,
  from: readonly number[],
  into: readonly number[],
  same: boolean,
  { data }: Pick<ExportContext, 'data'>,
): readonly [pre: readonly number[], post: readonly number[]] | undefined {
  return rule.rule === 'list'
    ? [Array.from(numbersOf(rule.sources, data)), Array.from(numbersOf(rule.targets, data))]
    : ruledPairs(rule, from, into, same);
}

/** Returns the pairs of a rule without draws or lists, in the order of writing. */
function ruledPairs(
  rule: ConnectionRule,
  from: readonly number[],
  into: readonly number[],
  same: boolean,
): readonly [pre: readonly number[], post: readonly number[]] | undefined {
  switch (rule.rule) {
    case 'all': {
      const all = into.map((_, k) => k);
      const targetsOf = (i: number): readonly number[] => (rule.self || !same ? all : all.filter((k) => into[k] !== i));
      return [from.flatMap((i, k) => targetsOf(i).map(() => k)), from.flatMap(targetsOf)];
    }
    case 'oneToOne': {
      const each = Array.from({ length: Math.min(from.length, into.length) }, (_, k) => k);
      return [each, each];
    }
    default:
      return undefined;
  }
}

/** Index values of each synapse, by the names that synapse code has for them. */
const places: Readonly<Record<string, (pairs: Pairs) => readonly number[] | number>> = {
  i: ({ numbers }) => numbers.pre,
  j: ({ numbers }) => numbers.post,
  N: ({ sources }) => sources.length,
  N_pre: ({ sizes }) => sizes.pre,
  N_post: ({ sizes }) => sizes.post,
  N_incoming: ({ targets }) => counts(targets),
  N_outgoing: ({ sources }) => counts(sources),
};

/** How many of some numbers are equal to each of them. */
function counts(all: readonly number[]): readonly number[] {
  const found = new Map<number, number>();
  for (const one of all) found.set(one, (found.get(one) ?? 0) + 1);
  return all.map((one) => found.get(one) ?? 0);
}

/** Returns the values of index names of synapses, each computed once. Other names give undefined. */
export function placesOf(pairs: Pairs): (name: string) => readonly number[] | number | undefined {
  const known = new Map<string, readonly number[] | number>();
  return (name) => {
    const place = Object.hasOwn(places, name) ? places[name] : undefined;
    const value = known.get(name) ?? place?.(pairs);
    if (value !== undefined) known.set(name, value);
    return value;
  };
}

/** Returns the values of index names and of the time step for each synapse, as numbers. */
export function numbersAt(pairs: Pairs, dt: number): (name: string, k: number) => number | undefined {
  const place = placesOf(pairs);
  return (name, k) => {
    const found = name === 'dt' ? dt : place(name);
    return found === undefined ? undefined : numberAt(found, k);
  };
}

/**
 * Returns populations without inputs that only add to inputs of one other population, each element to one cell. Each
 * comes with its projection.
 */
export function attachedPopulations({ model }: ExportContext): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const projections = Object.entries(model.projections);
  for (const [name, { type }] of Object.entries(model.populations)) {
    if (type === undefined) continue;
    if (projections.some(([, { to }]) => populationOf(to.of) === name)) continue;
    const out = projections.filter(([, { from }]) => populationOf(from.of) === name);
    const [[id, projection] = []] = out;
    if (out.length !== 1 || id === undefined || !projection) continue;
    const synapse = model.synapses[projection.synapse];
    if (!synapse || !readsOnlyPre(synapse)) continue;
    const read = synapse.contributes.flatMap(({ value }) => referencesIn(value));
    if (read.every((one) => one.kind === 'own' || one.end === 'pre')) found.set(name, id);
  }
  return found;
}
