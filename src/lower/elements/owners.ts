/** Elements and synapses as owners of variables. */

import * as ir from '../../ir/builder.js';
import type { Expression as Ir } from '../../ir/program.js';
import { scalarTypeOf, storedValue } from '../element-scope.js';
import { to } from '../expressions.js';
import type { Member } from '../groups.js';
import { reached, type ProjectionEnd } from '../projection.js';
import { namedIndex } from '../rules/rule-code.js';
import { coordinateOf, distanceOf } from '../space/ends.js';
import { micrometresPerMetre } from '../../draw/space/micrometres.js';
import { axes } from '../../draw/space/axes.js';
import { elementIndex } from '../synapse-scope.js';
import type { Network, SteppedGroup, SteppedProjection } from './layout.js';
import { groupOf, loaded, localIndex, seen } from './layout.js';
import type { Owner, StepScope } from './scope.js';

/** One element of a population. */
export function elementOwner(network: Network, stepped: SteppedGroup, member: Member, local: Ir): Owner {
  const { group, kept, shown } = stepped;
  const specials = new Set(['i', 'N', ...Object.keys(member.population.linked ?? {})]);
  return {
    name: member.name,
    storage: group.storage,
    kept,
    shown,
    index: member.begin === 0 ? local : ir.add(local, ir.u32(member.begin)),
    ordinal: ir.u32(member.ordinal),
    derived: group.equations.derived,
    other: (name) => (specials.has(name) ? seen(network, member, local, name) : null),
  };
}

/** Where a synapse and its ends are; source and target count within the ends. */
export interface Place {
  readonly position: Ir;
  readonly source: Ir;
  readonly target: Ir;
}

/** One synapse of a projection. */
export function synapseOwner(network: Network, projection: SteppedProjection, place: Place): Owner {
  const { plan, storage, kept, shown } = projection;
  return {
    name: plan.name,
    storage,
    kept,
    shown,
    index: place.position,
    ordinal: ir.u32(0),
    derived: plan.equations.derived,
    other: (name, scope) => readEnd(network, projection, place, name, scope),
    assignOther: (name, value, scope) => assignEnd(network, projection, place, name, value, scope),
  };
}

/** Which variable of which end a name stands for. */
function ofEnd(
  projection: SteppedProjection,
  place: Place,
  name: string,
): { end: ProjectionEnd; element: Ir; variable: string } | null {
  const { plan } = projection;
  const { end, variable } = reached(plan, name);
  if (end === null) return null;
  return end === 'pre'
    ? { end: plan.pre, element: place.source, variable }
    : { end: plan.post, element: place.target, variable };
}

function readEnd(
  network: Network,
  projection: SteppedProjection,
  place: Place,
  name: string,
  scope: StepScope,
): Ir | null {
  const { plan } = projection;
  if (name === 'i') return to('i32', namedIndex(plan.pre, place.source));
  if (name === 'j') return to('i32', namedIndex(plan.post, place.target));
  if (name === 'N_pre') return ir.i32(plan.pre.named);
  if (name === 'N_post') return ir.i32(plan.post.named);
  if (name === 'distance') return inMetres(distanceOf(plan, place.source, place.target, scope.block, network.context));
  const found = ofEnd(projection, place, name);
  const axis = axes.find((each) => each === found?.variable);
  const own = found && groupOf(network, found.end.group)?.group;
  if (found && axis && !own?.storage.has(axis) && !own?.equations.derived.has(axis))
    return inMetres(coordinateOf(found.end, found.element, axis, network.context));
  const member = found?.end.member;
  if (!found || !member) return null;
  const { end, element, variable } = found;
  if (variable === 'i') return to('i32', namedIndex(end, element));
  if (variable === 'N') return ir.i32(end.named);
  // Code that changes an end's variables is that end's own: it finds all of them as they are.
  const storage = groupOf(network, end.group)?.group.storage.get(variable);
  if (
    [...scope.writing].some((written) => reached(plan, written).end === reached(plan, name).end) &&
    storage &&
    storage.kind === 'array'
  )
    return loaded(storage, elementIndex(end, element), ir.u32(member.ordinal), network.context);
  return seen(network, member, localIndex(end, element), variable);
}

const inMetres = (micrometres: Ir): Ir => ir.div(micrometres, ir.f64(micrometresPerMetre));

function assignEnd(
  network: Network,
  projection: SteppedProjection,
  place: Place,
  name: string,
  value: Ir,
  scope: StepScope,
): boolean {
  const found = ofEnd(projection, place, name);
  const storage = found && groupOf(network, found.end.group)?.group.storage.get(found.variable);
  if (!found || !storage || storage.kind !== 'array') return false;
  scope.block.emit(
    ir.store(
      storage.buffer,
      elementIndex(found.end, found.element),
      storedValue(storage.buffer, to(scalarTypeOf(storage.type, network.context.real), value)),
    ),
  );
  return true;
}
