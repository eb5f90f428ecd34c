/** The synapses of a projection as a session holds them. */

import { invariant } from '../diagnostics/diagnostic.js';
import type { Manifest, ProjectionLocation, VariableLocation } from '../ir/program.js';
import { oncePerObject } from '../diagnostics/memoise.js';
import type { Session } from '../../runtime/targets/target.js';

/** Where each synapse, in order of creation, is in storage, and its ends and delay. */
export interface Synapses {
  /** Place in storage. */
  readonly position: Uint32Array;
  /** Element of the presynaptic end. */
  readonly sources: number[];
  /** Element of the postsynaptic end. */
  readonly targets: number[];
  /** Delay in steps. */
  readonly delaySteps: number[];
}

/** Returns the projections of a program by name. */
export const projectionsByName = oncePerObject(
  ({ projections }: Manifest): Readonly<Record<string, ProjectionLocation>> =>
    Object.fromEntries(projections.map((projection) => [projection.name, projection])),
);

/** Returns the locations of variables by `owner variable`. */
export const variablesByName = oncePerObject(
  ({ variables }: Manifest): ReadonlyMap<string, VariableLocation> =>
    new Map(variables.toReversed().map((location) => [`${location.owner} ${location.variable}`, location])),
);

/** Reads the storage places of the synapses of a projection. */
export async function synapsesOf(location: ProjectionLocation, session: Session): Promise<Synapses> {
  const delays = location.delays.last - location.delays.first + 1;
  const segments = await session.read(location.segments);
  const targets = await session.read(location.targets);
  const count = Number(segments[location.sources * delays]);
  invariant(location.creation !== null, 'run/synapses', `the order of ${location.name} is not kept`);
  const creation = location.creation === undefined ? null : await session.read(location.creation);
  const position = new Uint32Array(count);
  const sources: number[] = new Array<number>(count).fill(0);
  const into: number[] = new Array<number>(count).fill(0);
  const delaySteps: number[] = new Array<number>(count).fill(0);
  for (let segment = 0; segment < location.sources * delays; segment++) {
    for (let p = Number(segments[segment]); p < Number(segments[segment + 1]); p++) {
      const index = creation ? Number(creation[p]) : p;
      position[index] = p;
      sources[index] = Math.floor(segment / delays);
      into[index] = Number(targets[p]);
      delaySteps[index] = location.delays.first + (segment % delays);
    }
  }
  return { position, sources, targets: into, delaySteps };
}
