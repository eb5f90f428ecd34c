/** Which definitions a mechanism needs, and what it reads of its place. */

import type { Expression } from '../../src/lang/ast.js';
import { namesIn } from '../../src/lang/walk.js';
import type { Definitions } from './definitions.js';
import { portName, type IonName } from './ions.js';
import { statementsOf, type Receipt, type State } from './mechanism.js';

/**
 * Returns the definitions that are read in the file or that it lets others read.
 *
 * @param unsettled  definitions that a further step would change, with the variables that they are of
 * @param shown  definitions of variables that others read
 * @param refuse  refuses a variable of `unsettled`
 */
export function neededDefinitions(
  list: Definitions['list'],
  states: readonly State[],
  others: readonly Expression[],
  receipt: Receipt | undefined,
  unsettled: ReadonlyMap<string, string>,
  shown: ReadonlyMap<string, string>,
  refuse: (name: string) => never,
): Definitions['list'] {
  const wanted = new Set<string>();
  const add = (e: Expression | undefined): void => {
    for (const name of e ? namesIn(e) : []) wanted.add(name);
  };
  for (const { initial, rate } of states) {
    add(initial);
    add(rate);
  }
  for (const value of others) add(value);
  for (const { initial } of receipt?.variables.values() ?? []) add(initial);
  for (const { value } of receipt ? statementsOf(receipt) : []) add(value);
  for (const { delay } of receipt?.pathways ?? []) add(delay);
  for (const { when } of receipt?.timed ?? []) add(when);
  const addAll = (): void => {
    for (const one of list.toReversed()) if (wanted.has(one.name)) add(one.expression);
  };
  addAll();
  for (const [definition, name] of unsettled) if (wanted.has(definition)) refuse(name);
  for (const [name, definition] of shown) if (!unsettled.has(name)) wanted.add(definition);
  addAll();
  return list.filter(({ name }) => wanted.has(name));
}

/** Returns the variables of the place that a mechanism reads. */
export function readsOf(
  states: readonly State[],
  writes: ReadonlyMap<string, Expression>,
  derived: Definitions['list'],
  receipt: Receipt | undefined,
  ions: ReadonlyMap<string, IonName>,
): string[] {
  const names = new Set(
    [
      ...states.flatMap(({ initial, rate }) => (rate ? [initial, rate] : [initial])),
      ...writes.values(),
      ...derived.map(({ expression }) => expression),
      ...(receipt ? statementsOf(receipt) : []).map(({ value }) => value),
      ...(receipt?.timed ?? []).map(({ when }) => when),
    ].flatMap((e) => [...namesIn(e)]),
  );
  const ports = [...ions.values()].map(({ ion, role }) => portName(ion, role));
  return ['v', 'area', 'temperature', ...new Set(ports)].filter((name) => names.has(name));
}
