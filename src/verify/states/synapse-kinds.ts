/** Tells what synapses do with the cells that receive them. */

import type { Expression, Statement } from '../../lang/ast.js';
import { NoNumber } from '../../lang/evaluate.js';
import { spelling } from '../../lang/reference.js';
import { namesIn, writtenBy } from '../../lang/walk.js';
import type { NeuronType, SynapseType } from '../../model/typed.js';
import { spikeOf, type Scope } from './element-scope.js';

/** Prefix of variables of the receiving cell. */
export const receiving = 'post.';

/** Checks whether the effects of spikes depend on earlier spikes. */
export const hasMemory = ({ state, derivatives, pathways }: SynapseType): boolean => {
  const written = writtenBy(Object.values(pathways).flatMap((pathway) => pathway.do));
  return Object.keys(derivatives).length > 0 || Object.keys(state).some((name) => written.has(name));
};

/** Checks whether spikes or variables of the receiving cell change the states of a synapse. */
export const hearsReceiver = ({ derivatives, events = {}, pathways }: SynapseType): boolean =>
  Object.values(pathways).some(({ on }) => on.end === 'post') ||
  [...Object.values(derivatives).map(({ rate }) => rate), ...Object.values(events).map(({ when }) => when)].some((e) =>
    [...namesIn(e)].some((name) => name.startsWith(receiving)),
  );

/** A cell that receives a synapse. */
export interface Receiver {
  readonly type: NeuronType;
  /** Returns values of its names, first the given ones. */
  readonly scopeWith: (more: Lookup) => Scope;
  /** Variables that both models have: they are held, and effects on them are compared. */
  readonly held: ReadonlySet<string>;
  /** States at which they are held. */
  readonly points: readonly ReadonlyMap<string, number>[];
  /** Returns the name of a target of the synapse in the cell. */
  readonly nameOf: (target: string) => string;
}

/** Gives values of some names. */
export type Lookup = (name: string) => number | undefined;

/**
 * Checks whether a synapse acts on the variables of a cell that both models have by other variables, such as a receptor
 * of one of the models.
 */
export function actsByOthers(
  { contributes, summed, events = {}, pathways, ports }: SynapseType,
  to: Receiver,
): boolean {
  const isHeld = (target: string): boolean => to.held.has(to.nameOf(target));
  const targets = Object.values(pathways).flatMap((pathway) =>
    pathway.do.map((statement) => (statement.kind === 'send' ? statement.port : statement.target)),
  );
  const outside = targets.filter((target) => target.startsWith(receiving) || ports[target] !== undefined);
  return contributes.length + summed.length + Object.keys(events).length > 0 || !outside.every(isHeld);
}

/**
 * Returns the variables of the receiving cell that events of a synapse read. Synapses of LEMS notice spikes of their
 * cell by a variable that its spike changes, such as their number.
 */
export const heardOf = ({ events = {} }: SynapseType): readonly string[] => {
  const read = Object.values(events).flatMap(({ when }) => [...namesIn(when)]);
  return [...new Set(read.filter((name) => name.startsWith(receiving)))];
};

/** Returns the changes of these variables by a spike of the receiving cell. @throws NoNumber for other changes */
export function hearingOf(heard: readonly string[], { type, held }: Receiver): readonly Statement[] {
  const hearing = (spikeOf(type)?.do ?? []).filter(
    (statement) => statement.kind === 'assignment' && heard.includes(`${receiving}${statement.target}`),
  );
  const written = writtenBy(hearing);
  const isSpike = (name: string): boolean =>
    written.has(name) && !held.has(name) && type.derivatives[name] === undefined;
  if (!heard.every((name) => isSpike(name.slice(receiving.length))))
    throw new NoNumber('an event of the state of the cell');
  return hearing;
}

/** Returns the terms that a synapse adds to inputs of its cell. */
export function termsOf({ contributes, summed }: SynapseType, { nameOf }: Receiver): ReadonlyMap<string, Expression[]> {
  const terms = new Map<string, Expression[]>();
  for (const { to, value } of [...contributes, ...summed]) {
    const name = nameOf(spelling(to));
    terms.set(name, [...(terms.get(name) ?? []), value]);
  }
  return terms;
}
