/** Gives one model the draws of another, where both draw by the same law. */

import { upperQuantile } from '../compare/statistics/student.js';
import type { Expression } from '../lang/ast.js';
import { foldConstants } from '../lang/fold.js';
import { parseExpression } from '../lang/parse.js';
import { callsIn } from '../lang/walk.js';
import { isRandom } from '../lang/functions.js';
import { valueAt } from '../library/recognise/numbers.js';
import { assignedBy } from '../model/assigned.js';
import { drawnParts } from '../model/drawn-parts.js';
import type { Model, Phase, Projection, ValidModel, Value } from '../model/model.js';
import { populationOf } from '../model/selected.js';
import { isDrawn, isPhase } from '../model/tagged.js';
import type { StateDifference } from './states/cell-pair.js';

/** Returns whether two parts of models are written alike. */
const alike = (a: unknown, b: unknown): boolean => textOf(a) === textOf(b);

/** Returns the text of a part without the names and seeds of its generators. */
const textOf = (part: unknown): string =>
  JSON.stringify(part, (key, value: unknown) =>
    ['seed', 'stream', 'skip', 'order'].includes(key) ? undefined : value,
  ) ?? '';

/** Definitions of parts by their names. */
type Definitions = Readonly<Record<string, unknown>>;

/** Definitions of the members of a part. */
interface Defined {
  readonly members: Definitions;
  readonly unitOf: (member: string) => string;
  /** Returns the value of a member that is a number or follows from numbers. @throws RangeError for others */
  readonly valueOf: (member: string) => number;
  /** Returns an expression of members. */
  readonly parsed: (text: string) => Expression;
}

/** Returns the definitions of the drawn members of a population or projection. */
function definitionsOf(
  { populations, projections, neurons, synapses }: Model,
  name: string,
  isProjection: boolean,
): Defined {
  const [population, projection] = isProjection ? [undefined, projections[name]] : [populations[name], undefined];
  const type = projection ? synapses[projection.synapse] : neurons[population?.type ?? ''];
  const own = Object.entries({ ...type?.parameters }).map(([key, { value }]) => [key, value] as const);
  const first = Object.entries({ ...type?.state }).map(([key, { initial }]) => [key, initial] as const);
  const { connect: connections, delays, values } = { ...population, ...projection } as Partial<Projection>;
  const members = { ...Object.fromEntries([...own, ...first]), ...values, connections, delays };
  const parsed = (text: string): Expression =>
    foldConstants(parseExpression(text), undefined, (one) => Object.hasOwn(members, one));
  const valueOf = (member: string): number => {
    const value = Object.hasOwn(members, member) ? (members as Definitions)[member] : undefined;
    if (typeof value === 'number') return value;
    if (typeof value === 'string') return valueAt(parsed(value), valueOf);
    throw new RangeError(member);
  };
  return {
    members,
    valueOf,
    parsed,
    unitOf: (member) => ({ ...type?.parameters, ...type?.state })[member]?.unit ?? '1',
  };
}

/** Names in the second model of parts of the first one. */
export interface NamesThere {
  readonly population: (name: string) => string | undefined;
  readonly projection: (name: string) => string | undefined;
}

/** A model with the draws of another one. */
interface WithDraws {
  readonly valid: ValidModel;
  /** A phrase for each part that draws by another rule. */
  readonly others: readonly string[];
  /** Drawn values with other laws. */
  readonly differences: readonly StateDifference[];
}

/**
 * Returns a model with the draws of another one. Sources of drawn spikes have the spikes of the other model, whatever
 * their laws are.
 *
 * @param frozen  the other one with its draws made
 * @param compared  populations whose laws were compared before
 */
export function withDrawsOf(
  { model, data }: ValidModel,
  { model: source }: ValidModel,
  frozen: ValidModel,
  names: NamesThere,
  compared: ReadonlyMap<string, string> = new Map(),
): WithDraws {
  const others: string[] = [];
  const differences: StateDifference[] = [];
  const [populations, projections] = [{ ...model.populations }, { ...model.projections }];
  const replaced = new Set<string>();
  for (const [name, { spikes, size }] of Object.entries(frozen.model.populations)) {
    const there = names.population(name) ?? '';
    const own = model.populations[there];
    if (spikes === undefined || source.populations[name]?.type === undefined || own?.size !== size) continue;
    replaced.add(there);
    populations[there] = { ...frozen.model.populations[name]!, order: own.order };
  }
  const before = (kind: 'population' | 'projection', there: string): string | undefined =>
    Object.keys(source[`${kind}s`]).find((name) => names[kind](name) === there);
  for (const { pointer, name, drawn } of drawnParts(model, { seeded: true })) {
    const isProjection = pointer.startsWith('/projections');
    if (!isProjection && (replaced.has(name) || compared.has(name))) continue;
    const own = before(isProjection ? 'projection' : 'population', name);
    const [ours, theirs] = [definitionsOf(source, own ?? '', isProjection), definitionsOf(model, name, isProjection)];
    for (const member of drawn) {
      const [law, lawThere] = [ours.members[member], theirs.members[member]];
      if (alike(law, lawThere)) continue;
      const apart = lawsApart([law, ours], [lawThere, theirs]);
      if (apart === undefined)
        others.push(`${member} of ${name} ${member.endsWith('s') ? 'are' : 'is'} drawn otherwise in the second model`);
      else if (apart !== 'equal')
        differences.push({
          population: own ?? name,
          cell: 0,
          quantity: `${apart.percent} % quantile of ${member}`,
          values: apart.values,
          unit: ours.unitOf(member),
        });
    }
    const made = (values: Projection['values'] = {}): Projection['values'] =>
      Object.fromEntries(drawn.flatMap((member) => (values[member] === undefined ? [] : [[member, values[member]]])));
    const [projection, population] = [projections[name], populations[name]];
    if (isProjection && projection) {
      const { connect, delays, values } = frozen.model.projections[own ?? ''] ?? projection;
      const lists = drawn.includes('connections') || drawn.includes('delays') ? { connect, delays } : {};
      projections[name] = { ...projection, ...lists, values: { ...projection.values, ...made(values) } };
    } else if (population)
      populations[name] = {
        ...population,
        values: { ...population.values, ...made(frozen.model.populations[own ?? '']?.values) },
      };
  }
  const { experiment } = model;
  const protocol = experiment.protocol.flatMap((phase) => withoutChanges(phase, replaced));
  return {
    valid: {
      model: { ...model, populations, projections, experiment: { ...experiment, protocol } },
      data: new Map([...data, ...frozen.data]),
    },
    others,
    differences,
  };
}

/** Returns a phase without changes of populations that have given spikes instead. */
function withoutChanges(phase: Phase, replaced: ReadonlySet<string>): readonly Phase[] {
  if (!isPhase(phase, 'set') || replaced.size === 0) return [phase];
  if (phase.of !== undefined) return replaced.has(populationOf(phase.of) ?? '') ? [] : [phase];
  const kept = Object.entries(phase.set).filter(([key]) => !replaced.has(assignedBy(key).owner));
  return kept.length === 0 ? [] : [{ ...phase, set: Object.fromEntries(kept) }];
}

/** Shares of draws below the compared quantiles. Laws of `1 - u` have the same ones. */
const shares = [0.02, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 0.98];

/** Compares two laws of drawn values; undefined if one of them is none of a single uniform or normal number. */
function lawsApart(
  first: readonly [law: unknown, part: Defined],
  second: readonly [law: unknown, part: Defined],
): 'equal' | { readonly percent: number; readonly values: readonly [number, number] } | undefined {
  const [own, other] = [quantiles(...first), quantiles(...second)];
  if (own === undefined || other === undefined) return undefined;
  const size = Math.max(...own.map(Math.abs), ...other.map(Math.abs));
  const k = own.findIndex((value, place) => Math.abs(value - other[place]!) > 2e-7 * size);
  return k < 0 ? 'equal' : { percent: shares[k]! * 100, values: [own[k]!, other[k]!] };
}

/** Returns the quantiles of a drawn value. */
function quantiles(law: unknown, part: Defined): readonly number[] | undefined {
  const at = lawOf(law as Value, part);
  if (at === undefined) return undefined;
  try {
    const values = shares.map(at).sort((a, b) => a - b);
    return values.every(Number.isFinite) ? values : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the value of a law for each share of draws below it. */
function lawOf(law: Value, { valueOf, parsed }: Defined): ((share: number) => number) | undefined {
  if (typeof law === 'string') {
    const e = parsed(law);
    if (callsIn(e).filter((call) => isRandom(call.function)).length !== 1) return undefined;
    return (share) => valueAt(e, valueOf, (name, values) => drawnAt(name, values, share));
  }
  if (!isDrawn(law)) return undefined;
  const { distribution, arguments: values, exponent10 = 0, then } = law;
  return (share) => {
    const drawn = (drawnAt(distribution, values, share) ?? NaN) * 10 ** exponent10;
    return then === undefined ? drawn : valueAt(parsed(then), (name) => (name === 'drawn' ? drawn : valueOf(name)));
  };
}

/** Returns the number that a draw exceeds in a share of cases; undefined for other distributions. */
function drawnAt(name: string, [a, b]: readonly number[], share: number): number | undefined {
  if (name === 'uniform') return a === undefined || b === undefined ? share : a + (b - a) * share;
  if (name === 'normal') return (a ?? 0) + (b ?? 1) * normalQuantile(share);
  return name === 'exponential' ? -(a ?? 1) * Math.log1p(-share) : undefined;
}

/** Returns a quantile of the normal distribution: that of Student's t with many degrees of freedom. */
const normalQuantile = (share: number): number =>
  share < 0.5 ? -upperQuantile(share, 1e6) : upperQuantile(1 - share, 1e6);
