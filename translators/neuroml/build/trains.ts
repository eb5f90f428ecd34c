/**
 * Long lists of events at given times. Thousands of parts that each emit one event at a given time would cost as many
 * tests in each step. As a list of times they cost only as much as their events.
 * Such parts are recognized by their equations, not by the name of their type.
 */

import { Diagnostics } from '../../../src/diagnostics/diagnostic.js';
import type { Expression } from '../../../src/lang/ast.js';
import { valueOf } from '../components.js';
import { growTree } from '../flatten/tree.js';
import { wireTree } from '../flatten/wiring.js';
import type { ActionDefinition, Component, ComponentType, LemsModel } from '../lems/definitions.js';

/** Events at given times, and the component without the parts that emit them. */
export interface Train {
  /** Seconds, in the order of the document. */
  readonly times: Float64Array;
  /** The component without the emitting parts. */
  readonly rest: Component;
  /** The port of the component that receives each event. */
  readonly port: string;
  /** Parts that were already advanced in the step when the events come. They receive them for the next step. */
  readonly ahead: ReadonlySet<Component>;
}

/** Up to this many parts stay conditions that are tested in each step, unless two of them may hold in one step. */
const few = 32;

/** Checks whether two times are nearer than a step: a condition could be tested once for both. */
const isDense = (times: Float64Array, step: number | undefined): boolean =>
  step !== undefined &&
  times.toSorted().some((time, k, sorted) => time - (sorted[k - 1] ?? -Infinity) < step * (1 - 1e-9));

const trains = new WeakMap<Component, Train | null>();

/**
 * Returns the list of events that a component holds, or null if it has none or only a short one.
 *
 * @param step the time step, in s
 */
export function trainOf(component: Component, lems: LemsModel, step: number | undefined): Train | null {
  const known = trains.get(component);
  if (known !== undefined) return known;
  const found = findTrain(component, lems, step);
  trains.set(component, found);
  return found;
}

function findTrain(component: Component, lems: LemsModel, step: number | undefined): Train | null {
  if (component.children.length < (kept.has(component) ? 1 : 2)) return null;
  const parts = component.children.filter((inner) => timeIn(inner) !== null);
  const [first] = parts;
  if (!first || parts.some(({ type }) => type !== first.type) || isRead(component, first.role)) return null;
  const name = timeIn(first) ?? '';
  const times = Float64Array.from(parts, (part) => valueOf(part, name, lems) ?? NaN);
  if (parts.length <= few && !isDense(times, step) && !kept.has(component)) return null;
  const received = hearing(component, first, lems);
  if (!received) return null;
  // A part without a time, which was reported, never emits.
  const isPart = new Set(parts);
  return {
    times: times.filter((time) => !Number.isNaN(time)),
    rest: withChildren(component, (inner) => !isPart.has(inner)),
    ...received,
  };
}

const timers = new WeakMap<ComponentType, string | null>();

/** Returns the parameter with the time of the one event of a part; null for parts that do anything else. */
function timeIn({ type, children }: Component): string | null {
  let time = timers.get(type);
  if (time === undefined) timers.set(type, (time = timeOf(type)));
  return children.length > 0 ? null : time;
}

/** Components with events that are a list even if they are few. */
const kept = new WeakSet<Component>();

/** Checks whether components of one type hold only times. From then on these are lists, so that they may differ. */
export function keepTimes(components: readonly Component[]): boolean {
  const [first] = components;
  const areTimes = components.every(
    ({ type, children }) =>
      type === first?.type && type.parameters.size === 0 && children.every((part) => timeIn(part) !== null),
  );
  if (!areTimes || components.every(({ children }) => children.length === 0)) return false;
  for (const component of components) kept.add(component);
  return true;
}

function withChildren(
  { id, type, role, parent, attributes, place, children }: Component,
  keep: (inner: Component) => boolean,
): Component {
  return { id, type, role, parent, attributes, place, children: children.filter(keep) };
}

/** Checks whether the equations of a component read the contents of its own list. */
function isRead({ type }: Component, list: string): boolean {
  return (type.dynamics?.derivedVariables ?? []).some(
    ({ select }) => select !== undefined && /^\w+/.exec(select)?.[0] === list,
  );
}

/**
 * Returns how a component receives the events of a part, or null if it does not, or if another instance also receives
 * them.
 */
function hearing(component: Component, part: Component, lems: LemsModel): Pick<Train, 'port' | 'ahead'> | null {
  const tree = growTree(
    withChildren(component, (one) => one === part || one.type !== part.type),
    lems,
    new Diagnostics(),
  );
  const { inner } = tree.root;
  const at = inner.findIndex((node) => node.component === part);
  const node = inner[at];
  const [wire, second] = (node && wireTree(tree, new Diagnostics()).get(node)) ?? [];
  if (!wire || second || wire.to !== tree.root) return null;
  return { port: wire.handler, ahead: new Set(inner.slice(0, at).map((one) => one.component)) };
}

/**
 * Returns the parameter with the time at which instances of a type emit their only event, or null for other behaviour.
 * The type has one condition, which holds after that time while a variable is still zero, and sets that variable.
 */
function timeOf({ dynamics, parameters, structure }: ComponentType): string | null {
  if (!dynamics || structure.some((part) => part.kind === 'childInstance' || part.kind === 'multiInstantiate'))
    return null;
  const { onConditions, onEvents, onStart, regimes, kineticSchemes, stateVariables, timeDerivatives } = dynamics;
  const [only, second] = onConditions;
  if (!only || second || [onEvents, onStart, regimes, kineticSchemes].some(({ length }) => length > 0)) return null;
  const flags = new Set(
    stateVariables.map(({ name }) => name).filter((name) => !timeDerivatives.some(({ variable }) => variable === name)),
  );
  const time = once(only.test.tree, parameters, (flag) => flags.has(flag) && isSet(flag, only.actions));
  const emits = only.actions.filter(({ kind }) => kind !== 'assign');
  return time !== null && emits.length === 1 && emits[0]?.kind === 'emit' ? time : null;
}

/** Checks whether actions make a variable another number than zero. */
function isSet(flag: string, actions: readonly ActionDefinition[]): boolean {
  const values = actions.flatMap((action) =>
    action.kind === 'assign' && action.variable === flag ? [action.value.tree] : [],
  );
  return values.length === 1 && values[0]?.kind === 'number' && values[0].value !== 0;
}

/** Returns the parameter P of a condition `t >= P and flag == 0`, in either order; null for any other. */
function once(
  test: Expression,
  parameters: ReadonlyMap<string, unknown>,
  isFlag: (name: string) => boolean,
): string | null {
  if (test.kind !== 'binary' || test.operator !== 'and') return null;
  for (const [due, unset] of [
    [test.left, test.right],
    [test.right, test.left],
  ] as const) {
    if (due.kind !== 'binary' || due.operator !== '>=' || due.left.kind !== 'name' || due.left.name !== 't') continue;
    if (due.right.kind !== 'name' || !parameters.has(due.right.name)) continue;
    if (unset.kind !== 'binary' || unset.operator !== '==' || unset.left.kind !== 'name' || !isFlag(unset.left.name))
      continue;
    if (unset.right.kind === 'number' && unset.right.value === 0) return due.right.name;
  }
  return null;
}
