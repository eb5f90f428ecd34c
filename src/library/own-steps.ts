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
import { drawsIn } from '../lang/functions.js';
import { growsFast } from '../lang/growth.js';
import { simplify } from '../lang/fold.js';
import { conditionallyLinear, linearRate, type LinearForm } from '../lang/linear.js';
import { parseExpression } from '../lang/parse.js';
import { printExpression } from '../lang/print.js';
import { equalExpressions, namesIn, substitute } from '../lang/walk.js';
import type { IntegrationMethod, Model, NeuronType, SelectionRule, SynapseType, ValidModel } from '../model/model.js';
import { withComments } from '../model/comments.js';
import { child } from '../model/pointer.js';
import { isSelection, recordedVariables } from '../model/tagged.js';
import { escapesWithin } from './escape-time.js';
import { isForwardEuler, methodInBrian, methodOnGrid } from './gather/integration.js';
import { derivedOf, readsOf } from './gather/texts.js';
import { withKnownChoices } from './known-choices.js';
import { noisySteps } from './noisy-steps.js';
import { classical, dormandPrince, midpoint, rungeKutta, stepVariables, type Rates } from './runge-kutta.js';

/** A model whose equations have their own steps under forward Euler. */
interface OwnSteps {
  readonly valid: ValidModel;
  /** Types whose equations were changed, as pointers, with the method that their steps are of. */
  readonly changed: ReadonlyMap<string, IntegrationMethod>;
}

/**
 * A model whose types are written for forward Euler, as far as their methods can be: the exact solution of linear
 * equations, exponential Euler, and Runge and Kutta's methods. Others are left as they are.
 *
 * @param parts  in how many parts a step is divided where the model's steps adapt, by neuron type; types without are left
 */
export function withOwnSteps(valid: ValidModel, parts: ReadonlyMap<string, number> = new Map()): OwnSteps {
  const { model } = valid;
  const changed = new Map<string, IntegrationMethod>();
  const comments: Record<string, string> = {};
  const inOwnSteps = <T extends NeuronType | SynapseType>(
    section: string,
    types: Readonly<Record<string, T>>,
    heldIn: (type: T) => Held,
  ) =>
    Object.fromEntries(
      Object.entries(types).map(([name, type]) => {
        const own = stepsOf(type, heldIn(type), model, section === 'neurons' ? parts.get(name) : undefined);
        if (own === undefined || seenBetweenEvents(name, section, type, model)) return [name, type];
        changed.set(`/${section}/${name}`, own.method);
        for (const [variable, comment] of own.comments)
          comments[child(`${child(`/${section}`, name)}/derived`, variable)] = comment;
        const { conformsTo: _, ...rest } = type;
        return [name, { ...rest, ...own.equations, method: 'euler' }];
      }),
    );
  const settled = Object.fromEntries(
    Object.entries(model.neurons).map(([name, type]) => [
      name,
      parts.has(name) ? withKnownChoices(type, name, model) : type,
    ]),
  );
  const neurons = inOwnSteps('neurons', settled, heldWhileRefractory) as Model['neurons'];
  const synapses = inOwnSteps('synapses', model.synapses, () => neverHeld) as Model['synapses'];
  const annotations = withComments(model.annotations, comments);
  return { valid: { ...valid, model: { ...model, neurons, synapses, annotations } }, changed };
}

/**
 * Types of neurons whose steps adapt, and their equations with a number of sub-steps; not those of which nothing can be
 * written.
 */
export function typesInSubSteps({ model }: ValidModel): ReadonlyMap<string, (parts: number) => Rates> {
  const found = Object.entries(model.neurons).flatMap(([name, type]) => {
    if (type.method !== 'adaptive' || mayEscape(name, model)) return [];
    const settled = withKnownChoices(type, name, model);
    const ratesIn = (parts: number): Rates | undefined =>
      steppedRates(settled, heldWhileRefractory(type), model, parts)?.stepped;
    return ratesIn(1) === undefined ? [] : [[name, (parts: number) => ratesIn(parts) ?? { rates: new Map() }] as const];
  });
  return new Map(found);
}

/** Whether a variable of a type may run away within a step, which ends as a step of Euler's method then. */
const mayEscape = (name: string, { neurons, populations, experiment }: Model): boolean =>
  Object.values(populations).some(
    (one) => one.type === name && neurons[name] && escapesWithin(neurons[name], one, 2 * experiment.dt) !== undefined,
  );

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

/** Variables that are held while a cell is refractory; none of synapses are. */
interface Held {
  readonly isCell: boolean;
  /** Whether thresholds may reset variables. */
  readonly hasEvents: boolean;
  readonly names: readonly string[];
  /** Whether they are whenever it is in any way, which is all that equations can ask. */
  readonly always: boolean;
}

const neverHeld: Held = { isCell: false, hasEvents: false, names: [], always: true };

function heldWhileRefractory({ events }: NeuronType): Held {
  const all = Object.values(events).flatMap(({ refractory }) => (refractory ? [refractory.rate] : []));
  const names = [...new Set(all.flat())];
  return {
    isCell: true,
    hasEvents: Object.keys(events).length > 0,
    names,
    always: all.every((rates) => names.every((name) => rates.includes(name))),
  };
}

type Equations = Pick<NeuronType | SynapseType, 'derivatives' | 'derived'>;

/** Equations whose steps of forward Euler are those of a type's method; undefined where nothing is to be changed, or can be. */
function stepsOf(
  type: NeuronType | SynapseType,
  held: Held,
  { timing, experiment }: Pick<Model, 'timing' | 'experiment'>,
  parts: number | undefined,
):
  | {
      readonly equations: Equations;
      readonly method: IntegrationMethod;
      readonly comments: ReadonlyMap<string, string>;
    }
  | undefined {
  const found = steppedRates(type, held, { timing, experiment }, parts);
  if (found === undefined) return undefined;
  const { method, stepped, atEvents } = found;
  const rates = new Map([...stepped.rates, ...atEvents]);
  return {
    method: method === 'auto' ? 'exact' : method,
    comments: new Map(
      (stepped.derived ?? []).flatMap(({ name, comment }) => (comment === undefined ? [] : [[name, comment] as const])),
    ),
    equations: {
      derived: { ...type.derived, ...stepVariables(stepped.derived ?? []) },
      derivatives: Object.fromEntries(
        Object.entries(type.derivatives).map(([name, { rate }]) => {
          const own = rates.get(name);
          return [name, { rate: own === undefined ? rate : printExpression(own), eventDriven: false }];
        }),
      ),
    },
  };
}

/** Rates of a type's own steps: of what is advanced in each step, and of what is solved at events. */
function steppedRates(
  type: NeuronType | SynapseType,
  held: Held,
  { timing, experiment }: Pick<Model, 'timing' | 'experiment'>,
  parts: number | undefined,
):
  | {
      readonly method: IntegrationMethod;
      readonly stepped: Rates;
      readonly atEvents: ReadonlyMap<string, Expression>;
    }
  | undefined {
  if (Object.hasOwn(type, 'compartments')) return undefined;
  const free = Object.entries(type.derived).filter(([, { held: isHeld }]) => !isHeld);
  const plain = derivedOf({ derived: Object.fromEntries(free) });
  if (plain === undefined) return undefined;
  const all = Object.entries(type.derivatives);
  const events = all.flatMap(([name, { eventDriven }]) => (eventDriven ? [name] : []));
  const clocked = all.filter(([, { eventDriven }]) => !eventDriven);
  const isPlain = isForwardEuler({ ...type, derivatives: Object.fromEntries(clocked) }, timing);
  if (isPlain && events.length === 0) return undefined;
  /** A rate in which what depends on some variables is put in, but for what is held over the step. */
  const rateOver = (name: string, variables: readonly string[]): Expression => {
    const dependent = [...plain].filter(([, e]) => variables.some((variable) => namesIn(e).has(variable)));
    return substitute(parseExpression(type.derivatives[name]?.rate ?? '0'), new Map(dependent));
  };
  if (type.noise.length > 0) {
    const { method } = type;
    if ((method !== 'heun' && method !== 'milstein') || !held.isCell || events.length > 0) return undefined;
    const rates = new Map(
      clocked.map(([name]) => [name, rateOver(name, [...clocked.map(([one]) => one), ...type.noise, 't'])]),
    );
    // Brian's Heun moves variables that are held, and factors of the time are those of the step's end.
    if (held.names.length > 0 || [...rates.values()].some((rate) => drawsIn(rate) || namesIn(rate).has('t')))
      return undefined;
    const stepped = noisySteps(method, type, rates, experiment.dt);
    return stepped && { method, stepped, atEvents: new Map() };
  }
  const method = timing === 'brian' ? methodInBrian(type) : methodOnGrid(type);
  const names = clocked.map(([name]) => name);
  const stepped: Rates | undefined = isPlain
    ? { rates: new Map() }
    : ratesFor(method, names, rateOver, { type, held, parts });
  // Equations that are solved at events have an exact solution, each of them by itself.
  const atEvents = linearSteps(new Map(events.map((name) => [name, rateOver(name, [name])])));
  return atEvents === undefined || stepped === undefined ? undefined : { method, stepped, atEvents };
}

function ratesFor(
  method: IntegrationMethod,
  names: readonly string[],
  rateOver: (name: string, variables: readonly string[]) => Expression,
  {
    type,
    held,
    parts,
  }: {
    readonly type: NeuronType | SynapseType;
    readonly held: Held;
    readonly parts: number | undefined;
  },
): Rates | undefined {
  if (method === 'exponentialEuler')
    return exponentialSteps(new Map(names.map((name) => [name, rateOver(name, [name])])));
  const isExact = method === 'auto' || method === 'exact';
  // Stages of fixed steps read the time within the step. The exact solution holds tables of it; adaptive methods choose their steps.
  const rates = new Map(names.map((name) => [name, rateOver(name, isExact ? names : [...names, 't'])]));
  const isTimed = [...rates.values()].some((rate) => namesIn(rate).has('t'));
  if ([...rates.values()].some(drawsIn) || (isTimed && method === 'adaptive')) return undefined;
  if (isExact) {
    const own = othersRead(held.names, rates) ? undefined : linearSteps(rates);
    return own && { rates: own };
  }
  if (!held.always) return undefined;
  switch (method) {
    case 'rk2':
      return rungeKutta(rates, type, midpoint, { held: held.names });
    case 'rk4':
      return rungeKutta(rates, type, classical, { held: held.names, watched: watchedIn(type, held, rates) });
    case 'adaptive':
      return parts === undefined ? undefined : subSteps(rates, type, held, parts);
    default:
      return undefined;
  }
}

/**
 * Variables that may run away within a step, where `rk4` was chosen rather than named: it must cope with those that a
 * threshold is about to reset.
 */
const watchedIn = (
  { method }: Pick<NeuronType, 'method'>,
  { hasEvents }: Held,
  rates: ReadonlyMap<string, Expression>,
): readonly string[] =>
  method === 'auto' && hasEvents ? [...rates].flatMap(([name, rate]) => (growsFast(rate, name) ? [name] : [])) : [];

/** Several steps of Dormand and Prince's method, among which what is linear by itself has its exact solution. */
function subSteps(
  rates: ReadonlyMap<string, Expression>,
  type: NeuronType | SynapseType,
  held: Held,
  parts: number,
): Rates {
  const alone = independentOf(rates, held);
  const own = linearSteps(alone) ?? new Map<string, Expression>();
  const after = (name: string) => (elapsed: Expression) => linearSteps(alone, elapsed)?.get(name) ?? nameOf(name);
  const stepped = rungeKutta(rates, type, dormandPrince, {
    parts,
    held: held.names,
    solved: new Map([...own.keys()].map((name) => [name, after(name)])),
  });
  return { ...stepped, rates: new Map([...own, ...stepped.rates]) };
}

/** Rates of the variables that depend linearly on none but each other, and are never held. */
function independentOf(rates: ReadonlyMap<string, Expression>, held: Held): ReadonlyMap<string, Expression> {
  let alone = new Map(
    [...rates].filter(([name, rate]) => !held.names.includes(name) && linearRate(rate, rates.keys())),
  );
  for (;;) {
    const rest = new Map(
      [...alone].filter(([, rate]) => [...namesIn(rate)].every((name) => !rates.has(name) || alone.has(name))),
    );
    if (rest.size === alone.size) return rest;
    alone = rest;
  }
}

const dt = nameOf('dt');

/** The mean of `exp(a*s)` for s from 0 to a time. */
const mean = (a: Expression, time: Expression): Expression => call('exprel', [product(a, time)]);

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
 *
 * @param elapsed  the time after which values are wanted rather than rates
 */
function linearSteps(
  rates: ReadonlyMap<string, Expression>,
  elapsed?: Expression,
): ReadonlyMap<string, Expression> | undefined {
  const time = elapsed ?? dt;
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
    const terms = [isZero(own) ? alone : product(alone, mean(own, time))];
    const left = isZero(own) ? integer(1) : call('exp', [product(own, time)]);
    for (const { other, factor, decay } of decays) {
      if (decay === undefined) return undefined;
      const faster = equalExpressions(decay.rate, own) ? integer(0) : simplify(binary('-', decay.rate, own));
      const above = decay.rest ? binary('-', nameOf(other), decay.rest) : nameOf(other);
      terms.push(product(product(product(factor, above), left), isZero(faster) ? integer(1) : mean(faster, time)));
      if (decay.feed)
        terms.push(
          product(product(product(product(factor, decay.feed), left), time), slopeOfMean(product(faster, time))),
        );
    }
    if (elapsed !== undefined) {
      const driven = isZero(own) ? constant : product(constant, mean(own, time));
      const changes = [driven, ...terms.slice(1)].map((term) => product(time, term));
      terms.splice(0, terms.length, product(nameOf(name), left), ...changes);
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
    found.set(name, own === undefined ? rate : product(rate, mean(own, dt)));
  }
  return { rates: found };
}

/** Whether something depends on a variable that is held: exact solutions and the stages of a method would move it. */
const othersRead = (held: readonly string[], rates: ReadonlyMap<string, Expression>): boolean =>
  held.some((name) => [...rates].some(([other, rate]) => other !== name && namesIn(rate).has(name)));
