/** Poisson sources: types that only draw spikes with a rate, which may be switched on and off once. */

import { number, product } from '../../../lang/build.js';
import type { Expression } from '../../../lang/ast.js';
import { operandsOf } from '../../../lang/operands.js';
import { parseExpression } from '../../../lang/parse.js';
import { namesIn, substitute } from '../../../lang/walk.js';
import { mapped } from '../../../model/collections.js';
import { ownNames } from '../../../model/declared-names.js';
import type { NeuronType, Population } from '../../../model/model.js';
import { child } from '../../../model/pointer.js';
import { standardCells } from '../../pynn/index.js';
import type { RecognisedCell } from '../cells/view.js';
import { constantOf, fold, plain, tidy } from '../numbers.js';
import { valueOf, withNumbers, type Environment } from '../values.js';
import { cellType, keepPopulation, type Standardising } from './context.js';

/** Checks whether a type only draws spikes with a rate: then it is PyNN's Poisson source. */
export function poissonSource(
  context: Standardising,
  name: string,
  population: Population,
  type: NeuronType,
  environment: Environment,
): boolean {
  const { spike } = type.events;
  if (Object.keys(type.derivatives).length + Object.keys(type.state).length > 0 || spike === undefined) return false;
  const derived = new Map(
    Object.entries(type.derived).map(([key, { value }]) => [key, parseExpression(value)] as const),
  );
  const when = substitute(parseExpression(spike.when), derived);
  if (when.kind !== 'binary' || when.operator !== '<' || spike.do.length > 0) return false;
  const { left, right } = when;
  if (left.kind !== 'call' || left.function !== 'uniform' || left.arguments.length > 0) return false;
  if (right.kind !== 'binary' || right.operator !== '*') return false;
  const [e] = [right.left, right.right].filter((side) => !(side.kind === 'name' && side.name === 'dt'));
  const pointer = child('/populations', name);
  const open = e && windowOf(plain(e, ownNames(type)), environment, context.dt);
  const rate = open && valueOf(open.rate, environment);
  const changes = rate === undefined || (typeof rate === 'string' && namesIn(parseExpression(rate)).has('t'));
  const cell = standardCells.get('SpikeSourcePoisson');
  if (open === undefined || changes || cell === undefined) {
    context.report.missing(pointer, "PyNN's Poisson sources have constant rates");
    keepPopulation(context, name, population);
    return true;
  }
  const standard: RecognisedCell = {
    standard: cell,
    parameters: { rate: open.rate, ...mapped(open.during, (value) => number(value)) },
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
    values: { rate, ...open.during },
  };
  context.report.approximated(
    context.code('bernoulli'),
    pointer,
    'SpikeSourcePoisson draws the number of spikes per step; here there is at most one, with probability rate*dt',
  );
  return true;
}

/** A rate that is not nought during one time, and that time in s. */
interface Window {
  readonly rate: Expression;
  readonly during: Readonly<Record<'start' | 'duration', number>> | Readonly<Record<string, never>>;
}

/** Returns a rate without the conditions of the time that it is multiplied with: `rate*int(t >= 100*ms and t < 500*ms)`. */
function windowOf(e: Expression, environment: Environment, dt: number): Window {
  const factors = operandsOf(e, '*');
  const isOfTime = (factor: Expression): boolean => namesIn(factor).has('t');
  const conditions = factors.filter(isOfTime).flatMap((factor) => operandsOf(withoutInt(factor), 'and'));
  const plainRate: Window = { rate: e, during: {} };
  if (conditions.length === 0) return plainRate;
  let [first, last] = [0, Infinity];
  for (const condition of conditions) {
    const bound = boundOf(condition, environment, dt);
    if (bound === undefined) return plainRate;
    if (bound.isLower) first = Math.max(first, bound.step);
    else last = Math.min(last, bound.step);
  }
  if (last <= first) return plainRate;
  const rest = factors.filter((factor) => !isOfTime(factor));
  const [start, end] = [tidy(first * dt), last * dt];
  return {
    rate: rest.length === 0 ? number(1) : rest.reduce((all, one) => product(all, one)),
    during: { start, ...(Number.isFinite(end) ? { duration: tidy(end - start) } : {}) } as Window['during'],
  };
}

const withoutInt = (e: Expression): Expression =>
  e.kind === 'call' && e.function === 'int' && e.arguments[0] !== undefined ? e.arguments[0] : e;

/** Largest deviation of a time from a step, in steps. */
const tolerance = 1e-6;

/** Returns the first step in which a comparison of the time holds, or the first one after all steps in which it holds. */
function boundOf(
  e: Expression,
  { numbers }: Environment,
  dt: number,
): { readonly isLower: boolean; readonly step: number } | undefined {
  if (e.kind !== 'binary' || !['<', '<=', '>', '>='].includes(e.operator)) return undefined;
  const isTime = (side: Expression): boolean => side.kind === 'name' && side.name === 't';
  if (isTime(e.left) === isTime(e.right)) return undefined;
  const bound = isTime(e.left) ? e.right : e.left;
  const time = constantOf(fold(withNumbers(bound, new Map([...numbers, ['dt', dt]]))));
  if (time === undefined) return undefined;
  const isLower = e.operator.startsWith('>') === isTime(e.left);
  // `t > x` and `t <= x` differ from the others if x is a step.
  const isNext = isLower !== e.operator.endsWith('=');
  const steps = time / dt;
  return { isLower, step: Math.max(0, isNext ? Math.floor(steps + tolerance) + 1 : Math.ceil(steps - tolerance)) };
}
