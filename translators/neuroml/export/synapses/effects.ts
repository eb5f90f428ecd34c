/** Effects of synapses on their cells. */

import { sideOf } from '../../../../src/lang/reference.js';
import type { Reference, Statement } from '../../../../src/lang/ast.js';
import { namesOf, type Projection, type SynapseType } from '../../../../src/model/typed.js';

/** Returns the reference that a statement changes. */
export const changedBy = (statement: Statement): Reference =>
  statement.kind === 'send' ? { kind: 'own', variable: statement.port } : statement.to;

/** Returns the variable of the target that a reference stands for, or null if it stands for none. */
export function variableOfTarget(
  to: Reference,
  receptors: Readonly<Record<string, string>>,
  ports: Readonly<Record<string, unknown>>,
): string | null {
  if (to.kind === 'end') return to.end === 'post' ? to.variable : null;
  return Object.hasOwn(ports, to.variable) ? (receptors[to.variable] ?? null) : null;
}

/** Variables of the target that the pathways of a projection add to. */
export function jumpsOf(projection: Projection, type: SynapseType): readonly string[] {
  return Object.values(type.pathways).flatMap(({ do: actions }) =>
    actions.flatMap((statement) => variableOfTarget(changedBy(statement), projection.receptors, type.ports) ?? []),
  );
}

/**
 * Returns a type that runs by itself and acts on cells without spikes: its own equations, and its share of the cell's
 * inputs.
 */
export function readsOnlyPre(type: SynapseType): boolean {
  return (
    Object.keys(type.pathways).length === 0 &&
    Object.keys(type.state).length === 0 &&
    Object.keys(type.parameters).length === 0 &&
    Object.keys(type.derived).length === 0 &&
    type.summed.length === 0 &&
    type.contributes.length > 0 &&
    type.contributes.every(({ to }) => to.kind === 'end' && to.end === 'post')
  );
}

/** The event of cells that synapses receive if their code names no other. */
export const usualEvent = 'spike';

/** Events of the source that synapses receive. */
export const receivedEvents = ({ pathways }: SynapseType): readonly string[] => [
  ...new Set(Object.values(pathways).flatMap(({ on }) => (on.end === 'pre' ? [on.event] : []))),
];

/** Returns the variables of the cell at the other end that equations of synapses read in each step. */
export function readOfSource({ derived, derivatives, contributes, summed }: SynapseType): readonly string[] {
  const read = namesOf([derived, derivatives, [...contributes, ...summed].map(({ value }) => value)]);
  return [...read].filter((name) => sideOf(name) === 'pre');
}

/** Checks whether equations of synapses read variables of the cell that they come from, in each step. */
export const seesSource = (type: SynapseType): boolean => readOfSource(type).length > 0;
