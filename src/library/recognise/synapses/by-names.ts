/**
 * Plastic synapses in the library's own names: as PyNN's users write them elsewhere, whatever form their code takes.
 * Both codes are run on random trains.
 */

import type { Expression } from '../../../lang/ast.js';
import { name as nameOf } from '../../../lang/build.js';
import { namesIn } from '../../../lang/walk.js';
import type { SynapseType } from '../../../model/model.js';
import { normalisedSynapse } from '../../normalised.js';
import { stdpSynapse, synapsesFor, timingRules, weightDependences } from '../../pynn/index.js';
import { declaredIn, type StandardSynapse, type WeightKind } from '../../standard-type.js';
import { sequence } from '../numbers.js';
import { combinations, nameThere } from '../same-names.js';
import type { Environment } from '../values.js';
import { agree, attempt, benchOf } from './bench.js';
import type { Arrival, RecognisedSynapse } from './recognised.js';

/**
 * Returns the plastic synapse with the parameters and code of a type.
 *
 * @param sends  whether its release arrives later than the spike that it reacts to
 */
export function synapseByNames(
  type: SynapseType,
  { amount }: Arrival,
  kind: WeightKind,
  environment: Environment,
  { dt, sends }: { readonly dt: number; readonly sends: boolean },
): RecognisedSynapse | undefined {
  const weight = nameThere('weight', type);
  if (weight === undefined || !namesIn(amount).has(weight)) return undefined;
  for (const { standard, name } of candidates(type, kind, sends)) {
    const values = attempt(() => missingValues(type, standard, kind, environment, dt));
    if (values === undefined) continue;
    const own = Object.keys(standard.synapse.parameters ?? {}).filter((key) => key !== 'weight');
    const parameters = Object.fromEntries(
      own.flatMap((key): readonly (readonly [string, number | Expression])[] => {
        const there = nameThere(key, type);
        const value = there === undefined ? values.get(key) : nameOf(there);
        return value === undefined ? [] : [[key, value]];
      }),
    );
    const states = [...Object.keys(standard.synapse.state ?? {}), 'weight'];
    return {
      standard,
      name,
      weight: nameOf(weight),
      parameters,
      scaled: new Set(own.filter((key) => declaredIn(standard.synapse, key).unit === unitOfWeights(standard))),
      variables: new Map(
        states.flatMap((key) => {
          const there = nameThere(key, type);
          return there === undefined ? [] : [[there, key] as const];
        }),
      ),
      remarks: [],
    };
  }
  return undefined;
}

const unitOfWeights = (standard: StandardSynapse): string => declaredIn(standard.synapse, 'weight').unit;

/** Returns plastic synapses of the library with the variables of a type. */
function candidates(
  type: SynapseType,
  kind: WeightKind,
  sends: boolean,
): readonly { readonly standard: StandardSynapse; readonly name: string }[] {
  const whole = nameThere('delay', type) === undefined ? {} : { whole: true };
  const timed = Object.keys(timingRules).flatMap((timing) =>
    Object.keys(weightDependences).flatMap((dependence) => {
      const standard = stdpSynapse(kind, timing, dependence, { preAtOnce: sends, postAtOnce: true, sends, ...whole });
      return standard === undefined ? [] : [{ standard, name: 'STDPMechanism' }];
    }),
  );
  const released = sends ? [] : Object.entries(synapsesFor(kind)).map(([name, standard]) => ({ standard, name }));
  return [...released, ...timed].filter(({ standard: { synapse } }) => {
    const states = Object.keys(synapse.state ?? {});
    return states.length > 0 && states.every((name) => nameThere(name, type) !== undefined);
  });
}

/** Returns neutral values of parameters that a type lacks. Undefined if no values make both codes release the same. */
function missingValues(
  type: SynapseType,
  standard: StandardSynapse,
  kind: WeightKind,
  { numbers, varying }: Environment,
  dt: number,
): ReadonlyMap<string, number> | undefined {
  const library = normalisedSynapse(standard, kind);
  const [ours, theirs] = [benchOf(type, dt, true), library && benchOf(withoutSend(library), dt, true)];
  if (library === undefined || ours === undefined || theirs === undefined) return undefined;
  const random = sequence(11);
  const values: Record<string, number> = {};
  const same: Record<string, number> = {};
  const missing: string[] = [];
  const [low, high] = ['w_min', 'w_max'].map((name) => numbers.get(nameThere(name, type) ?? '') ?? NaN);
  for (const key of new Set([...Object.keys(library.parameters), 'weight'])) {
    const there = nameThere(key, type);
    if (there === undefined) missing.push(key);
    else {
      const range = (high ?? NaN) - (low ?? NaN);
      const middle = Number.isFinite(range) ? (low ?? 0) + 0.4 * range : 0.4;
      const unit = library.parameters[key]?.unit;
      const some = key === 'weight' ? middle : unit === 's' ? 0.02 * (0.5 + random()) : 0.2 + 0.5 * random();
      const value = varying.has(there) || key === 'weight' ? some : (numbers.get(there) ?? some);
      values[there] = value;
      same[key] = value;
    }
  }
  const sides = Object.values(type.pathways).some(({ on }) => on === 'post.spike')
    ? (['pre', 'post'] as const)
    : (['pre'] as const);
  const grid = Math.max(dt, 1e-4);
  return combinations(
    missing.map((key) => {
      const { value } = library.parameters[key] ?? {};
      const usual = typeof value === 'number' ? [value] : [];
      return [...new Set([...usual, 0, ...(library.parameters[key]?.unit === '1' ? [1] : [])])].map(
        (one) => [key, one] as const,
      );
    }),
  )
    .map((chosen) => new Map(chosen))
    .find((chosen) =>
      attempt(() => agree(ours, values, theirs, { ...same, ...Object.fromEntries(chosen) }, sides, grid)),
    );
}

/** Returns a type that acts at once in place of sending, since delays determine the arrival. */
const withoutSend = (type: SynapseType): SynapseType => ({
  ...type,
  pathways: Object.fromEntries(
    Object.entries(type.pathways).map(([key, pathway]) => [
      key,
      {
        ...pathway,
        do: pathway.do.map((text) => text.replace(/^send\(port, (.*), transmission\)$/, 'port += $1')),
      },
    ]),
  ),
});
