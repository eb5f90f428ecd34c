/**
 * Synapses onto places of cells with structure. Their contributions are split into a current and a conductance, which
 * the cable solves for with those of the membrane.
 */

import type { Expression, Reference, Side, Statement } from '../../lang/ast.js';
import { assignment, difference, isZero, name as nameOf, product, sum } from '../../lang/build.js';
import { derivative } from '../../lang/derivative.js';
import { linearForm } from '../../lang/linear.js';
import { spelling } from '../../lang/reference.js';
import { mapStatement, namesIn, referencesIn, substitute } from '../../lang/walk.js';
import type { Input, Projection, Sum, SynapseType } from '../../model/typed.js';
import { equationsOf, inlineDerived } from '../context/equations.js';
import { summedAt } from '../plan/receptors.js';
import { halfStep, midStep } from './mid-step.js';

/** A place on a cell, with the variables for a synapse. */
interface Place {
  /** Identifies the class of compartments. */
  readonly key: string;
  /** The class's names of the variables that the model names. */
  readonly variables: ReadonlyMap<string, string>;
  readonly voltage: string;
  /** Its rise in half of the last step; absent: the class does not keep it. */
  readonly rise?: string;
  /** The input that sums conductances; absent: currents are added unchanged. */
  readonly conductance?: string;
  readonly inputs: Readonly<Record<string, Input>>;
}

/** The places of a projection's ends, null for points. */
export interface SynapsePlaces {
  /** Compartment of the presynaptic end; null for a point. */
  readonly pre: Place | null;
  /** Compartment of the postsynaptic end; null for a point. */
  readonly post: Place | null;
  /** Variables of the target by port. */
  readonly receptors: Projection['receptors'];
  /** Whether contributions are taken in the middle of the step. */
  readonly midway: boolean;
  /** Whether contributions read the time of the middle of the step, although states are those of its beginning. */
  readonly halfLater: boolean;
}

/** The inputs of an end that a synapse adds to, and whether some of it changes with the voltage there. */
export function readsEnd(
  type: SynapseType,
  receptors: Projection['receptors'],
  side: Side,
): { readonly inputs: readonly string[]; readonly conducts: boolean } {
  const { derived } = equationsOf(type);
  const atEnd = (to: Reference): readonly string[] => {
    const { end, variable } = summedAt(to, receptors);
    return end === side ? [variable] : [];
  };
  return {
    inputs: [...type.contributes.map(({ to }) => to), ...writtenBy(type)].flatMap(atEnd),
    conducts: type.contributes.some(
      ({ to, value }) => atEnd(to).length > 0 && namesIn(inlineDerived(value, derived)).has(`${side}.v`),
    ),
  };
}

/** Whether a contribution of a synapse to one end reads the voltage of the other end. */
export function readsOther(type: SynapseType, receptors: Projection['receptors'], side: Side): boolean {
  const { derived } = equationsOf(type);
  const other = `${side === 'pre' ? 'post' : 'pre'}.v`;
  return type.contributes.some(
    ({ to, value }) => summedAt(to, receptors).end === side && namesIn(inlineDerived(value, derived)).has(other),
  );
}

/** Returns the variables that pathways assign. */
const writtenBy = (type: SynapseType): readonly Reference[] =>
  Object.values(type.pathways).flatMap((pathway) =>
    pathway.do.flatMap((statement) => (statement.kind === 'assignment' ? [statement.to] : [])),
  );

/** Returns the synapse type between two places. @param refuse reports a feature that is not supported at places */
export function atPlaces(type: SynapseType, places: SynapsePlaces, refuse: (feature: string) => void): SynapseType {
  const equations = equationsOf(type);
  const { derived, derivatives } = equations;
  /** Reads the ends by the names that their classes have. */
  const renamed = (e: Expression): Expression => {
    const names = new Map<string, Expression>();
    for (const used of referencesIn(e)) {
      if (used.kind !== 'end') continue;
      const { end, variable } = used;
      const place = places[end];
      const classVariable = place?.variables.get(variable);
      if (classVariable !== undefined) names.set(spelling(used), nameOf(`${end}.${classVariable}`));
      else if (place && !Object.hasOwn(place.inputs, variable) && /_[io]$|^[ei]_/.test(variable))
        refuse(`a synapse that reads ${spelling(used)}, which its place on the cell does not have,`);
    }
    return substitute(e, names);
  };
  const acts = (statement: Statement): Statement => {
    const renamedStatement = mapStatement(statement, renamed);
    if (renamedStatement.kind === 'send' || renamedStatement.to.kind !== 'end') return renamedStatement;
    const { end, variable } = renamedStatement.to;
    const classVariable = places[end]?.variables.get(variable);
    return classVariable === undefined
      ? renamedStatement
      : assignment(
          `${end}.${classVariable}`,
          renamedStatement.operator,
          renamedStatement.value,
          renamedStatement.span,
          renamedStatement.targetSpan,
        );
  };
  const later = new Map<string, Expression>();
  if (places.midway)
    for (const [name, rate] of derivatives)
      if (!equations.eventDriven.has(name) && equations.noise.every((xi) => !namesIn(rate).has(xi)))
        later.set(name, sum(nameOf(name), product(halfStep, rate)));
  if (places.halfLater) later.set('t', sum(nameOf('t'), halfStep));
  /** With the voltage of the other end as it will be in the middle of the step, from its rise in the last one. */
  const midwayThere = (e: Expression, end: Side): Expression => {
    const place = places[end];
    if (!places.midway || place?.rise === undefined) return e;
    const read = nameOf(`${end}.${place.voltage}`);
    return substitute(e, new Map([[`${end}.${place.voltage}`, sum(read, nameOf(`${end}.${place.rise}`))]]));
  };
  const contributes = new Map<string, Sum>();
  const add = (to: Reference, e: Expression): void => {
    const key = spelling(to);
    const before = contributes.get(key);
    contributes.set(key, { to, value: before ? sum(before.value, e) : e });
  };
  for (const { to, value } of type.contributes) {
    const { end, variable } = summedAt(to, places.receptors);
    const place = places[end];
    const inlined = inlineDerived(value, derived);
    if (place?.conductance === undefined || place.inputs[variable]?.unit !== 'A') {
      add(to, renamed(places.halfLater && namesIn(inlined).has('t') ? midStep(inlined) : value));
      continue;
    }
    const e = midwayThere(renamed(substitute(inlined, later)), end === 'pre' ? 'post' : 'pre');
    const { current, slope } = apart(e, `${end}.${place.voltage}`);
    add(to, current);
    if (slope) add({ kind: 'end', end, variable: place.conductance }, slope);
  }
  return {
    ...type,
    contributes: [...contributes.values()],
    summed: type.summed.map(({ to, value }) => ({ to, value: renamed(value) })),
    derived: mapValues(type.derived, (variable) => ({ ...variable, value: renamed(variable.value) })),
    derivatives: mapValues(type.derivatives, (equation) => ({ ...equation, rate: renamed(equation.rate) })),
    pathways: mapValues(type.pathways, (pathway) => ({ ...pathway, do: pathway.do.map(acts) })),
    ...(type.events && {
      events: mapValues(type.events, (event) => ({ ...event, when: renamed(event.when), do: event.do.map(acts) })),
    }),
  };
}

/** Splits a current into its value at zero voltage and its slope; null slope for a current that is not linear. */
function apart(e: Expression, voltage: string): { readonly current: Expression; readonly slope: Expression | null } {
  if (!namesIn(e).has(voltage)) return { current: e, slope: null };
  const linear = linearForm(e, [voltage]);
  const slope = linear ? (linear.coefficients.get(voltage) ?? null) : derivative(e, voltage);
  if (!slope || isZero(slope)) return { current: e, slope: null };
  return { current: linear ? linear.constant : difference(e, product(slope, nameOf(voltage))), slope };
}

const mapValues = <T>(map: Readonly<Record<string, T>>, change: (item: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([name, item]) => [name, change(item)]));
