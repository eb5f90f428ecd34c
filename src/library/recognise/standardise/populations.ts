/** Populations as PyNN's standard cells and sources. */

import { number } from '../../../lang/build.js';
import type { Expression } from '../../../lang/ast.js';
import { callsIn } from '../../../lang/walk.js';
import { isRandom } from '../../../lang/functions.js';
import { formula, type NeuronType, type Population, type Value } from '../../../model/typed.js';
import { mapped } from '../../../model/collections.js';
import { child } from '../../../model/pointer.js';
import { populationsOf } from '../../../model/selected.js';
import { timingProperties } from '../../../model/timing-properties.js';
import { areSeparate, methodInBrian } from '../../gather/integration.js';
import { recogniseCell } from '../cells.js';
import { type CellUse, type RecognisedCell } from '../cells/view.js';
import { constantOf } from '../numbers.js';
import { arrivalOf, throughPorts } from '../synapses.js';
import { environmentOf, scaledValue, signOf, valueOf, type Environment } from '../values.js';
import { poissonSource } from './poisson.js';
import { type Standardising, cellType, isNamed, keepPopulation, listedValue, synapseEnvironment } from './context.js';

/** Returns the signs of all arrivals at each variable of each population. */
export function arrivingSigns(context: Standardising): ReadonlyMap<string, Map<string, Set<1 | -1>>> {
  const all = new Map<string, Map<string, Set<1 | -1>>>();
  const note = (populations: readonly string[], variable: string, sign: 1 | -1 | 0): void => {
    for (const name of populations) {
      const ofPopulation = all.get(name) ?? new Map<string, Set<1 | -1>>();
      all.set(name, ofPopulation);
      const signs = ofPopulation.get(variable) ?? new Set();
      ofPopulation.set(variable, signs);
      for (const one of sign === 0 ? ([1, -1] as const) : [sign]) signs.add(one);
    }
  };
  const { data } = context.valid;
  for (const projection of Object.values(context.model.projections)) {
    const type = context.model.synapses[projection.synapse];
    if (type === undefined) continue;
    const arrival = arrivalOf(throughPorts(type, projection.receptors));
    if (typeof arrival === 'string') continue;
    const environment = synapseEnvironment(type, projection, context.valid);
    const weight = valueOf(withoutDraws(arrival.amount), environment);
    const sign = signOf(weight === undefined ? weight : (listedValue(context, projection, weight) ?? weight), data);
    note(populationsOf(projection.to.of), arrival.variable, sign);
  }
  for (const stimulus of Object.values(context.model.stimuli))
    if (stimulus.kind === 'poisson')
      note(populationsOf(stimulus.to), stimulus.variable, signOf(formula(stimulus.weight), data));
  return all;
}

/**
 * Gives a population its standard cell. If PyNN has no such cell, the population stays as it is, with the reason in the
 * report.
 */
export function standardisePopulation(
  context: Standardising,
  name: string,
  population: Population,
  signs: CellUse['signs'],
): void {
  const pointer = child('/populations', name);
  if (population.type === undefined) {
    context.populations[name] = population;
    return;
  }
  const keep = (): void => keepPopulation(context, name, population);
  const type = context.model.neurons[population.type];
  if (type === undefined || isNamed(type)) return keep();
  if (Object.keys(population.linked ?? {}).length > 0) {
    context.report.missing(pointer, 'variables linked to another population');
    return keep();
  }
  const values = { ...parametersOf(type, population.values), N: population.size };
  const environment = environmentOf(values, context.valid.data);
  if (poissonSource(context, name, population, type, environment)) return;
  const use: CellUse = { environment, signs, dt: context.dt };
  const cell = recogniseCell(type, use);
  if (typeof cell === 'string') {
    context.report.missing(pointer, `no standard cell matches it: ${cell}`);
    return keep();
  }
  const given = cellValues(cell, environment);
  const first = firstValues(cell, type, population, environment);
  if (typeof given === 'string' || typeof first === 'string') {
    const values = [given, first].filter((one) => typeof one === 'string');
    context.report.missing(pointer, `${cell.standard.name} has no parameter for its ${values.join(' and ')}`);
    return keep();
  }
  context.known.set(name, { cell, environment, use });
  context.populations[name] = {
    ...population,
    type: cellType(context, population.type, cell.standard),
    values: { ...given, ...first },
  };
  const { standard, others } = cell;
  const which = `${standard.name}, compared at random points${others === undefined ? '' : `; ${others}`}`;
  const names = Object.fromEntries([...cell.variables].map(([ours, { name: theirs }]) => [theirs, ours]));
  context.report.add({ verdict: 'exact', code: context.code('recognised'), pointer, message: which, names });
  for (const { verdict, code, message } of cell.remarks)
    context.report.add({ verdict, code: context.code(code), pointer, message });
  remarkMethod(context, type, cell, pointer);
}

function parametersOf(type: NeuronType, values: Population['values']): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(type.parameters).map(([key, { value }]) => [key, values[key] ?? value] as const),
  );
}

function cellValues(cell: RecognisedCell, environment: Environment): Record<string, Value> | string {
  const result: Record<string, Value> = {};
  for (const [key, e] of Object.entries(cell.parameters)) {
    const value = valueOf(e, environment);
    if (value === undefined) return key;
    result[key] = value;
  }
  return result;
}

function firstValues(
  cell: RecognisedCell,
  type: NeuronType,
  population: Population,
  environment: Environment,
): Record<string, Value> | string {
  const result: Record<string, Value> = {};
  const first = mapped(type.state, ({ initial }, ours) => population.values[ours] ?? initial);
  // A first value may read others, as that of Izhikevich's u reads v.
  const numbers = new Map([...environmentOf(first, environment.data).numbers, ...environment.numbers]);
  for (const [ours, { name, factor }] of cell.variables) {
    const value = scaledValue(first[ours] ?? 0, factor, { ...environment, numbers });
    if (value === undefined) return `first values of ${ours}`;
    result[name] = value;
  }
  return result;
}

function remarkMethod(context: Standardising, type: NeuronType, cell: RecognisedCell, pointer: string): void {
  const theirs = cell.standard.neuron.method;
  const method =
    timingProperties[context.model.timing].integration === 'forward Euler' ? methodInBrian(type) : type.method;
  if (Object.keys(type.derivatives).length === 0) return;
  if (method === theirs || method === 'auto' || method === 'exact' || method === 'adaptive') return;
  // Exponential Euler holds other variables over a step.
  if (method === 'exponentialEuler' && theirs === 'exact' && areSeparate(type)) return;
  context.report.different(
    context.code('method'),
    pointer,
    `it is integrated by the method ${method}; PyNN's simulators ${theirs === 'exact' ? 'have the exact solution' : 'use steps that adapt'}`,
  );
}

/** Replaces draws at each spike by their usual value, since the sign of a weight does not depend on them. */
function withoutDraws(e: Expression): Expression {
  return callsIn(e).some((call) => isRandom(call.function)) ? number(constantOf(e) ?? 1) : e;
}
