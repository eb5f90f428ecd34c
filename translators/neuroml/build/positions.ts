/**
 * Positions of instances: a part, of the component that makes the instance, with three coordinates and no other
 * content.
 */

import { valueOf } from '../components.js';
import { isDimensionless } from '../../../src/lang/dimension.js';
import type { Component, ComponentType, LemsModel } from '../lems/definitions.js';

const axes = ['x', 'y', 'z'] as const;

const points = new WeakMap<ComponentType, boolean>();

/**
 * Checks whether a type is a point in space: its values are `x`, `y` and `z`, pure numbers, and it has no behaviour.
 */
function isPoint(type: ComponentType): boolean {
  let known = points.get(type);
  if (known === undefined) {
    const { parameters, dynamics, structure } = type;
    const given = axes.every((axis) => {
      const dimension = parameters.get(axis)?.dimension;
      return dimension && isDimensionless(dimension);
    });
    points.set(type, (known = given && parameters.size === axes.length && dynamics === null && structure.length === 0));
  }
  return known;
}

/** Returns the position of the instance that a component makes, in micrometres, or undefined if it gives none. */
export function placeOf(component: Component, lems: LemsModel): readonly [x: number, y: number, z: number] | undefined {
  const point = component.children.find(({ type }) => isPoint(type));
  if (!point) return undefined;
  const [x, y, z] = axes.map((axis) => valueOf(point, axis, lems));
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
