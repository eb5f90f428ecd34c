/** The values that code of elements and synapses reads if elements are stepped one after another. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import type { CodeScope, View } from '../code/code-scope.js';
import type { Draws } from '../code/draws.js';
import type { Address } from '../scopes/element-scope.js';
import { ElementScope } from '../scopes/element-scope.js';
import type { Group, Member } from '../context/groups.js';
import { linkedElement, linkedMember, type LinkedParameter } from '../links.js';
import type { ProjectionEnd } from '../plan/projection.js';
import { SynapseScope } from '../plan/synapse-scope.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';

const noView = { kept: new Map<string, never>(), shown: new Map<string, never>() };

/** @param local  u32 index of the element in its population */
function elementView(network: Network, group: Group, member: Member, local: Ir, time: Ir): View {
  const { kept, shown } = network.groups.find((stepped) => stepped.group === group) ?? noView;
  return { time, kept, shown, linked: (name, scope) => linkedValue(network, { group, member, name }, local, scope) };
}

/** Returns the current value, for other elements, of the variable that a linked parameter refers to. */
function linkedValue(
  network: Network,
  { group, member, name }: Omit<LinkedParameter, 'link'>,
  local: Ir,
  { block, view }: CodeScope,
): Ir | null {
  const { context } = network;
  const link = member.population.linked?.[name];
  const groups = network.groups.map((stepped) => stepped.group);
  const source = link && linkedMember(member.name, name, link, groups, context);
  if (!link || !source || !view) return null;
  const { size } = source.member.population;
  const element = linkedElement({ group, member, name, link }, size, local, context);
  const other = elementView(network, source.group, source.member, element, view.time);
  const address = addressOf(source.member, element);
  const scope = new ElementScope(context, source.group, address, block, null, { view: other });
  scope.isOwn = () => false;
  return scope.read(link.variable);
}

/** @param local  u32 index in the population */
const addressOf = (member: Member, local: Ir): Address => ({
  index: member.begin === 0 ? local : code`${local} + ${member.begin}u`,
  ordinal: ir.u32(member.ordinal),
  local,
});

/** u32 index of an element in the merged arrays. @param local  its u32 index in the population */
export const elementPlace = (member: Member, local: Ir): Ir => addressOf(member, local).index;

/** The block of the code, its time (f64, s), and its random numbers. */
interface CodeAt {
  readonly block: Block;
  readonly time: Ir;
  /** Null if the code must not draw. */
  readonly draws: Draws | null;
}

/** The scope of code of one element. @param index  its u32 place in the merged arrays */
export function elementScope(
  network: Network,
  { group }: SteppedGroup,
  member: Member,
  { local, index }: { readonly local: Ir; readonly index: Ir },
  { block, time, draws }: CodeAt,
): ElementScope {
  const address = { ...addressOf(member, local), index };
  const view = elementView(network, group, member, local, time);
  return new ElementScope(network.context, group, address, block, draws, { view });
}

/** Where a synapse and its ends are: u32; source and target count within the ends. */
export interface Place {
  /** Position of the synapse in storage. */
  readonly position: Ir;
  readonly source: Ir;
  readonly target: Ir;
}

/** The scope of code of one synapse. */
export function synapseScope(
  network: Network,
  { plan, storage, kept, shown }: SteppedProjection,
  place: Place,
  { block, time, draws }: CodeAt,
): SynapseScope {
  const viewAt =
    ({ group, member }: ProjectionEnd) =>
    (local: Ir): View =>
      group && member ? elementView(network, group, member, local, time) : { ...noView, time, linked: () => null };
  const ends = { pre: viewAt(plan.pre), post: viewAt(plan.post) };
  const view = { time, kept, shown, linked: () => null, ends };
  return new SynapseScope(network.context, { plan, storage }, place, block, draws, { view });
}
