/** Models whose named generators follow the seed of the run. */

import type { Model } from '../model/model.js';

/** Returns a model with other draws for each seed of the run, where the model states seeds of generators. */
export function redrawn(model: Model): Model {
  const { populations, projections, stimuli, neurons, synapses } = model;
  const again = follow({ populations, projections, stimuli, neurons, synapses }) as Partial<Model>;
  return { ...model, ...again };
}

/** Returns a part of a model with generators that begin by the seed of the run; a stream keeps them apart. */
function follow(part: unknown): unknown {
  if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part;
  if (Array.isArray(part)) return typeof part[0] === 'object' ? part.map(follow) : part;
  const members = Object.fromEntries(Object.entries(part).map(([key, member]) => [key, follow(member)]));
  const { generator, name, seed, stream = '' } = members;
  const isGenerator = [generator, name].includes('numpy-mt19937') && typeof seed === 'string';
  return isGenerator && seed !== 'model' ? { ...members, seed: 'model', stream: `${seed} ${String(stream)}` } : members;
}
