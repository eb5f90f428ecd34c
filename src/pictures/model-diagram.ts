/** Populations and projections of a model as a diagram. */

import { cellDiagram } from './cell-diagram.js';
import type { Model } from '../model/model.js';
import { populationsOf } from '../model/selected.js';
import { networkDiagram, type Diagram } from './network-diagram.js';

/**
 * Draws the shape of the cells of a model, or its populations and projections.
 *
 * @param synapses  numbers of synapses by projection, once they are known
 */
export function modelDiagram(model: Model, synapses: ReadonlyMap<string, number>): Diagram {
  const { populations, projections } = model;
  const shape = cellDiagram(model);
  if (shape) return shape;
  const boxes = Object.entries(populations).map(([name, { size }]) => ({ name, size }));
  const arrows = Object.entries(projections).flatMap(([name, { from, to }]) => {
    const [senders, receivers] = [populationsOf(from.of), populationsOf(to.of)];
    const count = senders.length * receivers.length === 1 ? synapses.get(name) : undefined;
    return senders.flatMap((sender) =>
      receivers.map((receiver) => ({ name, from: sender, to: receiver, ...(count === undefined ? {} : { count }) })),
    );
  });
  // It fits on a phone without being scaled.
  return networkDiagram(boxes, arrows, boxes.length === 1 ? 300 : 340);
}

/** Checks whether the diagram of a model is a single box. */
export const isPlainModel = (model: Model): boolean =>
  Object.keys(model.populations).length === 1 && Object.keys(model.projections).length === 0 && !cellDiagram(model);
