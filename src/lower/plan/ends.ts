/** Places of the ends of synapses in code: buffers of coordinates in micrometres, and distances between ends. */

import * as ir from '../../ir/builder.js';
import type { Buffer, Expression as Ir } from '../../ir/program.js';
import { code } from '../../ir/template.js';
import type { Block } from '../code/block.js';
import { populationInModel } from '../context/cable.js';
import type { Context } from '../context/context.js';
import * as messages from '../context/messages.js';
import type { ProjectionEnd, ProjectionPlan } from './projection.js';
import { measuresOf } from '../../draw/space/distances.js';
import { distanceCode } from '../space/distance.js';
import type { Axis } from '../../draw/space/axes.js';

/**
 * Returns the coordinates of a population's elements along an axis. Returns null after a diagnostic for a population
 * without positions.
 */
function coordinates(population: string, axis: Axis, context: Context): Buffer | null {
  const { builder, places } = context;
  const initial = places.get(population)?.[axis];
  if (!initial) {
    context.diagnostics.add(messages.noPositions(populationInModel(population, context.shown)));
    return null;
  }
  const comment = `${axis} of each element of ${population} (um)`;
  return builder.commonBuffer(`${population}.places_${axis}`, 'f64', initial.length, comment, {
    role: 'constant',
    initial,
  });
}

/** Coordinate, in micrometres, of an element of an end. */
export function coordinateOf(end: ProjectionEnd, element: Ir, axis: Axis, context: Context): Ir {
  const buffer = coordinates(end.population, axis, context);
  if (!buffer) return ir.f64(0);
  return end.offset === 0 ? ir.load(buffer, element) : code`${buffer}[${element} + ${end.offset}u]`;
}

/** Distance, in micrometres, of the elements of a synapse. */
export function distanceOf(plan: ProjectionPlan, source: Ir, target: Ir, block: Block, context: Context): Ir {
  return distanceCode(
    measuresOf(plan.projection.space),
    (axis) => coordinateOf(plan.pre, source, axis, context),
    (axis) => coordinateOf(plan.post, target, axis, context),
    block,
  );
}

/** Returns the distance of two elements given by their numbers in the model's ends, even of other populations. */
export function namedDistance(plan: ProjectionPlan, source: Ir, target: Ir, block: Block, context: Context): Ir {
  const along = (side: 'pre' | 'post', named: Ir, axis: Axis): Ir => {
    const end = plan[side];
    if (!end.map) return coordinateOf(end, named, axis, context);
    const buffer = namedCoordinates(plan, side, axis, context);
    return buffer ? ir.load(buffer, named) : ir.f64(0);
  };
  return distanceCode(
    measuresOf(plan.projection.space),
    (axis) => along('pre', source, axis),
    (axis) => along('post', target, axis),
    block,
  );
}

function namedCoordinates(plan: ProjectionPlan, side: 'pre' | 'post', axis: Axis, context: Context): Buffer | null {
  const elements = plan[side].map?.elements;
  if (!elements) return null;
  const places = elements.populations.map((population) => context.places.get(population));
  const lacking = elements.populations.find((population) => !context.places.has(population));
  if (lacking !== undefined) {
    context.diagnostics.add(messages.noPositions(populationInModel(lacking, context.shown)));
    return null;
  }
  const { builder } = context;
  return builder.common(`${plan.name}.${side}_${axis}`, (key) => {
    const initial = Float64Array.from(
      elements.indices,
      (index, k) => places[elements.ordinals[k] as number]?.[axis][index] ?? 0,
    );
    const comment = `${axis} of the elements of the ${side} end of ${plan.name} (um)`;
    return builder.buffer(key, 'f64', initial.length, comment, { role: 'constant', initial });
  });
}
