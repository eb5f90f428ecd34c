/**
 * Synapses of one projection as an end of another. The elements of the end are the synapses in order of creation, and
 * its variables are theirs.
 */

import type { Buffer, Extent } from '../../ir/program.js';
import type { Reference, Side } from '../../lang/ast.js';
import { referenceOf } from '../../lang/reference.js';
import { oncePerObject } from '../../diagnostics/memoise.js';
import type { Model, Projection, SelectionRule } from '../../model/typed.js';
import { arrayOf } from '../../model/arrays.js';
import type { Context } from '../context/context.js';
import { knownCount } from '../synapses/connectivity.js';
import type { Group, Member } from '../context/groups.js';
import * as messages from '../context/messages.js';
import type { ProjectionEnd, ProjectionPlan } from '../plan/projection.js';
import { reached } from '../plan/receptors.js';
import type { BuiltProjection } from '../plan/synapse-scope.js';
import { overPositions } from '../plan/positions.js';

/** A selection of synapses. */
export type SynapseSelection = Extract<SelectionRule, { readonly kind: 'synapses' }>;

/** The synapses of a planned projection as an end, before they have variables; null after a finding. */
export function synapseEnd(
  name: string,
  rule: SynapseSelection,
  plans: readonly ProjectionPlan[],
  context: Context,
): ProjectionEnd | null {
  const plan = plans.find((candidate) => candidate.name === rule.projection);
  const refuse = (what: string, hint?: string): null => {
    context.diagnostics.add(messages.unsupportedFeature(what, hint));
    return null;
  };
  if (rule.slice || rule.indices) return refuse(`some of the synapses of ${rule.projection} as an end of ${name}`);
  if (!plan)
    return refuse(`synapses of ${rule.projection}, which is between several populations, as an end of ${name}`);
  const size = countOf(plan, context);
  if (size === null) {
    const hint = 'list its connections, or write the model with --freeze first';
    return refuse(`synapses of ${rule.projection}, whose number is drawn, as an end of ${name}`, hint);
  }
  return {
    population: rule.projection,
    event: 'spike',
    offset: 0,
    size,
    group: null,
    member: null,
    named: size,
    map: null,
    cells: null,
    synapses: { projection: rule.projection, positions: null },
  };
}

/** Returns the number of synapses of a projection, or null if it is unknown before they are created. */
function countOf(plan: ProjectionPlan, { data, counts }: Context): number | null {
  const listed = plan.projection.connect.map((rule) =>
    rule.rule === 'list' ? arrayOf(rule.sources, data).length : null,
  );
  return listed.every((count) => count !== null)
    ? listed.reduce((sum, count) => sum + count, 0)
    : (knownCount(plan) ?? counts.get(plan.name) ?? null);
}

/**
 * Returns a plan with the variables of synapses at its ends.
 *
 * @param built projections with existing synapses
 */
export function withSynapseEnds(
  plan: ProjectionPlan,
  built: readonly BuiltProjection[],
  context: Context,
): ProjectionPlan {
  if (!plan.pre.synapses && !plan.post.synapses) return plan;
  const groups = synapseGroups(built);
  const completed = (side: Side): ProjectionEnd => {
    const end = plan[side];
    const owner = built.find((candidate) => candidate.plan.name === end.synapses?.projection);
    if (!end.synapses || !owner) return end;
    const known = groups.find(({ name }) => name === synapseGroupName(owner.plan.name));
    const group = known ?? synapseGroup(owner, end.size);
    const positions = positionsOf(owner, end.size, context);
    return { ...end, group, member: group.members[0] ?? null, synapses: { ...end.synapses, positions } };
  };
  const pre = completed('pre');
  const same = plan.pre.synapses !== null && plan.pre.population === plan.post.population;
  return { ...plan, pre, post: same ? pre : completed('post') };
}

/** The groups that projections end at which end at synapses, each once. */
export const synapseGroups = (projections: readonly BuiltProjection[]): readonly Group[] => [
  ...new Map(
    projections
      .flatMap(({ plan }) => [plan.pre, plan.post])
      .flatMap(({ group, synapses }) => (group && synapses ? [[group.name, group] as const] : [])),
  ).values(),
];

/** Name of the group that the synapses of a projection are. */
export const synapseGroupName = (projection: string): string => `${projection}.synapses`;

const noEquations = { inputs: {}, events: {}, regimes: {} } as const;

/** The synapses of a projection as a group of one population; positions in storage are its elements. */
function synapseGroup({ plan, storage }: BuiltProjection, size: number): Group {
  const { order } = plan.projection;
  const member: Member = {
    name: plan.name,
    population: { type: plan.projection.synapse, size, values: {}, order },
    begin: 0,
    end: size,
    ordinal: 0,
  };
  const none: ReadonlyMap<string, Buffer> = new Map();
  return {
    name: synapseGroupName(plan.name),
    type: { ...plan.type, ...noEquations },
    equations: plan.equations,
    events: [],
    members: [member],
    length: size,
    storage,
    lastEvent: none,
    notRefractory: none,
    refractorySteps: none,
  };
}

/** Returns the u32 position in storage of each synapse by its index of creation; null if both are the same. */
export function positionsOf(
  { plan, connectivity }: Pick<BuiltProjection, 'plan' | 'connectivity'>,
  size: Extent,
  context: Context,
): Buffer | null {
  const { creation, count, rows } = connectivity;
  if (!creation) return null;
  const { builder } = context;
  return builder.common(`${plan.name}.positions`, (key) => {
    const positions = builder.buffer(key, 'u32', size, `position of each synapse of ${plan.name} by order of creation`);
    if (typeof size !== 'number') builder.allocate(positions);
    const stored = { name: plan.name, count, rows, sources: plan.pre.size };
    const comment = `finds the synapses of ${plan.name} by order of creation`;
    builder.initially(
      overPositions(key, comment, stored, context, (position, _row, block) => {
        block.write`${positions}[${creation}[${position}]] = ${position}`;
      }),
    );
    return positions;
  });
}

/** Returns the projections that end at synapses, by the projection of these synapses. */
const projectionsOntoSynapses = oncePerObject((model: Model) => {
  const byOwner = new Map<string, Map<string, Projection>>();
  for (const [id, projection] of Object.entries(model.projections))
    for (const { of } of [projection.from, projection.to])
      if (of.kind === 'synapses')
        byOwner.set(of.projection, (byOwner.get(of.projection) ?? new Map<string, Projection>()).set(id, projection));
  return byOwner;
});

/** Whether the synapses of a projection are an end of another. */
export const isEndOfOthers = (name: string, model: Model): boolean => projectionsOntoSynapses(model).has(name);

/** Variables of the synapses of a projection that others write which end at them. */
export function writtenByOthers({ name }: Pick<ProjectionPlan, 'name'>, { model }: Context): ReadonlySet<string> {
  const written = new Set<string>();
  for (const [id, projection] of projectionsOntoSynapses(model).get(name) ?? []) {
    const type = model.synapses[projection.synapse];
    if (!type) continue;
    const operations = Object.values(model.operations).filter(
      ({ on }) => on.kind === 'synapses' && on.projection === id,
    );
    const note = (to: Reference): void => {
      const end = reached(to, projection.receptors);
      if (end.kind !== 'end') return;
      const { of } = end.end === 'pre' ? projection.from : projection.to;
      if (of.kind === 'synapses' && of.projection === name) written.add(end.variable);
    };
    for (const { do: code } of [...Object.values(type.pathways), ...operations])
      for (const statement of code) note(statement.kind === 'assignment' ? statement.to : referenceOf(statement.port));
    for (const { to } of [...type.summed, ...type.contributes]) note(to);
  }
  return written;
}
