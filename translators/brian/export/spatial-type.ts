/** Types with a cable, as Brian knows them. */

import type { NeuronType } from '../../../src/model/model.js';
import { riseName, spatialNames } from '../vocabulary.js';

const builtIn = new Set([...spatialNames, riseName, 'gtot__private']);

/** Whether a name is Brian's own in a SpatialNeuron. */
export const isBuiltIn = (name: string): boolean => builtIn.has(name);

/** Whether a type has a cable as Brian knows it: what it is driven by, and what Brian knows of its compartments. */
export function isSpatial({ cable, parameters, state, derived }: NeuronType): boolean {
  const known = ['area', 'length', 'diameter', 'distance', 'volume', 'Cm', 'Ri'];
  return (
    cable !== undefined &&
    cable.voltage === 'v' &&
    cable.capacitance === 'Cm*area' &&
    cable.current === 'Im*area' &&
    (cable.rise === undefined || cable.rise === riseName) &&
    derived['Im'] !== undefined &&
    state['v'] !== undefined &&
    known.every((name) => parameters[name] !== undefined)
  );
}
