/**
 * Equations of which a step of forward Euler is the step of the model's own integration method, for simulators that take
 * no other steps: `dv/dt = -v/tau` becomes `dv/dt = -v/tau*exprel(-dt/tau)`, which is exact for one length of steps.
 */

import type { Expression } from '../lang/ast.js';
import {
  binary,
  call,
  conditional,
  integer,
  isZero,
  name as nameOf,
  negated,
  number,
  product,
  quotient,
  sum,
} from '../lang/build.js';
import { dimensionless } from '../lang/ast.js';
import { divideDimensions, powerDimension, second, unitText } from '../lang/dimension.js';
import { drawsIn } from '../lang/functions.js';
import { simplify } from '../lang/fold.js';
import { conditionallyLinear, linearRate, type LinearForm } from '../lang/linear.js';
import { parseExpression } from '../lang/parse.js';
import { printExpression } from '../lang/print.js';
import { parseUnit } from '../lang/units.js';
import { equalExpressions, namesIn, substitute } from '../lang/walk.js';
import { ownNames } from '../model/declared-names.js';
import { UniqueNames } from '../model/free-name.js';
import type {
  DerivedVariable,
  IntegrationMethod,
  Model,
  NeuronType,
  SelectionRule,
  SynapseType,
  TimingProfile,
  ValidModel,
} from '../model/model.js';
import { isSelection, recordedVariables } from '../model/tagged.js';
import { isForwardEuler, methodInBrian, methodOnGrid } from './gather/integration.js';
import { derivedOf, readsOf } from './gather/texts.js';

/** A model whose equations have their own steps under forward Euler. */
interface OwnSteps {
  readonly valid: ValidModel;
  /** Types whose equations were changed, as pointers, with the method that their steps are of. */
  readonly changed: ReadonlyMap<string, IntegrationMethod>;
}

/**
 * A model whose types are written for forward Euler, as far as their methods can be: the exact solution of linear
 * equations, exponential Euler, and Runge and Kutta's methods. Others are left as they are.
 */
export function withOwnSteps(valid: ValidModel): OwnSteps {
  const { model } = valid;
  const changed = new Map<string, IntegrationMethod>();
  const inOwnSteps = <T extends NeuronType | SynapseType>(
    section: string,
    types: Readonly<Record<string, T>>,
    heldIn: (type: T) => readonly string[],
  ) =>
    Object.fromEntries(
      Object.entries(types).map(([name, type]) => {
        const own = stepsOf(type, heldIn(type), model.timing);
        if (own === undefined || seenBetweenEvents(name, section, type, model)) return [name, type];
        changed.set(`/${section}/${name}`, own.method);
        const { conformsTo: _, ...rest } = type;
        return [name, { ...rest, ...own.equations, method: 'euler' }];
      }),
    );
  const neurons = inOwnSteps('neurons', model.neurons, heldWhileRefractory) as Model['neurons'];
  const synapses = inOwnSteps('synapses', model.synapses, () => []) as Model['synapses'];
  return { valid: { ...valid, model: { ...model, neurons, synapses } }, changed };
}

/**
 * Whether others than events see variables that are solved at events: between these they have the value of the last one,
 * which they would not have were they advanced in each step.
 */
function seenBetweenEvents(name: string, section: string, type: NeuronType | SynapseType, model: Model): boolean {
  const atEvents = new Set(Object.entries(type.derivatives).flatMap(([key, one]) => (one.eventDriven ? [key] : [])));
  if (section !== 'synapses' || atEvents.size === 0) return false;
  const { contributes, summed } = type as SynapseType;
  const ids = new Set(Object.entries(model.projections).flatMap(([id, { synapse }]) => (synapse === name ? [id] : [])));
  const isIts = (of: SelectionRule): boolean => isSelection(of, 'synapses') && ids.has(of.projection);
  const clocked = Object.values(type.derivatives).flatMap((one) => (one.eventDriven ? [] : [one.rate]));
  const read = [
    ...[...Object.values(contributes), ...Object.values(summed), ...clocked].flatMap((text) => [
      ...namesIn(parseExpression(text)),
    ]),
    ...model.recordings.flatMap((one) => (isIts(one.of) ? recordedVariables(one) : [])),
    ...Object.values(model.operations).flatMap((one) =>
      isIts(one.on) ? one.do.flatMap((text) => [...readsOf(text)]) : [],
    ),
  ];
  const seen = (key: string, before: readonly string[] = []): boolean => {
    if (atEvents.has(key)) return true;
    const own = type.derived[key];
    return (
      own !== undefined &&
      !before.includes(key) &&
      [...namesIn(parseExpression(own.value))].some((inner) => seen(inner, [...before, key]))
    );
  };
  return read.some((key) => seen(key));
}

/** Variables that are held while a cell is refractory. */
const heldWhileRefractory = ({ events }: NeuronType): readonly string[] =>
  Object.values(events).flatMap(({ refractory }) => refractory?.rate ?? []);

type Equations = Pick<NeuronType | SynapseType, 'derivatives' | 'derived'>;

/** Rates as they are to be written, and what they are computed from. */
interface Rates {
  readonly rates: ReadonlyMap<string, Expression>;
  readonly derived?: readonly (readonly [string, DerivedVariable])[];
}

/** Equations whose steps of forward Euler are those of a type's method; undefined where nothing is to be changed, or can be. */
function stepsOf(
  type: NeuronType | SynapseType,
  held: readonly string[],
  timing: TimingProfile,
): { readonly equations: Equations; readonly method: IntegrationMethod } | undefined {
  if (type.noise.length > 0 || Object.hasOwn(type, 'compartments')) return undefined;
  const plain = derivedOf(type);
  if (plain === undefined) return undefined;
  const all = Object.entries(type.derivatives);
  const events = all.flatMap(([name, { eventDriven }]) => (eventDriven ? [name] : []));
  const clocked = all.filter(([, { eventDriven }]) => !eventDriven);
  const isPlain = isForwardEuler({ ...type, derivatives: Object.fromEntries(clocked) }, timing);
  if (isPlain && events.length === 0) return undefined;
  /** A rate in which what depends on some variables is put in. */
  const rateOver = (name: string, variables: readonly string[]): Expression => {
    const dependent = [...plain].filter(([, e]) => variables.some((variable) => namesIn(e).has(variable)));
    return substitute(parseExpression(type.derivatives[name]?.rate ?? '0'), new Map(dependent));
  };
  const method = timing === 'brian' ? methodInBrian(type) : methodOnGrid(type);
  const isOwn = (name: string): boolean => linearRate(rateOver(name, [name]), [name])?.coefficients.has(name) === true;
  // Brian chooses another method than the exact one where the matrix of a linear system has no inverse.
  if (timing === 'brian' && method === 'auto' && !clocked.every(([name]) => isOwn(name))) return undefined;
  const names = clocked.map(([name]) => name);
  const stepped: Rates | undefined = isPlain ? { rates: new Map() } : ratesFor(method, names, rateOver, { type, held });
  // Equations that are solved at events have an exact solution, each of them by itself.
  const atEvents = linearSteps(new Map(events.map((name) => [name, rateOver(name, [name])])));
  if (atEvents === undefined || stepped === undefined) return undefined;
  const rates = new Map([...stepped.rates, ...atEvents]);
  return {
    method: method === 'auto' ? 'exact' : method,
    equations: {
      derived: { ...type.derived, ...Object.fromEntries(stepped.derived ?? []) },
      derivatives: Object.fromEntries(
        Object.entries(type.derivatives).map(([name, { rate }]) => {
          const own = rates.get(name);
          return [name, { rate: own === undefined ? rate : printExpression(own), eventDriven: false }];
        }),
      ),
    },
  };
}

function ratesFor(
  method: IntegrationMethod,
  names: readonly string[],
  rateOver: (name: string, variables: readonly string[]) => Expression,
  { type, held }: { readonly type: NeuronType | SynapseType; readonly held: readonly string[] },
): Rates | undefined {
  if (method === 'exponentialEuler')
    return exponentialSteps(new Map(names.map((name) => [name, rateOver(name, [name])])));
  const rates = new Map(names.map((name) => [name, rateOver(name, names)]));
  // These evaluate rates within the step, or hold what changes with the time.
  if ([...rates.values()].some((rate) => drawsIn(rate) || namesIn(rate).has('t'))) return undefined;
  if (othersRead(held, rates)) return undefined;
  switch (method) {
    case 'auto':
    case 'exact': {
      const own = linearSteps(rates);
      return own && { rates: own };
    }
    case 'rk2':
      return stages(rates, type, midpoint);
    case 'rk4':
      return stages(rates, type, classical);
    default:
      return undefined;
  }
}

const dt = nameOf('dt');

/** The mean of `exp(a*s)` for s from 0 to dt. */
const mean = (a: Expression): Expression => call('exprel', [product(a, dt)]);

/** A variable that depends on itself, and on one that only decays, at the same rate. */
interface Decay {
  /** In 1/s. */
  readonly rate: Expression;
  /** What feeds it, as an alpha function is fed; absent: nothing. */
  readonly feed?: Expression;
  /** What it decays to; absent: zero. */
  readonly rest?: Expression;
}

/** Whether an expression is no zero, whatever its parameters are. */
function isNeverZero(e: Expression): boolean {
  if (e.kind === 'number' || e.kind === 'quantity') return e.value !== 0;
  if (e.kind === 'unary') return e.operator === '-' && isNeverZero(e.operand);
  if (e.kind !== 'binary') return false;
  return e.operator === '/' ? isNeverZero(e.left) : e.operator === '*' && isNeverZero(e.left) && isNeverZero(e.right);
}

/** How a variable decays; undefined for one that does otherwise. */
function decayOf(name: string, forms: ReadonlyMap<string, LinearForm | null>): Decay | undefined {
  const form = forms.get(name);
  if (!form) return undefined;
  const rate = form.coefficients.get(name) ?? integer(0);
  const [feed, ...more] = [...form.coefficients].filter(([other]) => other !== name);
  if (!isZero(form.constant))
    return feed === undefined && isNeverZero(rate) ? { rate, rest: negated(quotient(form.constant, rate)) } : undefined;
  if (feed === undefined) return { rate };
  const [source, factor] = feed;
  const before = decayOf(source, new Map([...forms].filter(([other]) => other !== name)));
  if (more.length > 0 || before === undefined || before.feed || before.rest || !equalExpressions(before.rate, rate))
    return undefined;
  return { rate, feed: product(factor, nameOf(source)) };
}

/**
 * Rates whose step by forward Euler is the exact one, where each variable depends on itself and on such as only decay,
 * exponentially, to zero or another value, or as an alpha function: `dx/dt = a*x + b + c*y` with `dy/dt = d*y`, `dy/dt = d*y + e`, or with `dy/dt = d*y + e*z` and
 * `dz/dt = d*z`. Undefined for other systems.
 */
function linearSteps(rates: ReadonlyMap<string, Expression>): ReadonlyMap<string, Expression> | undefined {
  const found = new Map<string, Expression>();
  const forms = new Map([...rates].map(([name, rate]) => [name, linearRate(rate, rates.keys())]));
  for (const [name, rate] of rates) {
    const form = forms.get(name);
    if (!form) return undefined;
    const own = form.coefficients.get(name) ?? integer(0);
    const others = [...form.coefficients].filter(([other]) => other !== name);
    const decays = others.map(([other, factor]) => ({ other, factor, decay: decayOf(other, forms) }));
    // What another variable decays to acts on this one as a constant does.
    const constant = decays.reduce(
      (all, { factor, decay }) => (decay?.rest ? sum(all, product(factor, decay.rest)) : all),
      form.constant,
    );
    const alone = others.length === 0 ? rate : sum(product(own, nameOf(name)), constant);
    const terms = [isZero(own) ? alone : product(alone, mean(own))];
    for (const { other, factor, decay } of decays) {
      if (decay === undefined) return undefined;
      const faster = equalExpressions(decay.rate, own) ? integer(0) : simplify(binary('-', decay.rate, own));
      const left = isZero(own) ? integer(1) : call('exp', [product(own, dt)]);
      const above = decay.rest ? binary('-', nameOf(other), decay.rest) : nameOf(other);
      terms.push(product(product(product(factor, above), left), isZero(faster) ? integer(1) : mean(faster)));
      if (decay.feed)
        terms.push(product(product(product(product(factor, decay.feed), left), dt), slopeOfMean(product(faster, dt))));
    }
    found.set(name, terms.filter((term) => !isZero(term)).reduce(sum, integer(0)));
  }
  return found;
}

/** The derivative of `exprel`, near zero by its series. */
function slopeOfMean(u: Expression): Expression {
  if (isZero(u)) return number(0.5);
  const series = [144, 30, 8, 3].reduce<Expression>(
    (tail, denominator, k) => sum(quotient(integer(1), integer(denominator)), k === 0 ? integer(0) : product(u, tail)),
    integer(0),
  );
  return conditional(
    binary('<', call('abs', [u]), number(1e-3)),
    sum(number(0.5), product(u, series)),
    quotient(binary('-', call('exp', [u]), call('exprel', [u])), u),
  );
}

/** Rates for exponential Euler, which holds `a` and `b` of `dx/dt = a*x + b` over the step. */
function exponentialSteps(rates: ReadonlyMap<string, Expression>): Rates | undefined {
  const found = new Map<string, Expression>();
  for (const [name, rate] of rates) {
    const form = conditionallyLinear(rate, name);
    if (!form) return undefined;
    const own = form.coefficients.get(name);
    found.set(name, own === undefined ? rate : product(rate, mean(own)));
  }
  return { rates: found };
}

/** Whether something depends on a variable that is held: exact solutions and the stages of a method would move it. */
const othersRead = (held: readonly string[], rates: ReadonlyMap<string, Expression>): boolean =>
  held.some((name) => [...rates].some(([other, rate]) => other !== name && namesIn(rate).has(name)));

/** A method of Runge and Kutta: how far along the slope of the stage before each stage lies, and the weights of all slopes. */
interface Tableau {
  readonly along: readonly Expression[];
  readonly weights: readonly number[];
  readonly whole: number;
}

const half = quotient(dt, integer(2));
const classical: Tableau = { along: [half, half, dt], weights: [1, 2, 2, 1], whole: 6 };
const midpoint: Tableau = { along: [half], weights: [0, 1], whole: 1 };

/** Rates that are the weighted slopes of all stages, each slope a derived variable. */
function stages(
  rates: ReadonlyMap<string, Expression>,
  type: NeuronType | SynapseType,
  { along, weights, whole }: Tableau,
): Rates {
  const names = new UniqueNames(ownNames(type));
  const slopes: ReadonlyMap<string, string>[] = [];
  const derived: (readonly [string, DerivedVariable])[] = [];
  for (const stage of weights.keys()) {
    const before = slopes.at(-1);
    const distance = along[stage - 1];
    const values = new Map(
      [...rates.keys()].flatMap((name) => {
        const slope = before?.get(name);
        return slope === undefined || distance === undefined
          ? []
          : [[name, sum(nameOf(name), product(distance, nameOf(slope)))] as const];
      }),
    );
    const own = new Map([...rates.keys()].map((name) => [name, names.take(`${name}_slope_${stage + 1}`)]));
    for (const [name, rate] of rates)
      derived.push([
        own.get(name) ?? name,
        {
          unit: slopeUnit(type.state[name]?.unit ?? '1'),
          value: printExpression(substitute(rate, values)),
        } as DerivedVariable,
      ]);
    slopes.push(own);
  }
  const weighted = (name: string): Expression =>
    weights
      .map((weight, stage) => {
        const slope = nameOf(slopes[stage]?.get(name) ?? name);
        return weight === 0 ? integer(0) : weight === 1 ? slope : product(integer(weight), slope);
      })
      .filter((term) => !isZero(term))
      .reduce(sum);
  return {
    derived,
    rates: new Map(
      [...rates.keys()].map((name) => [name, whole === 1 ? weighted(name) : quotient(weighted(name), integer(whole))]),
    ),
  };
}

/** The unit of a rate of change. */
function slopeUnit(unit: string): string {
  const dimension = unit === '1' ? dimensionless : parseUnit(unit).dimension;
  return unitText(divideDimensions(dimension, powerDimension(second, 1)));
}
