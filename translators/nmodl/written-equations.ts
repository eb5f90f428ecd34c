/** The equations of cells and synapses as those of a mechanism or a point process of NEURON. */

import type { Assignment, Expression } from '../../src/lang/ast.js';
import { difference, integer, name as named, product, quantity, quotient, sum } from '../../src/lang/build.js';
import { simplify } from '../../src/lang/fold.js';
import { linearRate } from '../../src/lang/linear.js';
import { parseQuantity } from '../../src/lang/quantity.js';
import { parseUnit } from '../../src/lang/units.js';
import { mapExpression, namesIn, substitute } from '../../src/lang/walk.js';
import { NotExpressible } from '../../src/library/not-expressible.js';
import { mapped, without } from '../../src/model/collections.js';
import {
  contentOf,
  expressionsIn,
  formulaOf,
  type EquationSet,
  type Model,
  type NeuronType,
  type Population,
  type Projection,
  type SynapseType,
  type Value,
} from '../../src/model/typed.js';
import type { Equations } from '../shared/nmodl/mechanism-file.js';

/** Equations, with what they leave out of their type. */
export interface WrittenEquations {
  readonly equations: Equations;
  readonly left: readonly string[];
}

type Rates = Pick<EquationSet, 'parameters' | 'state' | 'derived' | 'derivatives'>;

const volt = parseUnit('V').dimension.join();
const ampere = parseUnit('A').dimension.join();
const dimensionOf = (unit: string): string => parseUnit(unit).dimension.join();

/** Checks whether a unit is one of potentials. */
export const isPotential = (unit: string): boolean => dimensionOf(unit) === volt;

/** NEURON's usual capacitance of a membrane, 1 uF/cm2. */
const capacitance = parseQuantity('1 uF/cm**2');

/** Returns an expression without products, quotients and terms that are zero. */
const withoutZeros = (e: Expression): Expression =>
  mapExpression(e, (part) => {
    if (part.kind !== 'binary') return part;
    const { operator, left, right } = part;
    if (operator === '+') return sum(left, right);
    if (operator === '-') return difference(left, right);
    return operator === '*' ? product(left, right) : operator === '/' ? quotient(left, right) : part;
  });

/** Returns an expression with others in place of names. */
const replaced = (e: Expression, known: ReadonlyMap<string, Expression>): Expression =>
  withoutZeros(simplify(substitute(e, known)));

/**
 * Returns a type with fewer equations: those that some expressions need. Parameters that are computed become variables.
 *
 * @param known  expressions in place of names
 */
function needed(type: Rates, roots: readonly Expression[], known: ReadonlyMap<string, Expression>): Rates {
  const of = (e: Expression): Expression => replaced(e, known);
  const read = new Set<string>();
  const add = (e: Expression): void => {
    for (const name of namesIn(of(e))) {
      if (read.has(name)) continue;
      read.add(name);
      const { [name]: derived } = type.derived;
      const { [name]: rate } = type.derivatives;
      const start = type.state[name]?.initial ?? type.parameters[name]?.value;
      if (derived) add(derived.value);
      if (rate) add(rate.rate);
      const formula = start === undefined ? undefined : formulaOf(start);
      if (formula) add(formula);
    }
  };
  for (const root of roots) add(root);
  const kept = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => read.has(name) && !known.has(name)));
  const value = (one: Value): Value => {
    const e = formulaOf(one);
    return e ? { kind: 'expression', expression: of(e) } : one;
  };
  const computed = Object.entries(kept(type.parameters)).flatMap(([name, { value, unit, type, shared }]) => {
    const e = formulaOf(value);
    return e ? [[name, { value: of(e), unit, type, shared, held: false }] as const] : [];
  });
  const isComputed = new Set(computed.map(([name]) => name));
  return {
    parameters: Object.fromEntries(Object.entries(kept(type.parameters)).filter(([name]) => !isComputed.has(name))),
    state: mapped(kept(type.state), (one) => ({ ...one, initial: value(one.initial) })),
    derived: {
      ...Object.fromEntries(computed),
      ...mapped(kept(type.derived), (one) => ({ ...one, value: of(one.value) })),
    },
    derivatives: mapped(kept(type.derivatives), (one) => ({ ...one, rate: of(one.rate) })),
  };
}

/** Returns the states that are 0 as long as no event changes them, such as conductances of receptors. */
function atRest({ state, derivatives, derived }: Rates): ReadonlySet<string> {
  const rest = new Set(Object.keys(derivatives).filter((name) => state[name]?.initial === 0));
  const plain = (e: Expression): Expression => {
    const inner = new Map(
      [...namesIn(e)].flatMap((one) =>
        Object.hasOwn(derived, one) ? [[one, plain(derived[one]!.value)] as const] : [],
      ),
    );
    return inner.size === 0 ? e : substitute(e, inner);
  };
  for (let size = -1; size !== rest.size;) {
    size = rest.size;
    for (const name of [...rest]) {
      const form = linearRate(plain(derivatives[name]!.rate), rest);
      if (!form || form.constant.kind !== 'number' || form.constant.value !== 0) rest.delete(name);
    }
  }
  return rest;
}

/** Returns the variable with the membrane potential of a cell without sections. */
function potentialOf(type: NeuronType): string {
  const potentials = Object.keys(type.derivatives).filter((name) => isPotential(type.state[name]!.unit));
  const found = ['v', 'V_m', 'V', 'vm'].find((name) => potentials.includes(name)) ?? potentials[0];
  if (found === undefined || (potentials.length > 1 && !['v', 'V_m', 'V', 'vm'].includes(found)))
    throw new NotExpressible('no variable that is known as its membrane potential');
  return found;
}

/**
 * Returns equations with the parameters and first values that all populations or projections of the type have. What is
 * left are values that differ between them or between their elements.
 */
function withValuesOf(
  rates: Rates,
  owners: readonly Pick<Population, 'values'>[],
): Rates & { readonly left: string[] } {
  const left: string[] = [];
  const valueFor = (name: string, usual: Value): Value => {
    const [value = usual, ...others] = owners.map(({ values }) => values[name] ?? usual);
    if (others.every((one) => contentOf(one) === contentOf(value)) && (value === usual || typeof value === 'number'))
      return value;
    left.push(`values of ${name}, which differ`);
    return usual;
  };
  return {
    ...rates,
    parameters: mapped(rates.parameters, (one, name) => ({ ...one, value: valueFor(name, one.value) })),
    state: mapped(rates.state, (one, name) => ({ ...one, initial: valueFor(name, one.initial) })),
    left,
  };
}

/**
 * Returns the membrane of a cell without mechanisms as one current per area. The membrane has 1 uF/cm2, and its
 * potential changes as that of the cell.
 */
export function membraneOf(type: NeuronType, populations: readonly Population[]): WrittenEquations {
  const { cable, noise, regimes } = type;
  if (noise.length > 0 || Object.keys(regimes).length > 0) throw new NotExpressible('noise or regimes');
  const potential = cable?.voltage ?? potentialOf(type);
  const current = cable
    ? quotient(cable.current, named('area'))
    : product(type.derivatives[potential]!.rate, quantity(capacitance.value, capacitance.dimension));
  const rest = atRest(type);
  const zero = integer(0);
  const known = new Map<string, Expression>(
    [...Object.keys(type.inputs), ...rest].map((name) => [name, zero] as const),
  );
  if (potential !== 'v') known.set(potential, named('v'));
  // NEURON has these of the place.
  const places = new Set(cable ? ['area', 'diameter'] : []);
  const given: Rates = {
    parameters: without(type.parameters, places),
    state: without(type.state, new Set([potential])),
    derived: type.derived,
    derivatives: without(type.derivatives, new Set([potential])),
  };
  const rates = needed(given, [current], known);
  const written = replaced(current, known);
  const held = new Set([potential, ...Object.keys(rates.state), ...Object.keys(rates.parameters)]);
  for (const [name, event] of Object.entries(type.events)) {
    const target = event.do.find((one) => one.kind === 'assignment' && held.has(one.target));
    if (target?.kind === 'assignment')
      throw new NotExpressible(`a change of ${target.target} by the event ${name}, which no mechanism makes`);
    const stopped = event.refractory?.rate.find((one) => held.has(one));
    if (stopped !== undefined) throw new NotExpressible(`a pause of ${stopped} after the event ${name}`);
  }
  const { left: varied, ...valued } = withValuesOf(rates, populations);
  const names = new Set(expressionsIn([rates, written]).flatMap((e) => [...namesIn(e)]));
  const left = [
    ...Object.keys(type.inputs).map((name) => `the input ${name}`),
    ...[...rest].map((name) => `${name}, which events change`),
    ...varied,
  ];
  return {
    equations: {
      ...valued,
      density: true,
      reads: [...places, 'v', 'temperature'].filter((one) => names.has(one) && !Object.hasOwn(rates.parameters, one)),
      writes: { i: written },
    },
    left,
  };
}

/** Returns a synapse as a point process. @param projections  those with synapses of the type */
export function pointOf(type: SynapseType, { neurons }: Model, projections: readonly Projection[]): WrittenEquations {
  const { contributes, summed, noise, pathways, events = {} } = type;
  if (noise.length > 0 || Object.keys(events).length > 0) throw new NotExpressible('noise or events of its own');
  if (summed.length > 0) throw new NotExpressible('sums over synapses');
  const [current, ...others] = contributes;
  const isCurrent = ({ to }: (typeof contributes)[number]): boolean =>
    to.kind === 'end'
      ? to.end === 'post' &&
        Object.values(neurons).some(
          ({ inputs }) => inputs[to.variable] && dimensionOf(inputs[to.variable]!.unit) === ampere,
        )
      : dimensionOf(type.ports[to.variable]?.unit ?? '1') === ampere;
  if (!current || !contributes.every(isCurrent))
    throw new NotExpressible('no current of its own: it changes variables of its target');
  if (Object.keys(pathways).length > 1)
    throw new NotExpressible('several pathways, which may have delays of their own');
  const statements = Object.entries(pathways).flatMap(([name, { on, do: all }]) => {
    if (on.end !== 'pre') throw new NotExpressible(`the pathway ${name}, which follows events of the target`);
    return all.map((one): Assignment => {
      if (one.kind !== 'assignment' || one.to.kind === 'end' || Object.hasOwn(type.ports, one.target))
        throw new NotExpressible(`the pathway ${name}, which changes variables of the target`);
      if (!Object.hasOwn(type.state, one.target)) throw new NotExpressible(`a change of the parameter ${one.target}`);
      return one;
    });
  });
  const known = new Map<string, Expression>([['post.v', named('v')]]);
  if (Object.hasOwn(type.derived, 'v')) {
    const value = type.derived['v']!.value;
    if (value.kind !== 'name' || value.name !== 'post.v')
      throw new NotExpressible('a variable v that is not the potential');
  }
  const total = others.reduce((all, { value }) => sum(all, value), current.value);
  const roots = [total, ...statements.flatMap((one) => [one.value, named(one.target)])];
  const { v: _potential, ...derived } = type.derived;
  const rates = needed({ ...type, derived }, roots, known);
  const of = (e: Expression): Expression => replaced(e, known);
  const code = statements.map((one) => ({ ...one, value: of(one.value) }));
  const names = new Set(expressionsIn([rates, of(total), code]).flatMap((e) => [...namesIn(e)]));
  const end = [...names].find((name) => /^(pre|post)\./.test(name));
  if (end !== undefined) throw new NotExpressible(`values of ${end}`);
  const weight = ['weight', 'w'].find((name) => Object.hasOwn(rates.parameters, name));
  // Connections of NEURON have the weights.
  const owners = projections.map(({ values }) => ({ values: without(values, new Set([weight])) }));
  const { left, ...valued } = withValuesOf(rates, owners);
  return {
    equations: {
      ...valued,
      density: false,
      reads: ['v', 'temperature'].filter((one) => names.has(one) && !Object.hasOwn(rates.parameters, one)),
      writes: { i: of(total) },
      scheme: type.scheme ?? [],
      ...(statements.length > 0 ? { event: { weight, do: code } } : {}),
    },
    left,
  };
}
