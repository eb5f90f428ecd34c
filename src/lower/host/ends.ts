/** Ends of projections as lists of elements, and projections between pieces of populations in place of those between selections. */

import { namesIn } from '../../lang/walk.js';
import { parseExpression } from '../../lang/parse.js';
import type { ConnectionRule, DataStore, Projection, SelectionRule, Value } from '../../model/model.js';
import { arrayOf } from '../context.js';
import { HostError } from './draws.js';

/** Elements of one or several populations, in order. */
export interface Elements {
  readonly populations: readonly string[];
  /** Ordinal of the population, and index within it, of each element. */
  readonly ordinals: ArrayLike<number>;
  readonly indices: ArrayLike<number>;
}

/** Whether lowering takes a selection as an end as it is: a population, or a slice of it without gaps. */
export function isPlain(rule: SelectionRule): boolean {
  if (!('population' in rule)) return 'projection' in rule;
  if ('slice' in rule && rule.slice) return rule.slice[2] === 1;
  return !('indices' in rule) && !('mask' in rule) && !('sample' in rule);
}

/** Elements of a selection of populations. */
export function elementsOf(rule: SelectionRule, sizes: (population: string) => number, data: DataStore): Elements {
  if ('assembly' in rule) {
    const parts = rule.assembly.map((part) => elementsOf(part, sizes, data));
    const populations = [...new Set(parts.flatMap((part) => part.populations))];
    const ordinals: number[] = [];
    const indices: number[] = [];
    for (const part of parts) {
      for (let k = 0; k < part.indices.length; k++) {
        ordinals.push(populations.indexOf(part.populations[part.ordinals[k] as number] as string));
        indices.push(part.indices[k] as number);
      }
    }
    return { populations, ordinals, indices };
  }
  if ('projection' in rule) throw new HostError('a projection onto the synapses of another');
  const indices = indicesOf(rule, sizes(rule.population), data);
  return { populations: [rule.population], ordinals: new Uint32Array(indices.length), indices };
}

function indicesOf(
  rule: Exclude<SelectionRule, { assembly: unknown } | { projection: unknown }>,
  size: number,
  data: DataStore,
): ArrayLike<number> {
  if ('indices' in rule) return arrayOf(rule.indices, data);
  if ('mask' in rule) {
    const mask = arrayOf(rule.mask, data);
    return Array.from({ length: mask.length }, (_, k) => k).filter((k) => mask[k] !== 0);
  }
  if ('sample' in rule) throw new HostError(`a sample of ${rule.population} that no generator of its own draws`);
  const [from, until, by] = rule.slice ?? [0, size, 1];
  return Array.from({ length: Math.max(0, Math.ceil((until - from) / by)) }, (_, k) => from + k * by);
}

/** Both ends of each synapse of rules without chance, in order of creation; null for others. */
export function pairsOf(
  rules: readonly ConnectionRule[],
  pre: number,
  post: number,
  same: (i: number, j: number) => boolean,
  data: DataStore,
): { sources: number[]; targets: number[] } | null {
  const sources: number[] = [];
  const targets: number[] = [];
  const put = (i: number, j: number): void => {
    sources.push(i);
    targets.push(j);
  };
  for (const rule of rules) {
    switch (rule.rule) {
      case 'all':
        for (let i = 0; i < pre; i++) for (let j = 0; j < post; j++) if (rule.self || !same(i, j)) put(i, j);
        break;
      case 'oneToOne':
        for (let k = 0; k < Math.min(pre, post); k++) put(k, k);
        break;
      case 'list': {
        const [from, into] = [arrayOf(rule.sources, data), arrayOf(rule.targets, data)];
        for (let k = 0; k < from.length; k++) put(from[k] as number, into[k] as number);
        break;
      }
      default:
        return null;
    }
  }
  return { sources, targets };
}

/** Names of projections that take the place of one, with the projections. */
export function splitEnds(
  name: string,
  projection: Projection,
  pre: Elements,
  post: Elements,
  pairs: { sources: ArrayLike<number>; targets: ArrayLike<number> },
  data: DataStore,
): [string, Projection][] {
  for (const value of [...Object.values(projection.values), ...Object.values(projection.delays)]) {
    const used = typeof value === 'string' ? namesIn(parseExpression(value)) : new Set<string>();
    if (['i', 'j', 'N_pre', 'N_post'].some((index) => used.has(index)))
      throw new HostError(`values by index of a projection between selections (${name})`);
  }
  const groups = new Map<string, { from: string; to: string; at: number[] }>();
  for (let k = 0; k < pairs.sources.length; k++) {
    const from = pre.populations[pre.ordinals[pairs.sources[k] as number] as number] as string;
    const to = post.populations[post.ordinals[pairs.targets[k] as number] as number] as string;
    const key = `${from} ${to}`;
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { from, to, at: [] }));
    group.at.push(k);
  }
  if (groups.size === 0) groups.set('', { from: pre.populations[0] as string, to: post.populations[0] as string, at: [] });
  return [...groups.values()].map(({ from, to, at }) => {
    const taken = (values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, taken1(value, at, data)]));
    const rule: ConnectionRule = {
      rule: 'list',
      sources: at.map((k) => pre.indices[pairs.sources[k] as number] as number),
      targets: at.map((k) => post.indices[pairs.targets[k] as number] as number),
    };
    return [
      groups.size === 1 ? name : `${name}_${from}_${to}`,
      {
        ...projection,
        from: { ...projection.from, of: { population: from } },
        to: { ...projection.to, of: { population: to } },
        connect: [rule],
        values: taken(projection.values),
        delays: taken(projection.delays),
      },
    ];
  });
}

/** The part of a value that is for some of the synapses. */
function taken1(value: Value, at: readonly number[], data: DataStore): Value {
  if (typeof value !== 'object' || !('array' in value)) return value;
  const array = arrayOf(value.array, data);
  return { array: at.map((k) => array[k] as number) };
}
