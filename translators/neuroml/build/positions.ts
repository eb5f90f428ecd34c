/** Where an instance is: a part of the component that makes it, which has three coordinates and nothing else. */

import { valueOf } from '../components.js';
import { isDimensionless } from '../../../src/lang/dimension.js';
import type { Component, ComponentType, LemsModel } from '../lems/definitions.js';

const axes = ['x', 'y', 'z'] as const;

const points = new WeakMap<ComponentType, boolean>();

/** Whether a type is a point in space: its values are `x`, `y` and `z`, pure numbers, and it does nothing. */
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

/** The place of the instance that a component makes, in micrometres; undefined where it says none. */
export function placeOf(component: Component, lems: LemsModel): readonly [x: number, y: number, z: number] | undefined {
  const point = component.children.find(({ type }) => isPoint(type));
  if (!point) return undefined;
  const [x, y, z] = axes.map((axis) => valueOf(point, axis, lems));
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
