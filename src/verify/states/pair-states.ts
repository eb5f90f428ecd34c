/** Pairs states of two cell types with other names, by what the states do. */

import { equalDimensions } from '../../lang/dimension.js';
import { NoNumber } from '../../lang/evaluate.js';
import { parseUnit } from '../../lang/units.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import { populationsOf } from '../../model/selected.js';
import type { Became } from '../../model/rewriting/became.js';
import type * as written from '../../model/model.js';
import type { ValidModel } from '../../model/typed.js';
import { typedValid, writtenSelection } from '../../model/typed-model.js';
import { cellType, scopeOf, spikeOf, valueIn, type Scope } from './element-scope.js';
import type { PartsThere } from '../open-loop.js';

/** What a state of a cell does. */
interface Role {
  readonly name: string;
  readonly unit: string;
  /** Whether the spike condition reads it, and whether the spike writes it. */
  readonly decides: boolean;
  readonly isReset: boolean;
  /** Sources of synapses that write it, by their names in the first model. */
  readonly sources: ReadonlySet<string>;
  /** First value, and slope of its rate by itself. */
  readonly first: number;
  readonly slope: number;
  /** Slope of the rate of the state that decides, at two of its values. */
  readonly effects: readonly [number, number];
}

/** Returns the variables of a population that synapses write, with the populations that the synapses come from. */
export function writtenVariables({ model }: ValidModel, population: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { from, to, synapse, receptors } of Object.values(model.projections)) {
    if (!populationsOf(writtenSelection(to.of)).includes(population)) continue;
    const { pathways, contributes, summed, events = {} } = model.synapses[synapse]!;
    const statements = [...Object.values(pathways), ...Object.values(events)].flatMap(({ do: actions }) => actions);
    const ports = statements.flatMap((one) => (one.kind === 'send' ? [one.port] : []));
    const targets = [
      ...writtenBy(statements),
      ...ports,
      ...[...contributes, ...summed].map(({ to: sum }) => sum.variable),
    ];
    for (const target of targets) {
      const name = receptors[target] ?? target.replace(/^post\./, '');
      found.set(name, [...(found.get(name) ?? []), ...populationsOf(writtenSelection(from.of))]);
    }
  }
  return found;
}

/** Returns what the states of a population do. @throws NoNumber */
function rolesOf(valid: ValidModel, population: string, nameOf: (source: string) => string): readonly Role[] {
  const [owner, type] = cellType(valid, population);
  const spike = spikeOf(type);
  const at = (state: Iterable<readonly [string, number]>): Scope => scopeOf(type, owner, 0, new Map(state), valid);
  const scope = at([]);
  const written = writtenVariables(valid, population);
  const [main] = Object.keys(type.state).filter((name) => spike !== undefined && namesIn(spike.when).has(name));
  return Object.entries(type.state).map(([name, { unit }]) => {
    const first = scope(name);
    const rate = type.derivatives[name]?.rate;
    const moved = first + 1e-3 * (Math.abs(first) || 1e-9);
    const rateAt = (value: number): number => (rate ? valueIn(valid, rate, at([[name, value]])) : 0);
    const sources = (written.get(name) ?? []).map(nameOf);
    const driven = main === undefined || main === name ? undefined : type.derivatives[main]?.rate;
    const effectAt = (value: number): number => {
      if (!driven || main === undefined) return 0;
      const states = [moved, first].map((own): [string, number][] => [
        [main, value],
        [name, own],
      ]);
      const [after = 0, before = 0] = states.map((state) => valueIn(valid, driven, at(state)));
      return (after - before) / (moved - first);
    };
    const mainFirst = main === undefined ? 0 : scope(main);
    return {
      name,
      effects: [effectAt(mainFirst), effectAt(0.9 * mainFirst + 1e-4)],
      unit,
      decides: spike !== undefined && namesIn(spike.when).has(name),
      isReset: spike !== undefined && writtenBy(spike.do).has(name),
      sources: new Set(sources),
      first,
      slope: (rateAt(moved) - rateAt(first)) / (moved - first),
    };
  });
}

/** Returns how differently two states act; infinite for other dimensions, or if only one of them moves. */
function apart(a: Role, b: Role): number {
  if (!equalDimensions(parseUnit(a.unit).dimension, parseUnit(b.unit).dimension)) return Infinity;
  if ((a.slope === 0) !== (b.slope === 0)) return Infinity;
  const ratio = (x: number, y: number): number => Math.abs(x - y) / (Math.abs(x) + Math.abs(y) || 1);
  const all = new Set([...a.sources, ...b.sources]);
  const shared = [...all].filter((name) => a.sources.has(name) && b.sources.has(name)).length;
  return (
    (a.decides === b.decides ? 0 : 4) +
    (a.isReset === b.isReset ? 0 : 2) +
    (all.size === 0 ? 0 : 3 * (1 - shared / all.size)) +
    ratio(a.slope, b.slope) +
    ratio(a.first, b.first)
  );
}

/** A paired state, and its sign relative to the first model's. */
interface Paired {
  readonly name: string;
  readonly factor?: number;
}

/** Returns a factor of -1 for states that change the potential with opposite signs, such as subtracted currents. */
function signOf({ effects: [a, a2] }: Role, { effects: [b, b2] }: Role): { readonly factor?: number } {
  const isOpposite = (x: number, y: number): boolean => x * y < 0 && Math.abs(x + y) <= 0.5 * Math.abs(x);
  return isOpposite(a, b) && isOpposite(a2, b2) ? { factor: -1 } : {};
}

/** Returns a statement on parts that also pairs states of paired populations without a stated counterpart. */
export function withPairedStates(
  source: written.ValidModel,
  target: written.ValidModel,
  there: PartsThere,
  became: Became,
): Became {
  const [own, other] = [typedValid(source), typedValid(target)];
  const firstNames = new Map([...there].map(([name, { population }]) => [name, population]));
  const found = new Map<string, Paired>();
  for (const [name, { population }] of there)
    try {
      const [roles, rolesThere] = [
        rolesOf(own, population, (one) => one),
        rolesOf(other, name, (one) => firstNames.get(one) ?? one),
      ];
      const known = new Map(
        roles.flatMap((role) => {
          const after = became.variable({ owner: population, name: role.name, element: 0 });
          const has = after?.owner === name && rolesThere.some((one) => one.name === after.name);
          return has ? [[role.name, after.name] as const] : [];
        }),
      );
      const images = new Set(known.values());
      const open = roles.filter((role) => !known.has(role.name));
      const openThere = rolesThere.filter((role) => !images.has(role.name));
      const pairs = open
        .flatMap((a) => openThere.map((b) => ({ a, b, distance: apart(a, b) })))
        .filter(({ distance }) => distance < Infinity)
        .toSorted((p, q) => p.distance - q.distance);
      const taken = new Set<Role>();
      for (const { a, b } of pairs) {
        if (taken.has(a) || taken.has(b)) continue;
        taken.add(a).add(b);
        found.set(`${population} ${name} ${a.name}`, { name: b.name, ...signOf(a, b) });
      }
    } catch (error) {
      if (!(error instanceof NoNumber || error instanceof RangeError)) throw error;
    }
  if (found.size === 0) return became;
  return {
    ...became,
    variable: (given) => {
      const { owner, element = 0, name, section } = given;
      const cell = became.population(owner, element);
      const paired = cell && section === undefined ? found.get(`${owner} ${cell.population} ${name}`) : undefined;
      if (cell === undefined || paired === undefined) return became.variable(given);
      const at = given.element === undefined ? {} : { element: cell.cell };
      return { owner: cell.population, ...paired, ...at };
    },
  };
}
