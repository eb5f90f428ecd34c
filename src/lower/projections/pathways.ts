/**
 * Pass: the effects of an event that reaches a synapse.
 *
 * A statement is *additive* if it adds to a variable of an end a value that no shared variable can change in the same
 * pathway. It adds to an integer inbox and may run in any order. Statements on the synapse's own variables commute
 * between synapses. Any other statement on an end is *ordered*, and its pathway runs one synapse after another.
 */

import type { Assignment, EndReference, Expression, Reference, Side, Statement } from '../../lang/ast.js';
import { assignment } from '../../lang/build.js';
import { spelling } from '../../lang/reference.js';
import { referencesIn } from '../../lang/walk.js';
import type { Interval } from '../code/bounds.js';
import { boundsOf, everything, hull, isBounded } from '../code/bounds.js';
import { inOrderOfCreation } from '../synapses/indices.js';
import type { Changing } from '../plan/phase-values.js';
import { numberAfter, valueAfter } from '../plan/phase-values.js';
import type { Context } from '../context/context.js';
import type { Group } from '../context/groups.js';
import { roundingSlack } from './inbox.js';
import * as messages from '../context/messages.js';
import type { PathwayPlan, ProjectionPlan, SynapseIndex } from '../plan/projection.js';
import {
  allPhases,
  isSurelyNumber,
  parameterBounds,
  phasesSetting,
  variableBounds,
} from '../plan/projection-bounds.js';
import { reached, summedAt } from '../plan/receptors.js';
import { synapseGroupName, writtenByOthers } from './synapse-ends.js';
import { synapseValue } from '../synapses/synapse-values.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import { roundDelay } from '../plan/round-delay.js';

/** A statement with its target understood. */
export interface PathwayStatement {
  readonly statement: Assignment;
  /** The assigned variable, of the synapse or of one of its ends. */
  readonly to: Reference;
  /**
   * Bound on the added value of an additive statement with a finite bound. Phases that set parameters may change the
   * bound.
   */
  readonly additive: Changing | null;
  /** For `send`: the delay in seconds, and the largest delay in steps. */
  readonly later: { readonly after: Expression; readonly last: number } | null;
}

/** A pathway ready to be written. */
export interface PathwayCode extends BuiltProjection {
  /** Which pathway of the projection. */
  readonly pathway: PathwayPlan;
  /** The statements for each synapse. */
  readonly statements: readonly PathwayStatement[];
  /** Variables of ends that its code reads or writes in order, as `population group / variable` keys. */
  readonly touches: ReadonlySet<string>;
  /** Whether the result depends on the order of synapses, so that they run one after another. */
  readonly ordered: boolean;
  /** The index of its synapses; null if they are stored in rows. */
  readonly index: SynapseIndex | null;
}

/** Key of a variable of an end's group. */
export const sharedKey = (plan: ProjectionPlan, { end, variable }: EndReference): string =>
  `${plan[end].group?.name ?? ''}/${variable}`;

/**
 * Returns the key of a variable that a synapse's code reads or writes. The synapse may be an end of another projection.
 */
const touchedKey = (plan: ProjectionPlan, reference: Reference): string =>
  reference.kind === 'end' ? sharedKey(plan, reference) : `${synapseGroupName(plan.name)}/${reference.variable}`;

/**
 * Returns the variables that code within one population reaches through both ends and writes one synapse after another.
 * For a synapse from an element to itself they are the same.
 */
export function sharedByEnds({
  plan,
  statements,
  ordered,
}: {
  readonly plan: ProjectionPlan;
  readonly statements: readonly Pick<PathwayStatement, 'statement' | 'to'>[];
  readonly ordered: boolean;
}): ReadonlySet<string> {
  if (!ordered || plan.pre.member === null || plan.pre.member !== plan.post.member) return new Set();
  const written = statements.flatMap(({ to }) => (to.kind === 'end' ? [to] : []));
  const reached = [...written, ...statements.flatMap(({ statement }) => readReferences(statement.value, plan))];
  const isShared = (reference: EndReference): boolean =>
    reached.some(
      (other) => other.kind === 'end' && other.end !== reference.end && other.variable === reference.variable,
    );
  return new Set(written.filter(isShared).map(({ variable }) => variable));
}

/** Understands and classes the statements of all pathways of a projection. */
export function pathwayCodes(built: BuiltProjection, context: Context): PathwayCode[] {
  const { plan, connectivity } = built;
  const setting = phasesSetting(plan, context);
  const bounds = new Map(
    [0, ...setting.map((phase) => phase + 1)].map((done) => [done, ownBounds(plan, done, context)]),
  );
  return plan.pathways.map((pathway) => {
    const understood = pathway.pathway.do.map((statement) => understand(statement, plan, context));
    // `send` adds to its port later and writes no variable now.
    const written = new Set(
      understood.flatMap(({ to, later }) => (to.kind === 'end' && later === null ? [sharedKey(plan, to)] : [])),
    );
    const statements = understood.map((entry): PathwayStatement => {
      const boundAfter = (done: number): number | null =>
        additiveBound(entry, built, written, bounds.get(done) ?? (() => undefined));
      // If a later phase sets values without bounds, the statement is ordered from the beginning.
      const additive = [...bounds.keys()].some((done) => boundAfter(done) === null)
        ? null
        : numberAfter(setting, (done) => boundAfter(done) ?? Infinity);
      if (entry.later && additive === null)
        context.diagnostics.add(
          messages.unsupportedFeature(
            `a value of projection ${plan.name} that is sent and has no bounds`,
            'send a clipped value, such as clip(w, 0*nS, w_max)',
          ),
        );
      return { ...entry, additive };
    });
    // One ordered statement orders all statements on the same variables; for simplicity, the whole pathway is ordered.
    // Reads of a variable that the pathway writes at an end also depend on the order.
    const ordered = statements.some(
      ({ to, additive, statement }) =>
        (to.kind === 'end' && additive === null) || readsAny(statement.value, written, plan),
    );
    const touches = new Set(
      statements.flatMap(({ to, statement }) =>
        [...(ordered || to.kind === 'own' ? [to] : []), ...readReferences(statement.value, plan)].map((reference) =>
          touchedKey(plan, reference),
        ),
      ),
    );
    const index = connectivity.delayed.get(pathway.name) ?? (pathway.side === 'pre' ? null : connectivity.columns);
    return {
      ...built,
      pathway,
      statements,
      touches,
      ordered,
      index: ordered ? inOrderOfCreation(index, plan, pathway, connectivity, context) : index,
    };
  });
}

/** Returns the target of a statement, through ports. `send` adds to a port later. */
function understand(statement: Statement, plan: ProjectionPlan, context: Context): Omit<PathwayStatement, 'additive'> {
  const { receptors } = plan.projection;
  switch (statement.kind) {
    case 'assignment':
      return { statement, to: reached(statement.to, receptors), later: null };
    case 'send': {
      const added = assignment(statement.port, '+=', statement.value, statement.span);
      return { statement: added, to: reached(added.to, receptors), later: sendingOf(statement, plan, context) };
    }
    default:
      return statement satisfies never;
  }
}

/** Intervals of a synapse's own variables: parameters by value; states that every write keeps within bounds. */
function ownBounds(plan: ProjectionPlan, phases: number, context: Context): (name: string) => Interval | undefined {
  const parameters = parameterBounds(plan, context, phases);
  const states = new Map<string, Interval>();
  const lookup = (name: string): Interval | undefined => states.get(name) ?? parameters(name);
  const others = writtenByOthers(plan, context);
  const code = [
    ...plan.pathways.flatMap(({ pathway }) => pathway.do),
    ...Object.values(context.model.operations).flatMap(({ on, do: statements }) =>
      on.kind === 'synapses' && on.projection === plan.name ? statements : [],
    ),
  ];
  for (const name of plan.equations.state.keys()) {
    if (plan.equations.derivatives.has(name) || others.has(name)) continue;
    let interval = variableBounds(plan, { variable: name, first: synapseValue(plan, name), phases }, lookup, context);
    for (const statement of code) {
      if (statement.kind !== 'assignment' || statement.target !== name) continue;
      // A clipped value is always within the limits.
      interval = statement.operator === '=' ? hull(interval, boundsOf(statement.value, parameters)) : everything;
    }
    states.set(name, interval);
  }
  return lookup;
}

/** Returns the delay of a `send`. */
function sendingOf(
  statement: Extract<Statement, { kind: 'send' }>,
  plan: ProjectionPlan,
  context: Context,
): { after: Expression; last: number } {
  const { high } = boundsOf(statement.after, parameterBounds(plan, context, allPhases));
  if (!Number.isFinite(high)) context.diagnostics.add(messages.unboundedDelay(plan.name));
  const last = Number.isFinite(high) ? roundDelay(high, context) : 1;
  if (last > 65535) context.diagnostics.add(messages.delayTooLong(plan.name, last));
  return { after: statement.after, last };
}

/** Returns the variables that an expression reads, through the derived variables of the synapse and of its ends. */
export function readReferences(
  e: Expression,
  plan: ProjectionPlan,
  seen: ReadonlySet<string> = new Set(),
): readonly Reference[] {
  const references = new Map<string, Reference>();
  for (const reference of referencesIn(e)) {
    const name = spelling(reference);
    if (seen.has(name)) continue;
    references.set(name, reference);
    const derived = derivedOf(reference, plan);
    if (!derived) continue;
    for (const inner of readReferences(derived.expression, plan, new Set([...seen, name]))) {
      const seenFromHere =
        reference.kind === 'end' && inner.kind === 'own' ? { ...reference, variable: inner.variable } : inner;
      references.set(spelling(seenFromHere), seenFromHere);
    }
  }
  return [...references.values()];
}

/** Returns the derived variable of a reference, if it is one. */
function derivedOf(reference: Reference, plan: ProjectionPlan): { readonly expression: Expression } | undefined {
  switch (reference.kind) {
    case 'own':
      return plan.equations.derived.get(reference.variable);
    case 'end':
      return plan[reference.end].group?.equations.derived.get(reference.variable);
    default:
      return reference satisfies never;
  }
}

/** Whether an expression reads a variable of an end with one of these keys. */
const readsAny = (e: Expression, keys: ReadonlySet<string>, plan: ProjectionPlan): boolean =>
  readReferences(e, plan).some((read) => read.kind === 'end' && keys.has(sharedKey(plan, read)));

/** Greatest |value| that an additive statement adds, or null when it must keep its order. */
function additiveBound(
  { statement, to }: Omit<PathwayStatement, 'additive'>,
  { plan, connectivity }: BuiltProjection,
  written: ReadonlySet<string>,
  bounds: (name: string) => Interval | undefined,
): number | null {
  if (to.kind !== 'end' || (statement.operator !== '+=' && statement.operator !== '-=')) return null;
  const { group } = plan[to.end];
  const { variable } = to;
  const type = group?.equations.state.get(variable)?.type ?? (group?.type.inputs[variable] ? 'real' : undefined);
  if (type !== 'real' || !Number.isFinite(connectivity.fanIn)) return null;
  if (readsAny(statement.value, written, plan)) return null;
  const interval = boundsOf(statement.value, bounds);
  if (!isBounded(interval)) return null;
  return Math.max(Math.abs(interval.low), Math.abs(interval.high));
}

/**
 * Most arrivals at one element in one step through a pathway: each synapse brings at most one for each delay of its
 * event.
 */
export function arrivals(code: PathwayCode, end: Side): number {
  return end === 'post' ? code.connectivity.fanIn : code.connectivity.fanOut;
}

/** The same without what is unlikely: many more synapses onto one element than onto others. */
export function likelyArrivals(code: PathwayCode, end: Side): number {
  return end === 'post' ? code.connectivity.likelyFanIn : code.connectivity.fanOut;
}

/** Returns the key of a statement's inbox. Inboxes of `send` have a slot for each possible step of arrival. */
export const inboxKey = (variable: string, { later }: PathwayStatement, group: Group): string =>
  `${group.name}/${variable}${later ? '/sent' : ''}`;

/** Whether an expression reads only parameters that are certainly numbers; it is then within its bounds. */
export const onlyParameters = (e: Expression, plan: ProjectionPlan, context: Context): boolean =>
  readReferences(e, plan)
    .map(spelling)
    .every((name) => plan.equations.derived.has(name) || isSurelyNumber(plan, name, context));

/** Whether an additive statement adds a parameter as it is, which is a number within its bounds for certain. */
const addsParameter = (
  { statement, additive, later }: PathwayStatement,
  { plan, ordered }: PathwayCode,
  context: Context,
): boolean =>
  additive !== null &&
  (!ordered || later !== null) &&
  statement.value.kind === 'name' &&
  plan.equations.parameters.has(statement.value.name) &&
  onlyParameters(statement.value, plan, context);

/** Says how large weights can be that are added as they are: passes over the program may keep them otherwise. */
export function declareBounds(codes: readonly PathwayCode[], context: Context): void {
  for (const code of codes) {
    for (const entry of code.statements) {
      const { value } = entry.statement;
      if (value.kind !== 'name' || entry.additive === null || !addsParameter(entry, code, context)) continue;
      const place = code.storage.get(value.name);
      if (place?.kind !== 'array' || place.type !== 'real') continue;
      const most = valueAfter(entry.additive, allPhases) * (1 + roundingSlack(context.real));
      context.builder.atMost(place.buffer, most);
    }
  }
}

/** Whether any pathway of a projection accesses synapses by target. */
export const goesByTarget = (plan: ProjectionPlan): boolean =>
  plan.pathways.some((pathway) => pathway.side === 'post') ||
  [...plan.type.summed, ...plan.type.contributes].some(
    ({ to }) => summedAt(to, plan.projection.receptors).end === 'post',
  );
