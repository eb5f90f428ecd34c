/** Lists of cells with a separate component for each cell. */

import { referenced } from '../components.js';
import type { Component, LemsModel } from '../lems/definitions.js';
import { isDynamic } from './apart.js';
import { formOf } from './form.js';
import { keepTimes } from './trains.js';

const known = new WeakMap<Component, readonly Component[]>();
const none: readonly Component[] = [];

/**
 * Returns the cells made by all elements of the component's list, one cell for each: components of one form, or lists
 * of times that each emits. Returns an empty list if they differ in form or make anything else.
 */
export function membersOf({ parent, type }: Component, lems: LemsModel): readonly Component[] {
  if (parent === null || isDynamic(parent.type) || type.parameters.size > 0) return none;
  const found = known.get(parent) ?? findMembers(parent, lems);
  known.set(parent, found);
  return found;
}

function findMembers({ children }: Component, lems: LemsModel): readonly Component[] {
  const [{ type, role } = {}, second] = children;
  const [part, more] = type?.structure ?? [];
  if (!second || part?.kind !== 'childInstance' || more || part.component.startsWith('../')) return none;
  if (children.some((child) => child.type !== type || child.role !== role)) return none;
  const made = children.map((one) => referenced(one, part.component, lems));
  const members = made.flatMap((component) => component ?? []);
  const [first] = members;
  if (!first || members.length < made.length || !isDynamic(first.type)) return none;
  if (members.every((member) => member.children.length === 0 && formOf(member, lems) === formOf(first, lems)))
    return members;
  return keepTimes(members) ? members : none;
}
