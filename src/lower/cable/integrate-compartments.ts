/**
 * The steps of compartments by themselves: their gates and pools, and the coefficients of the cable equation.
 *
 * In the second-order scheme (`cable`), gates and concentrations are half a step ahead of voltages. Over a step they
 * follow their own linear equations with coefficients at its middle. The voltage is known there, and other variables
 * are extrapolated by half a step. The first step of gates has half the length.
 */

import * as ir from '../../ir/builder.js';
import { folded } from '../../ir/fold.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Expression } from '../../lang/ast.js';
import { difference, name as nameOf, number, product, quotient, sum } from '../../lang/build.js';
import { derivative } from '../../lang/derivative.js';
import { linearForm, linearRate } from '../../lang/linear.js';
import { namesIn, substitute } from '../../lang/walk.js';
import type { Context } from '../context/context.js';
import type { ElementScope } from '../scopes/element-scope.js';
import { step } from '../code/step-time.js';
import { inlineDerived } from '../context/equations.js';
import { to } from '../code/expressions.js';
import type { Group } from '../context/groups.js';
import { padded } from '../context/groups.js';
import { steppedDerivatives, withNoise, withoutNoise } from '../integration/integrate.js';
import { exponentialStep, rationalStep } from '../integration/linear-step.js';
import { noiseOfStep, noisesOf } from '../integration/noise.js';
import { rateOf } from '../integration/rates.js';
import { settled } from '../code/settled.js';
import type { Cable, CableNames, CompartmentClass, Scheme } from '../context/cable.js';
import { schemeStep } from '../integration/kinetic-scheme.js';

/** Buffers of a class that the cable reads: the diagonal of its matrix (S), and the right-hand side (A). */
interface Coefficients {
  readonly diagonal: Buffer;
  readonly right: Buffer;
}

/** Multiple of capacitance per step on the diagonal: two for half a step. */
const capacitiveShare = ({ method }: Cable): number => (method === 'cable' ? 2 : 1);

/** The gates of a class over a step, from the voltages that there are; written to the scope. */
export function advanceGates(group: Group, { method, classes }: Cable, scope: ElementScope): void {
  const { equations } = group;
  const { block, context, real } = scope;
  const derivatives = steppedDerivatives(equations);
  // As for point neurons, Euler's method adds the noise after the step without it.
  const { drift, diffusion } = withoutNoise(equations);
  const noise = noiseOfGates(group, method === 'cable', scope);
  const whole = to(real, ir.f64(context.dt));
  const half = to(real, ir.f64(context.dt / 2));
  const quarter = to(real, ir.f64(context.dt / 4));
  const isFirst = code`${step} == 0i`;
  const staggered = method === 'cable';
  const h = staggered ? block.name('h', code`select(${isFirst}, ${half}, ${whole})`) : whole;
  const names = classes.find(({ type }) => type === group.name)?.names;
  const schemes = (names?.schemes ?? []).filter(({ states }) =>
    states.every((name) => diffusion.get(name)?.size === 0),
  );
  const schemeOf = (name: string): Scheme | undefined => schemes.find(({ states }) => states.includes(name));
  const coupled = staggered ? coupledStates(drift, schemeOf) : { all: [], read: [] };
  const before = new Map<string, Ir>();
  const kept = (name: string): Ir => {
    const known = before.get(name) ?? block.name(`before_${name}`, to(real, scope.read(name)));
    before.set(name, known);
    return known;
  };
  /** Results of schemes, by their first states and by spans; a span ends with the scopes that it reads. */
  const together = new Map<string, ReadonlyMap<string, Ir>>();
  const advanced = (name: string, span: Ir): Ir => {
    const scheme = schemeOf(name);
    if (scheme) {
      const key = `${scheme.states[0] ?? ''} ${JSON.stringify(span)}`;
      const solved =
        together.get(key) ?? schemeStep(scheme, drift, scope, { h: span, isSecondOrder: staggered, before: kept });
      together.set(key, solved);
      return solved.get(name) ?? kept(name);
    }
    const e = drift.get(name) as Expression;
    if (diffusion.get(name)?.size === 0 && linearRate(e, [name]))
      return (staggered ? rationalStep : exponentialStep)(name, equations, scope, span, kept(name));
    return folded`${kept(name)} + ${span} * ${rateOf(e, scope)}`;
  };
  const next = (name: string): Ir =>
    block.name(`next_${name}`, withNoise(advanced(name, h), diffusion.get(name), scope, noise));
  const write = (values: ReadonlyMap<string, Ir>): void => {
    for (const [name, value] of values) scope.write(name, settled(value, block));
  };
  // NEURON advances the pools before the gates, which read the new concentrations.
  const pools = method === 'cable-then-gates' ? (names?.pools ?? []) : [];
  write(new Map(pools.map((name) => [name, next(name)])));
  const values = new Map<string, Ir>();
  for (const name of derivatives.keys())
    if (!pools.includes(name) && !coupled.all.includes(name)) values.set(name, next(name));
  if (coupled.all.length > 0) {
    const ahead = block.name('ahead', code`select(${isFirst}, ${quarter}, ${half})`);
    for (const name of derivatives.keys()) kept(name);
    const middle = new Map(coupled.read.map((name) => [name, block.name(`middle_${name}`, advanced(name, ahead))]));
    const outer = scope.overrides;
    scope.overrides = new Map([...outer, ...middle]);
    scope.forget();
    for (const name of coupled.all) values.set(name, next(name));
    scope.overrides = outer;
    scope.forget();
  }
  write(values);
}

/** Returns the noise of a step: in the first, of half a step if gates are half a step ahead. */
function noiseOfGates(group: Group, staggered: boolean, scope: ElementScope): ReadonlyMap<string, Ir> {
  const { block, context, real } = scope;
  const noise = noiseOfStep(noisesOf(group, context), scope);
  if (!staggered || noise.size === 0) return noise;
  const [less, whole] = [to(real, ir.f64(Math.sqrt(0.5))), to(real, ir.f64(1))];
  const share = block.name('noise_share', code`select(${step} == 0i, ${less}, ${whole})`);
  return new Map([...noise].map(([xi, value]) => [xi, folded`${share} * ${value}`]));
}

/**
 * Returns the states with rates that depend on other states or are nonlinear, and all states that they read. States of
 * a scheme count as one.
 */
function coupledStates(
  derivatives: ReadonlyMap<string, Expression>,
  schemeOf: (name: string) => Scheme | undefined,
): {
  readonly all: readonly string[];
  readonly read: readonly string[];
} {
  const states = [...derivatives.keys()];
  const reads = new Map(
    [...derivatives].map(([name, e]) => {
      const used = namesIn(e);
      const own = new Set(schemeOf(name)?.states ?? [name]);
      const others = states.filter((other) => used.has(other) && !own.has(other));
      const isLinear = [...used].every((other) => !own.has(other)) || linearRate(e, own) !== null;
      return [name, isLinear ? others : states.filter((other) => used.has(other))];
    }),
  );
  const isCoupled = (name: string): boolean => (reads.get(name) ?? []).length > 0;
  const all = states.filter((name) => (schemeOf(name)?.states ?? [name]).some(isCoupled));
  const read = new Set(all.flatMap((name) => reads.get(name) ?? []));
  return { all, read: states.filter((name) => read.has(name)) };
}

/** Rise of the potential over which NEURON measures conductances, in V. */
const rise = 1e-6;

/** Returns the derivative of a nonlinear current by the voltage: in NEURON's scheme, over a small rise of it. */
function slopeOf(current: Expression, voltage: string, { method }: Cable): Expression | null {
  if (method !== 'cable-then-gates') return derivative(current, voltage);
  const risen = substitute(current, new Map([[voltage, sum(nameOf(voltage), number(rise))]]));
  return quotient(difference(risen, current), number(rise));
}

/** The coefficients of a class's compartments at the voltages that there are. */
export function coefficients(
  group: Group,
  cable: Cable,
  { voltage, capacitance, current }: CableNames,
  { diagonal, right }: Coefficients,
  scope: ElementScope,
): void {
  const { block, context, real } = scope;
  const { derived } = group.equations;
  const total = inlineDerived(current, derived);
  const linear = linearForm(total, [voltage]);
  const slope = linear ? (linear.coefficients.get(voltage) ?? null) : slopeOf(total, voltage, cable);
  const rest = linear ? linear.constant : slope ? difference(total, product(slope, nameOf(voltage))) : total;
  const share = to(real, ir.f64(capacitiveShare(cable) / context.dt));
  const inertia = block.name(
    'inertia',
    folded`${to(real, rateOf(inlineDerived(capacitance, derived), scope))} * ${share}`,
  );
  const conductance = slope ? block.name('slope', to(real, rateOf(slope, scope))) : null;
  const v = to(real, scope.read(voltage));
  const { index } = scope.address;
  const remainder = to(real, rateOf(rest, scope));
  block.write`
    ${diagonal}[${index}] = ${conductance ? folded`${inertia} - ${conductance}` : inertia}
    ${right}[${index}] = ${folded`${inertia} * ${v} + ${remainder}`}`;
}

/** Elements of a class in the merged arrays. */
const lengthOf = ({ populations }: Cable, { compartments }: CompartmentClass): number =>
  populations.reduce((sum, { size }) => sum + padded(size * compartments.length), 0);

/** Classes by their place in the arrays of a cable, the largest first. */
export const inArrays = (cable: Cable): readonly { readonly of: CompartmentClass; readonly offset: number }[] => {
  let offset = 0;
  return [...cable.classes]
    .sort((a, b) => b.compartments.length - a.compartments.length)
    .map((of) => {
      const placed = { of, offset };
      offset += lengthOf(cable, of);
      return placed;
    });
};

/** Elements of all classes in the arrays of a cable, and with them the points without area of all cells. */
export function roomOf(cable: Cable): { readonly compartments: number; readonly all: number } {
  const { tree, populations, classes } = cable;
  const compartments = classes.reduce((sum, compartmentClass) => sum + lengthOf(cable, compartmentClass), 0);
  const cells = populations.reduce((sum, { size }) => sum + size, 0);
  return { compartments, all: compartments + (tree.size - tree.compartments.length) * cells };
}

/** Buffers of a whole cable. */
export function cableBuffers(cable: Cable, { builder, real }: Context): Coefficients {
  const { name } = cable;
  const at = (what: string, comment: string): Buffer =>
    builder.commonBuffer(`${name}.${what}`, real, roomOf(cable).all, comment);
  return {
    diagonal: at('matrix', `diagonal of the cable of ${name}, also after elimination (S)`),
    right: at('voltages', `right-hand side of the cable of ${name} (A), then its solution (V)`),
  };
}

/** Returns the buffers for the coefficients of a class; the largest class uses the buffers of the cable. */
export function coefficientBuffers(group: Group, cable: Cable, context: Context): Coefficients {
  if (inArrays(cable)[0]?.of.type === group.name) return cableBuffers(cable, context);
  const { builder, real } = context;
  const at = (what: string, comment: string): Buffer =>
    builder.commonBuffer(`${group.name}.cable_${what}`, real, group.length, comment);
  return {
    diagonal: at('diagonal', `membrane's part of the diagonal for ${group.name} (S)`),
    right: at('right', `right-hand side of the cable for ${group.name} (A)`),
  };
}
