/** Projections with PyNN's standard synapses, receptors and connection rules. */

import { numbersOf } from '../../../model/arrays.js';
import { binary, number } from '../../../lang/build.js';
import { ownNames } from '../../../model/declared-names.js';
import { freeName } from '../../../model/free-name.js';
import { child } from '../../../model/pointer.js';
import { populationsOf } from '../../../model/selected.js';
import { isGiven } from '../../../model/tagged.js';
import { endsIn, namesOf, type Projection, type Value } from '../../../model/typed.js';
import { namedRule, pairsOf } from '../connections.js';
import { tidy } from '../numbers.js';
import { arrivalOf, recogniseSynapse, throughPorts } from '../synapses.js';
import { signOf, valueOf } from '../values.js';
import { delaysOf, dendriticDelay } from './delays.js';
import {
  type StandardPopulation,
  type Standardising,
  endsOf,
  isNamed,
  isTaken,
  listedValue,
  synapseEnvironment,
  synapseType,
} from './context.js';

/** Checks whether a type reads or adds to variables of cells that have become standard cells, which lack them. */
function readsReplaced(context: Standardising, { synapse, receptors, ...ends }: Projection): boolean {
  const own = context.model.synapses[synapse];
  const bound = [...namesOf(own)].flatMap((name) =>
    Object.hasOwn(receptors, name) ? [`post.${receptors[name]}`] : [],
  );
  return endsIn([own, bound]).some(({ end, variable }) =>
    populationsOf(end === 'pre' ? ends.from.of : ends.to.of).some((name) => {
      const [before, after] = [context.model.neurons, context.neurons].map(
        (types, k) => types[(k === 0 ? context.model : context).populations[name]?.type ?? ''],
      );
      return (
        context.known.has(name) && before && after && ownNames(before).has(variable) && !ownNames(after).has(variable)
      );
    }),
  );
}

/**
 * Gives a projection its standard synapse and receptor. If PyNN has none, it stays as it is, with the reason in the
 * report, or is left out if its cells have become others.
 */
export function standardiseProjection(context: Standardising, name: string, projection: Projection): void {
  const pointer = child('/projections', name);
  const own = context.model.synapses[projection.synapse];
  const keep = (reason?: string): void => {
    if (reason !== undefined) context.report.missing(pointer, reason);
    if (own !== undefined && readsReplaced(context, projection)) {
      if (reason === undefined) context.report.missing(pointer, 'it reads variables that a standard cell has not');
      return;
    }
    if (own !== undefined) context.synapseTypes[projection.synapse] = own;
    const named = own !== undefined && isNamed(own);
    context.projections[name] = named ? projection : withNames(context, projection);
  };
  const targets = populationsOf(projection.to.of);
  // Synapses on cells with compartments have a response of their own.
  const isPlaced = targets.some((name) => context.neurons[context.populations[name]?.type ?? '']?.compartments);
  if (own === undefined || isNamed(own) || isPlaced) return keep();
  const type = throughPorts(own, projection.receptors);
  const arrival = arrivalOf(type);
  if (typeof arrival === 'string') return keep(arrival);
  if (projection.from.event !== undefined && projection.from.event !== 'spike')
    return keep(`PyNN's synapses react to spikes, not to ${projection.from.event}`);
  const known = context.known.get(targets[0] ?? '');
  // That the target is not a standard cell has been reported for the target.
  if (known === undefined) return keep();
  const port = known.cell.ports.get(arrival.variable);
  if (port === undefined)
    return keep(`it acts on ${arrival.variable}, which is not a receptor of ${known.cell.standard.name}`);
  const environment = synapseEnvironment(type, projection, context.valid);
  const found = recogniseSynapse(type, port.kind, environment, context.dt);
  if (typeof found === 'string') return keep(found);
  const scaledWeight = port.factor === 1 ? found.weight : binary('*', number(port.factor), found.weight);
  const weight = valueOf(scaledWeight, environment);
  if (weight === undefined) return keep('its weights cannot be expressed in PyNN');
  const values: Record<string, Value> = {};
  for (const [key, one] of Object.entries(found.parameters)) {
    const scale = found.scaled.has(key) ? port.factor : 1;
    const value =
      typeof one === 'number'
        ? tidy(one * scale)
        : valueOf(scale === 1 ? one : binary('*', number(scale), one), environment);
    if (value === undefined) return keep(`its ${key} cannot be expressed in PyNN`);
    values[key] = value;
  }
  if (found.name === 'TsodyksMarkramSynapse' && port.kind !== 'voltage')
    values['tau_syn'] = timeConstant(known, arrival.variable);
  for (const { code, message } of found.remarks) context.report.different(context.code(code), pointer, message);
  const dendritic = found.dendritic && dendriticDelay(context, projection, type, port.kind === 'voltage');
  const standard = (dendritic === undefined ? undefined : found.dendritic) ?? found.standard;
  const synapse = synapseType(context, standard.name === 'STDPMechanism' ? 'STDP' : found.name, standard, port.kind);
  const given = delaysOf(context, projection, type, { environment, pointer });
  if (given === undefined) return keep('its delays cannot be expressed in PyNN');
  if (dendritic !== undefined) values['transmission'] = dendritic;
  const delays = dendritic === undefined ? given : { post: dendritic };
  if (dendritic !== undefined)
    context.report.different(
      context.code('dendritic-delay'),
      pointer,
      `its delay of ${tidy(dendritic * 1e3)} ms lies behind the synapse, as PyNN has it by default and NEST always: postsynaptic spikes meet the synapse later by it`,
    );
  else if (found.name === 'STDPMechanism' && (delays['post'] ?? 0) === 0)
    context.report.convention(
      context.code('axonal-delay'),
      pointer,
      'all of its delay lies before the synapse (dendritic_delay_fraction=0), which NEURON has; NEST refuses others than 1',
    );
  const common = withNames(context, { ...projection, synapse, values: { ...values, weight }, delays });
  const receptors = (sign: 1 | -1): Projection['receptors'] => ({
    port: sign === -1 ? port.negative : port.positive,
  });
  const sign = signOf(listedValue(context, projection, weight) ?? weight, context.valid.data);
  if (port.kind === 'conductance' && sign !== 1) return keep('a negative conductance, which PyNN rejects');
  // A projection split in PyNN has no single set of weights to change or to record.
  const named = (names: ReadonlyMap<string, string>): void => {
    context.synapseNames.set(name, { names, type: found.name, factor: port.factor, sign, environment });
  };
  named(new Map());
  if (sign === 0) {
    const parts = splitBySign(context, common);
    if (parts === undefined) return keep('weights of both signs in one projection');
    for (const one of [1, -1] as const) {
      const label = one === 1 ? name : freeName(`${name}_inhibitory`, (taken) => isTaken(context, taken));
      context.projections[label] = { ...parts[one === 1 ? 0 : 1], receptors: receptors(one) };
    }
    context.report.convention(
      context.code('two-signs'),
      pointer,
      'weights of both signs become two projections, since each PyNN receptor has one sign',
    );
    return;
  }
  const whole: Projection = { ...common, receptors: receptors(sign) };
  // PyNN has one rule a projection.
  const perSynapse = Object.values(whole.values).some(isGiven);
  if (whole.connect.length > 1 && !perSynapse)
    whole.connect.forEach((rule, k) => {
      const label = k === 0 ? name : freeName(name, (one) => isTaken(context, one));
      context.projections[label] = { ...whole, connect: [rule] };
    });
  else {
    context.projections[name] = whole;
    named(found.variables);
  }
  context.report.exact(pointer, found.name, context.code('recognised'));
}

/** Returns a projection by the simplest rules that are the same. */
function withNames(context: Standardising, projection: Projection): Projection {
  const ends = endsOf(context, projection);
  return { ...projection, connect: projection.connect.map((rule) => namedRule(rule, ends)) };
}

/** Splits a projection into one of its positive and one of its negative weights; undefined if its pairs are drawn. */
function splitBySign(context: Standardising, projection: Projection): readonly [Projection, Projection] | undefined {
  const { data } = context.valid;
  const sizes = endsOf(context, projection);
  const [rule, second] = projection.connect;
  const pairs = second === undefined && rule ? pairsOf(rule, sizes, (array) => numbersOf(array, data)) : undefined;
  const { weight = 0 } = projection.values;
  const weights = listedValue(context, projection, weight) ?? weight;
  if (pairs === undefined || !isGiven(weights)) return undefined;
  const numbers = numbersOf(weights.array, data);
  if (numbers.length !== pairs.sources.length) return undefined;
  const part = (keep: (weight: number) => boolean): Projection => {
    const places = numbers.flatMap((one, k) => (keep(one) ? [k] : []));
    const only = (list: readonly number[]): readonly number[] => places.map((k) => list[k] ?? 0);
    const some = (value: Value): Value =>
      isGiven(value) ? { ...value, array: only(numbersOf(value.array, data)) } : value;
    const each = (map: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(Object.entries(map).map(([key, value]) => [key, some(value)]));
    return {
      ...projection,
      connect: [{ rule: 'list', sources: only(pairs.sources), targets: only(pairs.targets) }],
      values: { ...each(projection.values), weight: { kind: 'array', array: only(numbers) } },
      delays: each(projection.delays),
    };
  };
  return [part((one) => one >= 0), part((one) => one < 0)];
}

function timeConstant({ cell, environment }: StandardPopulation, variable: string): Value {
  const port = cell.ports.get(variable);
  const e = cell.parameters[port?.positive.includes('inh') === true ? 'tau_syn_I' : 'tau_syn_E'];
  return (e && valueOf(e, environment)) ?? 0.005;
}
