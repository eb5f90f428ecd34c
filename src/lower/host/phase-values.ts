/** Values that phases of the protocol give and a named generator draws: for how many elements, and in which order. */

import type { DataStore, HostDraw, Model, SelectionRule, Value } from '../../model/model.js';
import { arrayOf } from '../context.js';
import type { RandomState } from '../numpy/random-state.js';
import { drawVector, HostError, inSi } from './draws.js';
import { elementsOf, isPlain } from './ends.js';

type Phase = Model['experiment']['protocol'][number];

/** The values that a phase gives, by what gets them. */
export const valuesOfPhase = (phase: Phase): Readonly<Record<string, Value>> =>
  'set' in phase ? phase.set : 'initialise' in phase ? phase.initialise : 'delays' in phase ? phase.delays : {};

/** What phases are resolved in: a model whose projections are explicit as far as they have been drawn. */
export interface PhaseSetting {
  readonly model: Model;
  readonly projections: ReadonlyMap<string, Model['projections'][string]>;
  readonly data: DataStore;
  readonly sizeOf: (population: string) => number;
  /** A selection without samples. */
  readonly resolve: (rule: SelectionRule) => SelectionRule;
}

/** What a phase gives to a key, drawn in the order of the elements of a selection, or of the synapses of a projection. */
export function drawForPhase(key: string, phase: Phase, draw: HostDraw, generator: RandomState, setting: PhaseSetting): Float64Array {
  const of = 'set' in phase || 'initialise' in phase ? phase.of : undefined;
  const [, owner = '', inside, variable = key] = /^(\w+)(?:\[([^\]]*)\])?\.(\w+)$/.exec(key) ?? [];
  const count = of ? countOf(of, setting) : countOfText(owner, inside, setting);
  if (count === undefined)
    throw new HostError(`values of ${variable} drawn by a named generator during the run for connections that are drawn on the target`);
  const numbers = drawVector(draw.distribution, draw.arguments, count, generator);
  // PyNN goes through all pairs by receiver, and synapses of all pairs are created by sender.
  const all = of === undefined && inside === undefined ? allPairs(owner, setting) : undefined;
  const [pre, post] = all ?? [0, 0];
  const ordered = all ? Float64Array.from(numbers, (_, at) => numbers[(at % post) * pre + Math.floor(at / post)] as number) : numbers;
  return inSi(ordered, draw.exponent10);
}

function countOf(rule: SelectionRule, setting: PhaseSetting): number | undefined {
  return 'projection' in rule
    ? countOfText(rule.projection, undefined, setting)
    : elementsOf(setting.resolve(rule), setting.sizeOf, setting.data).indices.length;
}

/** Elements of a population or projection, or of a slice or list of it; undefined for synapses that nobody has counted. */
function countOfText(owner: string, inside: string | undefined, setting: PhaseSetting): number | undefined {
  if (inside?.includes(':')) {
    const [from = 0, until = 0, by = 1] = inside.split(':').map(Number);
    return Math.max(0, Math.ceil((until - from) / by));
  }
  if (inside !== undefined) return inside.split(',').length;
  const { model, projections, data, sizeOf } = setting;
  if (model.populations[owner]) return sizeOf(owner);
  const connect = (projections.get(owner) ?? model.projections[owner])?.connect ?? [];
  const all = allPairs(owner, setting);
  const counts = connect.map((rule) => (rule.rule === 'list' ? arrayOf(rule.sources, data).length : NaN));
  const sum = all ? all[0] * all[1] : counts.reduce((a, b) => a + b, 0);
  return counts.length === 0 || Number.isNaN(sum) ? undefined : sum;
}

/** Sizes of the ends of a projection that connects all pairs of two populations. */
function allPairs(owner: string, { model, sizeOf, data }: PhaseSetting): readonly [number, number] | undefined {
  const projection = model.projections[owner];
  const [only, ...others] = projection?.connect ?? [];
  if (!projection || others.length > 0 || only?.rule !== 'all' || !only.self) return undefined;
  const { from, to } = projection;
  if (!isPlain(from.of) || !isPlain(to.of)) return undefined;
  const count = (of: SelectionRule): number => elementsOf(of, sizeOf, data).indices.length;
  return [count(from.of), count(to.of)];
}
