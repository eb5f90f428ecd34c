/**
 * Gates of more than one state variable: kinetic schemes, sums of independent gates, and other equations, which become
 * custom component types.
 */

import { concentration, hertz, volt } from '../../../../src/lang/dimension.js';
import type { Dimension, Expression } from '../../../../src/lang/ast.js';
import { dimensionless } from '../../../../src/lang/ast.js';
import { binary, integer, quantity, sum, unary } from '../../../../src/lang/build.js';
import { evaluate } from '../../../../src/lang/evaluate.js';
import { linearForm } from '../../../../src/lang/linear.js';
import { parseExpression, parseStatements } from '../../../../src/lang/parse.js';
import { namesIn, writtenBy } from '../../../../src/lang/walk.js';
import { freeName } from '../../../../src/model/free-name.js';
import { builderOf } from '../builder.js';
import { dimensionOfUnit } from '../text/dimensions.js';
import { numberText } from '../text/quantity-text.js';
import { NotExpressible } from '../text/words.js';
import { element, type Element } from '../text/xml-text.js';
import type { LocalEquations } from './equations.js';
import { approachOf, type PotentialFunctions } from './gates.js';
import { sharesOf, type Shares } from './membrane-current.js';

/** A gate of several state variables. */
export interface CoupledGate {
  readonly kind: 'scheme' | 'sum' | 'own';
  readonly element: Element;
  /** Paths from the channel to its state variables. */
  readonly paths: ReadonlyMap<string, string>;
  /** Steady states of variables that begin there, by name, at a potential in V. */
  readonly steady: ReadonlyMap<string, (v: number) => number>;
}

/** Context in which the gates of one channel are made. */
export interface Making {
  readonly equations: LocalEquations;
  readonly functions: PotentialFunctions;
  /** Names of component types begin with it. */
  readonly owner: string;
  /** Of state variables, in SI. */
  readonly initial: ReadonlyMap<string, number>;
}

/**
 * Returns a factor of a conductance as a gate.
 *
 * @param value over state variables, potential and calcium
 * @param inScheme whether it may be a kinetic scheme, which excludes other gates in a channel
 * @throws NotExpressible if it depends on something else
 */
export function coupledGate(id: string, value: Expression, making: Making, inScheme = true): CoupledGate {
  const { equations, functions } = making;
  const own = sharesOf(value, equations.isState, functions.context.functions);
  const simple = own && Object.keys(equations.type.events ?? {}).length === 0 ? own : undefined;
  return (
    (simple && ((inScheme ? kineticScheme(id, simple, making) : undefined) ?? sumOfGates(id, simple, making))) ??
    ownGate(id, value, making)
  );
}

/** Returns some state variables together with all state variables that they depend on. */
export function statesBehind(names: Iterable<string>, equations: LocalEquations): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...names].filter(equations.isState);
  const events = Object.values(equations.type.events ?? {}).map(({ when, do: actions }) => {
    const statements = actions.flatMap(parseStatements);
    const read = statements.map(({ value }) => value).concat(parseExpression(when));
    return { written: writtenBy(statements), read };
  });
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const own = name;
    const rate = equations.type.derivatives[own]?.rate;
    const reads = [
      ...(rate === undefined ? [] : [equations.of(rate)]),
      ...events.flatMap(({ written, read }) => (written.has(own) ? read.map((e) => equations.inlined(e)) : [])),
    ];
    open.push(...reads.flatMap((e) => [...namesIn(e)]).filter(equations.isState));
  }
  return found;
}

// --- Kinetic schemes ------------------------------------------------------------------------------------------------

/** Potentials in V and concentrations of calcium in mol/m**3 at which rates are compared. */
const samples = [-0.1, -0.071, -0.0433, -0.012, 0.0271].flatMap((v) => [1e-5, 4e-4, 0.01].map((ca) => ({ v, ca })));

/**
 * Returns states with flows of occupancy between them, at rates that depend on the potential and calcium. A state that
 * the equations leave out, since all states add up to one, gets a name again.
 */
function kineticScheme(id: string, { shares, power }: Shares, making: Making): CoupledGate | undefined {
  const { equations, functions, owner, initial } = making;
  const behind = statesBehind(shares.keys(), equations);
  const states = Object.keys(equations.type.state).filter((name) => behind.has(name));
  const rates = states.map((name) => linearForm(equations.of(equations.type.derivatives[name]?.rate ?? '0'), states));
  if (states.length < 2 || rates.some((form) => form === null)) return undefined;
  const coefficient = (of: number, inRate: number): Expression =>
    rates[inRate]?.coefficients.get(states[of] ?? '') ?? integer(0);
  const constants = rates.map((form) => form?.constant ?? integer(0));
  const free = new Set(['v', 'ca_i']);
  const all = [...constants, ...states.flatMap((_, j) => states.map((_name, k) => coefficient(j, k)))];
  if (all.some((e) => [...namesIn(e)].some((name) => !free.has(name)))) return undefined;
  const known = new Map<Expression, readonly number[]>();
  const valuesOf = (e: Expression): readonly number[] => {
    const found =
      known.get(e) ??
      samples.map(({ v, ca }) => evaluate(e, (name) => (name === 'v' ? v : ca), functions.context.functions));
    known.set(e, found);
    return found;
  };
  const fastest = samples.map((_, at) => Math.max(...all.map((e) => Math.abs(valuesOf(e)[at] ?? 0))));
  const vanishes = (e: Expression): boolean =>
    valuesOf(e).every((value, at) => Math.abs(value) <= 1e-9 * (fastest[at] ?? 0));
  const total = (parts: readonly Expression[]): Expression => parts.reduce((a, b) => sum(a, b), integer(0));
  const leaving = states.map((_, j) => total(states.map((_name, k) => coefficient(j, k))));
  const isWhole = constants.every(vanishes) && leaving.every(vanishes);
  const rest = isWhole ? [] : [freeName('rest', (one) => states.includes(one))];
  const rateBetween = (from: number, to: number): Expression => {
    if (from === states.length) return constants[to] ?? integer(0);
    if (to === states.length) return unary('-', total([leaving[from] ?? integer(0), ...constants]));
    return isWhole ? coefficient(from, to) : sum(coefficient(from, to), constants[to] ?? integer(0));
  };
  const begin = states.map((name) => initial.get(name) ?? 0);
  const named = [...states, ...rest];
  const starts = isWhole ? begin : [...begin, 1 - begin.reduce((a, b) => a + b, 0)];
  const first = starts.indexOf(1);
  if (first < 0 || starts.some((one, k) => k !== first && one !== 0)) return undefined;
  // All are in the first state at the start.
  const order = [first, ...named.keys()].filter((k, at) => at === 0 || k !== first);
  const between = order.flatMap((j, at) =>
    order.slice(at + 1).map((k) => ({
      ends: [named[j] ?? '', named[k] ?? ''] as const,
      rates: [rateBetween(j, k), rateBetween(k, j)].map((e) => (vanishes(e) ? undefined : e)),
    })),
  );
  if (between.some(({ rates }) => rates.some((e) => e && valuesOf(e).some((value) => !(value >= 0))))) return undefined;
  const transitions = between.flatMap((one) => transition(one.ends, one.rates, equations, functions, owner));
  const stateElement = (name: string): Element => {
    const share = shares.get(name) ?? 0;
    return share === 0
      ? element('closedState', { id: name })
      : share === 1
        ? element('openState', { id: name })
        : element('KSState', { id: name, relativeConductance: numberText(share) });
  };
  return {
    kind: 'scheme',
    element: element('gateKS', { id, instances: String(power) }, [
      ...order.map((k) => stateElement(named[k] ?? '')),
      ...transitions,
    ]),
    paths: new Map(states.map((name) => [name, `${id}/${name}/occupancy`])),
    steady: new Map(),
  };
}

/** Returns elements for the rates between two states. */
function transition(
  [from, to]: readonly [string, string],
  [forth, back]: readonly (Expression | undefined)[],
  equations: LocalEquations,
  functions: PotentialFunctions,
  owner: string,
): readonly Element[] {
  if (!forth && !back) return [];
  const id = `${from}_${to}`;
  // NEURON's export has only these transitions, and both in each pair.
  const of = (way: 'forward' | 'reverse', rate: Expression): Element =>
    element(`${way}Transition`, { id: `${id}_${way}`, from, to }, [
      functions.part('rate', 'Rate', rate, equations, `${owner}_${id}_${way}`),
    ]);
  return [of('forward', forth ?? quantity(0, hertz)), of('reverse', back ?? quantity(0, hertz))];
}

// --- Other gates ----------------------------------------------------------------------------------------------------

/** Returns independent gates that each open a part of the conductance. */
function sumOfGates(id: string, { shares, power }: Shares, making: Making): CoupledGate | undefined {
  const { equations, functions, owner } = making;
  const steady = new Map<string, (v: number) => number>();
  const parts: Element[] = [];
  for (const [name, share] of shares) {
    const own = approachOf(name, equations);
    if (!own) return undefined;
    steady.set(name, equations.atPotential(own.steady));
    const part = (role: string, kind: 'Time' | 'Variable', e: Expression): Element =>
      functions.part(role, kind, e, equations, `${owner}_${name}_${role}`);
    parts.push(
      element('subGate', { id: name, fractionalConductance: numberText(share) }, [
        part('steadyState', 'Variable', own.steady),
        part('timeCourse', 'Time', own.tau),
      ]),
    );
  }
  return {
    kind: 'sum',
    element: element('gateFractional', { id, instances: String(power) }, parts),
    paths: new Map([...shares.keys()].map((name) => [name, `${id}/${name}/q`])),
    steady,
  };
}

/** Returns a component type with the equations of the state variables. */
function ownGate(id: string, value: Expression, making: Making): CoupledGate {
  const { equations, functions, owner, initial } = making;
  const { type } = equations;
  const states = [...statesBehind(namesIn(value), equations)];
  const rates = new Map(
    states.flatMap((name) => {
      const rate = type.derivatives[name]?.rate;
      return rate === undefined ? [] : [[name, equations.of(rate)] as const];
    }),
  );
  const events = Object.values(type.events ?? {})
    .map((event) => ({ ...event, actions: event.do.flatMap(parseStatements) }))
    .filter(({ actions }) => [...writtenBy(actions)].some((name) => states.includes(name)))
    .sort((a, b) => a.order - b.order);
  const read = [value, ...rates.values()].flatMap((e) => [...namesIn(e)]);
  const others = read.filter((name) => !['v', 'ca_i'].includes(name) && !states.includes(name));
  if (others[0] !== undefined) throw new NotExpressible(`a gate that depends on ${others[0]}`);
  const dimensionOf = (name: string): Dimension => dimensionOfUnit(type.state[name]?.unit ?? '1');
  const paths = new Map<string, string>();
  const build = (wanted: string, asNumbers: boolean): Element => {
    const builder = builderOf(functions.context);
    for (const taken of ['q', 'fcond', 'instances']) builder.free(taken);
    builder.requirement('v', volt);
    const parsed = events.map(({ when, edge, actions }) => ({
      when: equations.inlined(parseExpression(when)),
      edge,
      actions: actions.map((statement) => ({ ...statement, value: equations.inlined(statement.value) })),
    }));
    const inEvents = parsed.flatMap(({ when, actions }) => [when, ...actions.map((one) => one.value)]);
    if ([...read, ...inEvents.flatMap((e) => [...namesIn(e)])].includes('ca_i'))
      builder.requirement('ca_i', concentration, 'caConc');
    for (const name of states) paths.set(name, `${id}/${builder.state(name, dimensionOf(name))}`);
    const said = (e: Expression, dimension: Dimension): Expression =>
      !asNumbers
        ? e
        : dimension === dimensionless
          ? builder.bare(e)
          : binary('*', builder.bare(e), quantity(1, dimension));
    builder.derive('q', dimensionless, said(value, dimensionless), 'q');
    builder.derive('fcond', dimensionless, said(value, dimensionless), 'fcond');
    for (const [name, rate] of rates) {
      const isPure = Object.values(dimensionOf(name)).every((power) => power === 0);
      builder.rates.push(builder.rate(name, isPure ? said(rate, hertz) : rate));
    }
    for (const name of states)
      builder.starts.push(
        builder.assign(
          builder.nameOf(name),
          builder.text(quantity(initial.get(name) ?? 0, dimensionOf(name)), 'statement'),
        ),
      );
    for (const { when, edge, actions } of parsed) {
      const done = actions.map((statement) => builder.assignment(statement));
      if (edge === 'level') {
        builder.conditions.push(element('OnCondition', { test: builder.condition(when, 'statement') }, done));
        continue;
      }
      // It happens once, until the condition has been false.
      const held = builder.state('held', dimensionless, false);
      const test = (negated: boolean): string => builder.condition(when, 'statement', negated);
      builder.conditions.push(
        element('OnCondition', { test: `(${test(false)}) .and. (${held} .lt. 0.5)` }, [
          ...done,
          builder.assign(held, '1'),
        ]),
        element('OnCondition', { test: test(true) }, [builder.assign(held, '0')]),
      );
    }
    return builder.build(wanted, 'gate', `What NeuroML has no gate for: ${owner}.`);
  };
  return {
    kind: 'own',
    element: element(functions.own(`${owner}_${id}`, build), { id, instances: '1' }),
    paths,
    steady: new Map(),
  };
}
