/** Poisson sources: types that only draw spikes with a rate. */

import type { Expression } from '../../../lang/ast.js';
import { substitute } from '../../../lang/walk.js';
import { ownNames } from '../../../model/declared-names.js';
import { readsVariable, type NeuronType, type Population } from '../../../model/typed.js';
import { child } from '../../../model/pointer.js';
import { standardCells } from '../../pynn/index.js';
import type { RecognisedCell } from '../cells/view.js';
import { plain } from '../numbers.js';
import { valueOf, type Environment } from '../values.js';
import { cellType, keepPopulation, type Standardising } from './context.js';

/**
 * Returns the rate of a type that only draws spikes, each with the probability rate*dt in a step; undefined for others.
 */
export function poissonRate(type: NeuronType): Expression | undefined {
  const { spike, ...others } = type.events;
  if (Object.keys({ ...type.derivatives, ...type.state, ...others }).length > 0 || spike === undefined)
    return undefined;
  const derived = new Map(Object.entries(type.derived).map(([key, { value }]) => [key, value] as const));
  const when = substitute(spike.when, derived);
  if (when.kind !== 'binary' || when.operator !== '<' || spike.do.length > 0) return undefined;
  const { left, right } = when;
  if (left.kind !== 'call' || left.function !== 'uniform' || left.arguments.length > 0) return undefined;
  if (right.kind !== 'binary' || right.operator !== '*') return undefined;
  const [e] = [right.left, right.right].filter((side) => !(side.kind === 'name' && side.name === 'dt'));
  return e && plain(e, ownNames(type));
}

/** Checks whether a type only draws spikes with a rate: then it is PyNN's Poisson source. */
export function poissonSource(
  context: Standardising,
  name: string,
  population: Population,
  type: NeuronType,
  environment: Environment,
): boolean {
  const rateOf = poissonRate(type);
  if (rateOf === undefined) return false;
  const pointer = child('/populations', name);
  const rate = valueOf(rateOf, environment);
  const changes = rate === undefined || readsVariable(rate, 't');
  const cell = standardCells.get('SpikeSourcePoisson');
  if (changes || cell === undefined) {
    context.report.missing(pointer, "PyNN's Poisson sources have constant rates");
    keepPopulation(context, name, population);
    return true;
  }
  const standard: RecognisedCell = {
    standard: cell,
    parameters: { rate: rateOf },
    variables: new Map(),
    ports: new Map(),
    remarks: [],
  };
  context.known.set(name, {
    cell: standard,
    environment,
    use: { environment, signs: new Map(), dt: context.dt },
  });
  context.populations[name] = {
    ...population,
    type: cellType(context, population.type ?? name, 'SpikeSourcePoisson'),
    values: { rate },
  };
  context.report.different(
    context.code('bernoulli'),
    pointer,
    'SpikeSourcePoisson draws the number of spikes per step; here there is at most one, with probability rate*dt',
  );
  return true;
}
