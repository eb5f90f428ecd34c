/** Names of populations and cells in files. */

import { entryOf, itemAt } from '../../src/diagnostics/entry.js';
import { memberOf } from '../../src/diagnostics/member.js';
import type { RunRecord, SeriesPlan } from './result.js';

/** The name of a population in files, and the ids of its cells there by element. */
export interface WrittenNodes {
  readonly population: string;
  readonly idOf: (element: number) => number;
}

/** First version of the layout whose spikes and samples have these names in every format. */
const namedSince = 3;

type Run = readonly [first: number, count: number];

/** Names that every format holds as they are: no control characters, commas and quotes. */
const isPlain = (name: string): boolean => /^[^\p{C}",]+$/u.test(name);

const own = (population: string): WrittenNodes => ({ population, idOf: (element) => element });

/**
 * Returns names and ids of the document that a model was read from, such as node populations and node ids of SONATA.
 * Parts into which a population was split have the name of the population. Models without such annotations, or with
 * annotations that give two cells one name, keep their own names.
 *
 * @param run  `version` is that of a stored result, absent for a new one
 */
export function writtenNodes(run: NamedRun): (population: string) => WrittenNodes {
  const known = nodesOfRuns.get(run) ?? nodesOf(run);
  nodesOfRuns.set(run, known);
  return known;
}

type NamedRun = Pick<RunRecord, 'model'> & Partial<Pick<RunRecord, 'version'>>;

/** Each series and each segment asks for the names, and models can be large: each is parsed once. */
const nodesOfRuns = new WeakMap<NamedRun, (population: string) => WrittenNodes>();

function nodesOf({ model, version = namedSince }: NamedRun): (population: string) => WrittenNodes {
  // Models can be large, and most have no such annotation.
  if (version < namedSince || !model.includes('"nodes":')) return own;
  return nodesIn(JSON.parse(model) as NamedModel);
}

/** The parts of a model that name its populations in files. */
export interface NamedModel {
  readonly annotations: unknown;
  readonly populations: Readonly<Record<string, { readonly size: number }>>;
}

/**
 * Returns the names that annotations of a notation give populations in its documents (`annotations.sonata.nodes`):
 * `population` and `ids`, or `node` and the graphs that it is `within`.
 */
export const statedNodes = (annotations: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.values(annotations ?? {}).flatMap((notation) => Object.entries(memberOf(notation, 'nodes') ?? {})),
  );

/** The same of a model that is not text. */
function nodesIn({ annotations, populations }: NamedModel): (population: string) => WrittenNodes {
  const all = statedNodes(annotations);
  const names = new Map<string, { readonly name: string; readonly runs: readonly Run[] }>();
  for (const [population, { size }] of Object.entries(populations)) {
    const stated = memberOf(all, population);
    const name = memberOf(stated, 'population') ?? memberOf(stated, 'node');
    const ids = memberOf(stated, 'ids');
    names.set(population, {
      name: typeof name === 'string' && isPlain(name) ? name : population,
      runs: Array.isArray(ids) ? (ids as readonly Run[]) : [[0, size]],
    });
    if (countOf(entryOf(names, population).runs) !== size) return own;
  }
  const runsOf = new Map<string, Run[]>();
  for (const { name, runs } of names.values()) runsOf.set(name, [...(runsOf.get(name) ?? []), ...runs]);
  for (const runs of runsOf.values()) {
    runs.sort(([a], [b]) => a - b);
    if (runs.some(([first], k) => k > 0 && first < itemAt(runs, k - 1)[0] + itemAt(runs, k - 1)[1])) return own;
  }
  const known = new Map(
    [...names].map(([population, { name, runs }]): [string, WrittenNodes] => {
      const [first, ...others] = runs;
      if (others.length === 0)
        return [population, { population: name, idOf: (element) => (first?.[0] ?? 0) + element }];
      const ids = runs.flatMap(([start, count]) => Array.from({ length: count }, (_, k) => start + k));
      return [population, { population: name, idOf: (element) => ids[element] ?? element }];
    }),
  );
  return (population) => known.get(population) ?? own(population);
}

/** Returns the names of a model's populations in files, or their own if several have one name. */
export function namesIn(model: NamedModel): (population: string) => string {
  const nodes = nodesIn(model);
  const names = Object.keys(model.populations).map((name) => nodes(name).population);
  const areUnique = new Set(names).size === names.length && !names.some((name) => name.includes('/'));
  return (population) => (areUnique ? nodes(population).population : population);
}

/** Returns the path of a population in a graph of NIR: the names of the graphs around its node, then the node's. */
export function nodePathsIn(model: NamedModel): (population: string) => readonly string[] {
  const nameOf = namesIn(model);
  return (population) => {
    const name = nameOf(population);
    const stated = memberOf(memberOf(statedNodes(model.annotations), population), 'within');
    const graphs = Array.isArray(stated) ? stated.map(String) : [];
    const start = graphs.map((graph) => `${graph}.`).join('');
    return name.startsWith(start) && name !== start ? [...graphs, name.slice(start.length)] : [name];
  };
}

const countOf = (runs: readonly Run[]): number => runs.reduce((sum, [, count]) => sum + count, 0);

/** Returns the name of the owner of a series, and the ids of its cells or synapses. */
export function writtenOwner(
  run: NamedRun,
  { owner, ownerKind }: Pick<SeriesPlan, 'owner' | 'ownerKind'>,
): WrittenNodes {
  return ownerKind === 'population' ? writtenNodes(run)(owner) : own(owner);
}
