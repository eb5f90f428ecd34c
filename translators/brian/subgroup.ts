import { dimensionless, type Expression } from '../../src/lang/ast.js';
import { binary, integer, name } from '../../src/lang/build.js';
import { mapExpression } from '../../src/lang/walk.js';
import type { Group, Subgroup } from './group.js';
import * as messages from './messages.js';
import type { Setting } from './neuron-groups.js';
import { readPlace } from './places.js';
import { readNumber } from './values.js';

/**
 * Returns the group that a text such as `P`, `P[:3200]` or `P[:4*order]` names, or undefined after reporting an error.
 * Bounds are whole numbers or arithmetic of constants.
 */
export function readSubgroup(
  text: string,
  pointer: string,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): Subgroup | undefined {
  const { to } = setting;
  const spatial = spatialSubgroup(text, pointer, groups, setting);
  if (spatial !== null) return spatial;
  const match = /^\s*([^[\]\s]+)\s*(?:\[([^[\]:]*)(:?)([^[\]:]*)\])?\s*$/.exec(text);
  const key = match?.[1] ?? text.trim();
  if (match === null) {
    to.report(messages.badSlice(text), pointer);
    return undefined;
  }
  const group = groups.get(key);
  if (group === undefined) {
    to.report(messages.unknownGroup(key, [...groups.keys()]), pointer);
    return undefined;
  }
  if (!text.includes('[')) return { group, size: group.size };
  const [, , first = '', colon, last = ''] = match;
  const bound = (written: string, usual: number): number | undefined =>
    written.trim() === ''
      ? usual
      : readNumber(
          written.trim(),
          pointer,
          { name: 'the bound', dimension: dimensionless, type: 'integer' },
          group.namespace,
          to,
        );
  const start = bound(first, 0);
  const stop = colon === ':' ? bound(last, group.size) : start === undefined ? undefined : start + 1;
  if (start === undefined || stop === undefined) return undefined;
  if ((colon !== ':' && first.trim() === '') || start < 0 || start >= stop || stop > group.size) {
    to.report({ ...messages.badSlice(text), expected: `name[start:stop] within 0 to ${group.size}` }, pointer);
    return undefined;
  }
  return start === 0 && stop === group.size
    ? { group, size: group.size, isSlice: true }
    : { group, slice: [start, stop], size: stop - start };
}

/**
 * Returns the part of a SpatialNeuron that `neuron.axon[10*um:20*um]` or `neuron[10*um:]` names, or null for other
 * texts.
 */
function spatialSubgroup(
  text: string,
  pointer: string,
  groups: ReadonlyMap<string, Group>,
  { to }: Setting,
): Subgroup | null | undefined {
  const [, key = '', place = ''] = /^\s*(\w+)\s*(?:\.\s*)?(.*)$/.exec(text) ?? [];
  const group = groups.get(key);
  if (!group?.spatial || place.trim() === '' || /^\[[\d\s:]*\]\s*$/.test(place)) return null;
  const range = readPlace(place, pointer, group, to);
  if (!range) return undefined;
  const [start, stop] = range;
  return start === 0 && stop === group.size ? { group, size: group.size } : { group, slice: range, size: stop - start };
}

/**
 * Rewrites an expression of some neurons with indices counted from another start, as Brian counts a part from its first
 * neuron.
 *
 * @param by old index minus new index of a neuron: `i` becomes `i + by`, and `i - by` becomes `i`
 * @param size value of `N`
 */
export function recounted(e: Expression, by: number, size: number): Expression {
  const [there, back] = by > 0 ? (['+', '-'] as const) : (['-', '+'] as const);
  const moved = by === 0 ? name('i') : binary(there, name('i'), integer(Math.abs(by)));
  return mapExpression(e, (part) => {
    if (part.kind === 'name') return part.name === 'i' ? moved : part.name === 'N' ? integer(size) : part;
    const isBack =
      part.kind === 'binary' &&
      part.operator === back &&
      part.left === moved &&
      part.right.kind === 'number' &&
      part.right.value === Math.abs(by);
    return isBack ? name('i') : part;
  });
}
