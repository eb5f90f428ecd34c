/** Effects of synapses on their cells. */

import type { Expression } from '../../../../src/lang/ast.js';
import { parseExpression, parseStatements } from '../../../../src/lang/parse.js';
import { namesIn } from '../../../../src/lang/walk.js';
import type { Projection, SynapseType } from '../../../../src/model/model.js';

/** Returns the variable of the target that a statement of a pathway adds to, and whether it does so by adding. */
export function writtenBy(
  target: string,
  receptors: Readonly<Record<string, string>>,
  ports: Readonly<Record<string, unknown>>,
): string | null {
  if (target.startsWith('post.')) return target.slice('post.'.length);
  if (Object.hasOwn(ports, target)) return receptors[target] ?? null;
  return null;
}

/** Variables of the target that the pathways of a projection add to. */
export function jumpsOf(projection: Projection, type: SynapseType): readonly string[] {
  return Object.values(type.pathways).flatMap(({ do: actions }) =>
    actions.flatMap(parseStatements).flatMap((statement) => {
      const written = statement.kind === 'assignment' ? statement.target : statement.port;
      const variable = writtenBy(written, projection.receptors, type.ports);
      return variable === null ? [] : [variable];
    }),
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
    Object.keys(type.summed).length === 0 &&
    Object.keys(type.contributes).length > 0 &&
    Object.keys(type.contributes).every((to) => to.startsWith('post.'))
  );
}

/** The event of cells that synapses receive if their code names no other. */
export const usualEvent = 'spike';

/** Events of the source that synapses receive. */
export const receivedEvents = ({ pathways }: SynapseType): readonly string[] => [
  ...new Set(Object.values(pathways).flatMap(({ on }) => (on.startsWith('pre.') ? [on.slice('pre.'.length)] : []))),
];

/** Returns the variables of the cell at the other end that equations of synapses read in each step. */
export function readOfSource(
  { derived, derivatives, contributes, summed }: SynapseType,
  parse: (text: string) => Expression = parseExpression,
): readonly string[] {
  const texts = [
    ...Object.values(derived).map(({ value }) => value),
    ...Object.values(derivatives).map(({ rate }) => rate),
    ...Object.values(contributes),
    ...Object.values(summed),
  ];
  const read = new Set(texts.flatMap((text) => [...namesIn(parse(text))]));
  return [...read].filter((name) => name.startsWith('pre.'));
}

/** Checks whether equations of synapses read variables of the cell that they come from, in each step. */
export const seesSource = (type: SynapseType): boolean => readOfSource(type).length > 0;
