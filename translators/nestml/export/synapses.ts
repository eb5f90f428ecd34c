/** Actions of the model's own synapses on arriving spikes, if a port of the target's model can perform them. */

import { negated } from '../../../src/lang/build.js';
import { parseUnit } from '../../../src/lang/units.js';
import { namesIn } from '../../../src/lang/walk.js';
import { weightKindOf, type WeightKind } from '../../../src/library/standard-type.js';
import { environmentOf, valueOf } from '../../../src/library/recognise/values.js';
import type { DataStore, NeuronType, Projection, SynapseType, Value } from '../../../src/model/typed.js';
import { draws } from './expressions.js';
import { NotInNestml } from './not-in-nestml.js';
import { weightUnitOf, type Arrival } from './ports.js';
import { allValues } from './settled.js';

/** A NESTML model of synapses. */
export interface NestmlSynapse {
  readonly name: string;
  readonly text: string;
  /** The variable that NEST calls the weight. */
  readonly weight: string;
  /** Whether it reacts to spikes of its target. */
  readonly isPaired: boolean;
  /** Values that differ between synapses, in NEST's units. */
  readonly values: Readonly<Record<string, { readonly value: Value; readonly unit: string }>>;
  /** Variables that presynaptic spikes do not change. */
  readonly traces: readonly string[];
  /** Names and units in NEST of its variables. */
  readonly variables: ReadonlyMap<string, { readonly name: string; readonly unit: string }>;
}

/** The effect of synapses on their target. */
export interface StaticUse {
  readonly arrivals: readonly Arrival[];
  /** The variable in the unit of the weights. */
  readonly variable: string;
  readonly kind: WeightKind | undefined;
  readonly weightUnit: string;
  /** The weight of each synapse, in SI. */
  readonly weight: Value;
  /** Name of the pathway with the delay. */
  readonly pathway: string;
  /** The model of synapses that change; absent: they hand their weight on. */
  readonly synapse?: NestmlSynapse;
}

/**
 * Returns the amounts that a projection's synapses add to their targets.
 *
 * @throws NotInNestml
 */
export function staticUse(
  { values, receptors }: Pick<Projection, 'values' | 'receptors'>,
  type: SynapseType,
  target: NeuronType,
  data: DataStore,
): StaticUse {
  const known = allValues(type, values);
  if (type.contributes.length > 0) throw new NotInNestml('synapses that act between spikes');
  if (type.summed.length > 0) throw new NotInNestml('sums over synapses');
  if (Object.keys(type.derivatives).length > 0 || Object.keys(type.events ?? {}).length > 0)
    throw new NotInNestml('synapses with equations of their own');
  const [first, ...others] = Object.entries(type.pathways);
  if (first === undefined) throw new NotInNestml('synapses that do nothing at spikes');
  const [pathway, { on, do: statements }] = first;
  if (on.end !== 'pre' || others.length > 0) throw new NotInNestml('synapses that react to spikes of their target');
  const added = statements.map((statement) => {
    const to = statement.kind === 'assignment' ? statement.to : undefined;
    const variable = to?.kind === 'own' ? receptors[to.variable] : to?.end === 'post' ? to.variable : undefined;
    if (statement.kind !== 'assignment' || variable === undefined)
      throw new NotInNestml('synapses with variables of their own');
    if (statement.operator !== '+=' && statement.operator !== '-=')
      throw new NotInNestml(`synapses that set ${variable}, rather than add to it`);
    if ([...namesIn(statement.value)].some((name) => name.includes('.')))
      throw new NotInNestml('synapses whose effect depends on the state of a cell');
    if (draws(statement.value)) throw new NotInNestml('synapses that draw random numbers');
    const unit = target.state[variable]?.unit ?? target.parameters[variable]?.unit;
    if (unit === undefined) throw new NotInNestml(`synapses onto ${variable}`);
    const value = statement.operator === '-=' ? negated(statement.value) : statement.value;
    return {
      variable,
      unit,
      dimension: parseUnit(unit).dimension,
      value,
      sign: statement.operator === '-=' ? -1 : 1,
      given: statement.value,
    };
  });
  const [one, ...more] = added;
  if (one === undefined) throw new NotInNestml('synapses that do nothing at spikes');
  const common = one.given.kind === 'name' ? one.given.name : undefined;
  const base = {
    variable: one.variable,
    kind: weightKindOf(one.unit),
    weightUnit: weightUnitOf(one.dimension),
    pathway,
  };
  if (
    common !== undefined &&
    added.every(({ given, unit }) => given.kind === 'name' && given.name === common && unit === one.unit)
  )
    return {
      ...base,
      arrivals: added.map(({ variable, dimension, sign }) => ({ variable, dimension, factor: sign })),
      weight: known[common] ?? 0,
    };
  const weight = valueOf(one.value, environmentOf(known, data));
  if (weight === undefined) throw new NotInNestml('weights that differ between synapses in several of their parts');
  if (more.length === 0)
    return {
      ...base,
      arrivals: [{ variable: one.variable, dimension: one.dimension, factor: 1 }],
      weight,
    };
  const numbers = added.map(({ value, unit }) =>
    unit === one.unit ? valueOf(value, environmentOf(known, data)) : undefined,
  );
  const factors = numbers.map((value) => (typeof value === 'number' ? value / Number(weight) : NaN));
  if (!factors.every(Number.isFinite)) throw new NotInNestml('synapses that add several values');
  const arrivals = added.map(({ variable, dimension }, k) => ({ variable, dimension, factor: factors[k] ?? 1 }));
  return { ...base, arrivals, weight };
}
