/**
 * Decides which variables of synapses belong to their sources or targets (`plan/owned.ts`).
 *
 * An end owns a variable if all synapses of each of its elements have one value: the first value is one number, only
 * pathways of the end assign it, each acts on all synapses of the element in one step, and the assigned values and the
 * equation read constants and variables of the same owner.
 */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import type { Expression, Side } from '../../lang/ast.js';
import { constants, drawsIn } from '../../lang/functions.js';
import { referencesIn } from '../../lang/walk.js';
import { readsVariable, type Operation } from '../../model/typed.js';
import { Block, item } from '../code/block.js';
import { runsOnLanes } from '../code/lanes.js';
import type { Context } from '../context/context.js';
import { elementOf, numberOf, typed, type Storage } from '../context/groups.js';
import type { EventSource } from '../events/events.js';
import { coursesOf, type Course, type Factor } from '../plan/course.js';
import { secondsAfter, tabled, type OwnedVariable } from '../plan/owned.js';
import type { PathwayPlan, ProjectionPlan } from '../plan/projection.js';
import { recordedVariables } from '../plan/recorded-variables.js';
import { reached } from '../plan/receptors.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import { synapseValue } from '../synapses/synapse-values.js';
import { readReferences } from './pathways.js';
import { isEndOfOthers } from './synapse-ends.js';

/** Rings of events by `population.event`. */
type Rings = ReadonlyMap<string, EventSource>;

const sides = ['pre', 'post'] as const;

/** Returns a plan with the variables that its ends own, and adds the buffers of their values. */
export function withOwners(plan: ProjectionPlan, rings: Rings, context: Context): ProjectionPlan {
  const owners = ownersOf(plan, rings, context);
  if (owners.size === 0) return plan;
  const { builder, real } = context;
  const courses = coursesOf(plan.equations);
  const kept = (side: Side, name: string, element: Buffer['element'], what: string, value: number): Buffer =>
    builder.buffer(`${plan.name}.${side}.${name}`, element, plan[side].size, what, {
      initial: typed(element, new Float64Array(plan[side].size).fill(value)),
    });
  const variables = new Map(
    [...owners].map(([name, side]): [string, OwnedVariable] => {
      const { type = 'real', unit = '1' } = plan.equations.state.get(name) ?? {};
      const comment = `${name} of the synapses of each ${ownerWords[side]} of ${plan.name} at its last event (${unit})`;
      const course = courses.get(name);
      const first = numberOf(synapseValue(plan, name)) ?? 0;
      const value = kept(side, name, elementOf(type, real), comment, first);
      return [name, { side, type, value, course: typeof course === 'object' ? course : null }];
    }),
  );
  const last = (side: Side): Buffer | null =>
    plan.pathways.some((pathway) => pathway.side === side) && reachesAtOnce(side, plan)
      ? kept(side, 'last_event', 'i32', `step of the last event of each ${ownerWords[side]} of ${plan.name}`, 0)
      : null;
  for (const side of sides) {
    const names = [...owners].flatMap(([name, owner]) => (owner === side ? [name] : []));
    if (names.length > 0)
      builder.note(`${names.join(', ')} of the synapses of ${plan.name}: one value for each ${ownerWords[side]}`);
  }
  const lastEvent = { pre: last('pre'), post: last('post') };
  const tables = tablesOf([...variables.values()], plan, context);
  return { ...plan, owned: { variables, lastEvent, tables } };
}

const ownerWords = { pre: 'source', post: 'target' } as const;

/** Returns the owner of each variable that has one. */
function ownersOf(plan: ProjectionPlan, rings: Rings, context: Context): ReadonlyMap<string, Side> {
  const owners = new Map<string, Side>();
  if (!mayHaveOwners(plan, context)) return owners;
  for (const side of sides) {
    const pathways = plan.pathways.filter((pathway) => pathway.side === side);
    if (pathways.length === 0 || !actsAtOnce(side, plan, rings)) continue;
    const others = plan.pathways.filter((pathway) => pathway.side !== side);
    let names = [...plan.equations.state.keys()].filter(
      (name) =>
        !owners.has(name) &&
        (pathways.some((pathway) => assigns(pathway, name)) || plan.equations.eventDriven.has(name)) &&
        !others.some((pathway) => assigns(pathway, name)) &&
        isPlain(name, plan, context),
    );
    for (;;) {
      const owned = new Set(names);
      const written = new Set(pathways.flatMap((pathway) => dependent(pathway, owned, plan, context)));
      const kept = names.filter((name) => !written.has(name) && follows(name, owned, plan, context));
      if (kept.length === names.length) break;
      names = kept;
    }
    for (const name of names) owners.set(name, side);
  }
  // The equation of a variable of the synapse itself may read variables without an equation only.
  for (const name of [...owners.keys()])
    for (const [other, e] of plan.equations.derivatives)
      if (owners.get(other) !== owners.get(name) && plan.equations.eventDriven.has(other) && reads(e, name))
        return new Map();
  return owners;
}

const reads = (e: Expression, name: string): boolean =>
  referencesIn(e).some(({ kind, variable }) => kind === 'own' && variable === name);

/** Whether nothing but pathways and equations changes variables of the synapses, and nothing reads when they do. */
function mayHaveOwners({ name, type, pre, post, projection }: ProjectionPlan, context: Context): boolean {
  const { model, profile, pendingDelivery } = context;
  return (
    profile.stepping === 'slots' &&
    pendingDelivery.step === 0 &&
    pendingDelivery.pathways.size === 0 &&
    projection.clock === undefined &&
    pre.synapses === null &&
    post.synapses === null &&
    pre.size > 0 &&
    post.size > 0 &&
    !isEndOfOthers(name, model) &&
    Object.keys(type.events ?? {}).length === 0 &&
    !readsVariable([type, model.operations], 'lastupdate') &&
    !recordedVariables(name, model).has('lastupdate')
  );
}

/** Whether all synapses of an element receive its events in the same step, each once. */
const actsAtOnce = (side: Side, plan: ProjectionPlan, rings: Rings): boolean =>
  reachesAtOnce(side, plan) &&
  plan.pathways.every(
    (pathway) => pathway.side !== side || rings.get(`${plan[side].population}.${pathway.event}`)?.times === null,
  );

const reachesAtOnce = (side: Side, { pathways }: ProjectionPlan): boolean =>
  pathways.every((pathway) => pathway.side !== side || (pathway.steps.first === pathway.steps.last && !pathway.window));

const assigns = ({ pathway }: PathwayPlan, name: string): boolean =>
  pathway.do.some((statement) => statement.kind === 'assignment' && statement.target === name);

/** Whether a variable has one first value, and neither phases nor operations assign it. */
function isPlain(name: string, plan: ProjectionPlan, { settable, model }: Context): boolean {
  const { equations, projection } = plan;
  const hasOwnCourse = !equations.derivatives.has(name) || equations.eventDriven.has(name);
  const isPort = reached({ kind: 'own', variable: name }, projection.receptors).kind === 'end';
  const isAssigned = ({ on, do: code }: Operation): boolean =>
    on.kind === 'synapses' && code.some((statement) => statement.kind === 'assignment' && statement.target === name);
  return (
    hasOwnCourse &&
    !isPort &&
    equations.state.get(name)?.shared === false &&
    numberOf(synapseValue(plan, name)) !== null &&
    !settable.has(`${plan.name}.${name}`) &&
    !settable.has(`${plan.stream}.${name}`) &&
    !Object.values(model.operations).some(isAssigned)
  );
}

/** Returns owned variables to which a pathway assigns values that depend on anything else. */
function dependent(
  { pathway }: PathwayPlan,
  owned: ReadonlySet<string>,
  plan: ProjectionPlan,
  context: Context,
): readonly string[] {
  const known = new Set(owned);
  const found: string[] = [];
  for (const statement of pathway.do) {
    if (statement.kind !== 'assignment') continue;
    const { target, value, to, operator } = statement;
    if (to.kind === 'end') continue;
    const isOwn = isDetermined(value, known, plan, context) && (operator === '=' || known.has(target));
    if (owned.has(target)) {
      if (!isOwn) found.push(target);
    } else if (isOwn) known.add(target);
    else known.delete(target);
  }
  return found;
}

/** Whether the equation of a variable reads constants and variables of the same owner only. */
function follows(name: string, owned: ReadonlySet<string>, plan: ProjectionPlan, context: Context): boolean {
  const e = plan.equations.derivatives.get(name);
  if (!e) return true;
  return typeof coursesOf(plan.equations).get(name) === 'object' && isDetermined(e, owned, plan, context);
}

const names: ReadonlySet<string> = new Set(['t', 'dt', ...constants.keys()]);

/** Whether an expression reads nothing but constants and the given variables. */
function isDetermined(e: Expression, known: ReadonlySet<string>, plan: ProjectionPlan, context: Context): boolean {
  const { derived, state, parameters } = plan.equations;
  const isKnown = (variable: string): boolean => {
    if (known.has(variable)) return true;
    const definition = derived.get(variable);
    if (definition) return !definition.held && !drawsIn(definition.expression);
    return parameters.has(variable) ? isConstant(variable, plan, context) : !state.has(variable) && names.has(variable);
  };
  return (
    !drawsIn(e) &&
    readReferences(e, plan).every(
      (reference) =>
        reference.kind === 'own' &&
        reached(reference, plan.projection.receptors).kind === 'own' &&
        isKnown(reference.variable),
    )
  );
}

/** Whether a parameter is one number for all synapses that no phase sets. */
const isConstant = (name: string, plan: ProjectionPlan, { settable }: Context): boolean =>
  numberOf(synapseValue(plan, name)) !== null &&
  !settable.has(`${plan.name}.${name}`) &&
  !settable.has(`${plan.stream}.${name}`);

/** Adds tables of the factors of courses, and a kernel that computes them. */
function tablesOf(
  variables: readonly OwnedVariable[],
  plan: ProjectionPlan,
  context: Context,
): ReadonlyMap<Factor, Buffer> {
  const { builder, real } = context;
  const factors = variables.flatMap(({ course }) => (course ? factorsOf(course) : []));
  if (factors.length === 0) return new Map();
  const constantValues = [...plan.equations.parameters].flatMap(([name, { type }]): [string, Storage][] => {
    const value = numberOf(synapseValue(plan, name));
    return value === null ? [] : [[name, { kind: 'folded', value, type }]];
  });
  const block = new Block();
  const none = ir.u32(0);
  const address = { position: null, source: none, target: none };
  const scope = new SynapseScope(context, { plan, storage: new Map(constantValues) }, address, block, null);
  const seconds: Ir = block.name('elapsed', secondsAfter(ir.convert('i32', item), scope));
  const tables = new Map(
    factors.map((factor, k) => {
      const comment = `factor ${k} of variables of the synapses of ${plan.name} after each number of steps`;
      const table = builder.buffer(`${plan.name}.course_${k}`, real, tabled, comment);
      block.write`${table}[index] = ${factor(seconds, scope)}`;
      return [factor, table] as const;
    }),
  );
  const comment = `tables factors of variables of the synapses of ${plan.name}`;
  const domain = { kind: 'count', count: tabled } as const;
  builder.initially(builder.map(`${plan.name}.courses`, comment, domain, runsOnLanes(block.statements), block));
  return tables;
}

const factorsOf = ({ scale, driven, driving }: Course): readonly Factor[] =>
  [scale, driven, ...driving.values()].filter((factor) => factor !== null);
