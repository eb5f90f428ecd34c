/**
 * Listed connections between the same populations, by the same synapse, as one projection: a network may name a
 * projection for each place on its cells.
 */

import type { DrawnArrays } from '../../draw/arrays.js';
import type { Part } from '../../draw/drawn-model.js';
import { arrayOf } from '../../model/arrays.js';
import { namesIn } from '../../lang/walk.js';
import { expressionsIn, type Model, type Projection, type SelectionRule, type Value } from '../../model/typed.js';

/** A projection of one list between pieces of two populations. */
interface Listed {
  readonly name: string;
  readonly projection: Projection;
  readonly from: Piece;
  readonly to: Piece;
  readonly sources: ArrayLike<number>;
  readonly targets: ArrayLike<number>;
}

interface Piece {
  readonly population: string;
  readonly shift: number;
}

/**
 * Merges projections of a model if possible, under the name of the first.
 *
 * @param own whether a population has compartments as elements
 */
export function withListsMerged(
  model: Model,
  parts: ReadonlyMap<string, Part>,
  data: DrawnArrays,
  own: (population: string) => boolean,
): Record<string, Projection> {
  const named = namedProjections(model);
  const groups = new Map<string, Listed[]>();
  const key = new Map<string, string>();
  for (const [name, projection] of Object.entries(model.projections)) {
    const part = parts.get(name);
    const apart = named.has(name) || part?.pre || part?.post || part?.cells || counts(projection, model);
    const listed = apart ? null : listedOf(name, projection, data);
    if (!listed || !own(listed.to.population)) continue;
    const mergeKey = JSON.stringify([
      projection.synapse,
      listed.from.population,
      listed.to.population,
      projection.from.event ?? '',
      Object.entries(projection.receptors).sort(([a], [b]) => (a < b ? -1 : 1)),
      Object.keys(projection.values).sort(),
      Object.keys(projection.delays).sort(),
    ]);
    key.set(name, mergeKey);
    groups.set(mergeKey, [...(groups.get(mergeKey) ?? []), listed]);
  }
  return Object.fromEntries(
    Object.entries(model.projections).flatMap(([name, projection]) => {
      const group = groups.get(key.get(name) ?? '') ?? [];
      if (group.length < 2) return [[name, projection]];
      return group[0]?.name === name ? [[name, merged(group, data)]] : [];
    }),
  );
}

/** Names in code that count within one projection. */
const counted: ReadonlySet<string> = new Set(['i', 'j', 'N_pre', 'N_post', 'N_incoming', 'N_outgoing']);

/** Whether code of a projection numbers or counts its elements or synapses. */
const counts = ({ synapse, values, delays }: Projection, { synapses }: Model): boolean =>
  expressionsIn([synapses[synapse], values, delays]).some((e) => [...namesIn(e)].some((name) => counted.has(name)));

/** Projections that recordings or phases speak of. */
function namedProjections({ recordings, experiment, projections }: Model): ReadonlySet<string> {
  const text = JSON.stringify([recordings, experiment.protocol]);
  const clones = Object.values(projections).flatMap(({ connect }) =>
    connect.flatMap((rule) => (rule.rule === 'clone' ? [rule.of] : [])),
  );
  return new Set([
    ...clones,
    ...Object.keys(projections).filter((name) => text.includes(`"${name}"`) || text.includes(`"${name}.`)),
  ]);
}

function listedOf(name: string, projection: Projection, data: DrawnArrays): Listed | null {
  const [rule, second] = projection.connect;
  const [from, to] = [pieceOf(projection.from.of), pieceOf(projection.to.of)];
  if (rule?.rule !== 'list' || second || !from || !to || projection.space || projection.delayRange) return null;
  const values = [...Object.values(projection.values), ...Object.values(projection.delays)];
  if (!values.every((value) => typeof value === 'number' || isPlainArray(value))) return null;
  return {
    name,
    projection,
    from,
    to,
    sources: arrayOf(rule.sources, data.store),
    targets: arrayOf(rule.targets, data.store),
  };
}

const isPlainArray = (value: Value): boolean =>
  typeof value === 'object' &&
  value.kind === 'array' &&
  value.columns === undefined &&
  value.pairs === undefined &&
  value.gaps === undefined;

function pieceOf(rule: SelectionRule): Piece | null {
  if (rule.kind !== 'slice' || (rule.slice && rule.slice[2] !== 1)) return null;
  return { population: rule.population, shift: rule.slice?.[0] ?? 0 };
}

function merged(group: readonly Listed[], data: DrawnArrays): Projection {
  const [first] = group as readonly [Listed];
  const count = group.reduce((sum, { sources }) => sum + sources.length, 0);
  const all = (of: (part: Listed) => ArrayLike<number>, shift: (part: Listed) => number): Uint32Array => {
    const indices = new Uint32Array(count);
    let at = 0;
    for (const listed of group)
      for (let k = 0; k < of(listed).length; k++) indices[at++] = (of(listed)[k] ?? 0) + shift(listed);
    return indices;
  };
  const values = (of: (projection: Projection) => Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(
      Object.keys(of(first.projection)).map((name) => [
        name,
        together(
          group.map(({ projection, sources }) => ({ value: of(projection)[name] ?? 0, count: sources.length })),
          count,
          data,
        ),
      ]),
    );
  return {
    ...first.projection,
    from: { ...first.projection.from, of: { kind: 'slice', population: first.from.population } },
    to: { ...first.projection.to, of: { kind: 'slice', population: first.to.population } },
    connect: [
      {
        rule: 'list',
        sources: data.keep(
          all(
            ({ sources }) => sources,
            ({ from }) => from.shift,
          ),
        ),
        targets: data.keep(
          all(
            ({ targets }) => targets,
            ({ to }) => to.shift,
          ),
        ),
      },
    ],
    values: values((projection) => projection.values),
    delays: values((projection) => projection.delays),
  };
}

/** Concatenates the values of several lists: one number if all are equal. */
function together(
  pieces: readonly { readonly value: Value; readonly count: number }[],
  count: number,
  data: DrawnArrays,
): Value {
  const [first] = pieces;
  if (typeof first?.value === 'number' && pieces.every(({ value }) => value === first.value)) return first.value;
  const numbers = new Float64Array(count);
  let at = 0;
  for (const { value, count: valueCount } of pieces) {
    if (typeof value === 'number') numbers.fill(value, at, at + valueCount);
    else if (value.kind === 'array') numbers.set(Array.from(arrayOf(value.array, data.store)), at);
    at += valueCount;
  }
  return { kind: 'array', array: data.keep(numbers) };
}
