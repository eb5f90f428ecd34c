/** Types with a cable, as Brian knows them. */

import type { NeuronType } from '../../../src/model/model.js';
import { coordinateNames, riseName, spatialNames } from '../vocabulary.js';

/** What Brian calls something of compartments. */
export const builtIn: ReadonlySet<string> = new Set([...spatialNames, riseName, 'gtot__private']);

/** Coordinates of compartments, where the morphology has them. */
export const coordinatesOf = ({ parameters }: NeuronType): readonly string[] =>
  coordinateNames.every((name) => parameters[name]?.unit === 'm') ? coordinateNames : [];

/** Whether a name is Brian's own in a SpatialNeuron of this type. */
export const isBuiltIn = (name: string, type: NeuronType): boolean =>
  builtIn.has(name) || coordinatesOf(type).includes(name);

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
