/** Random draws of a model while it runs. */

import { drawsIn } from '../lang/functions.js';
import { expressionsOf } from '../lang/walk.js';
import type * as written from './model.js';
import type { Model, NeuronType } from './typed.js';
import { typedModel } from './typed-model.js';

/** Checks whether an event depends on draws. */
export const drawsInSteps = ({ when, do: actions }: NeuronType['events'][string]): boolean =>
  drawsIn(when) || actions.flatMap(expressionsOf).some(drawsIn);

/** Returns a sentence for each part that is drawn again in each step, and so cannot be written as fixed values. */
export function remainingDraws(model: Model): string[] {
  const sentences: string[] = [];
  for (const [name, population] of Object.entries(model.populations)) {
    const type = population.type === undefined ? undefined : model.neurons[population.type];
    if (!type) continue;
    if (type.noise.length > 0) sentences.push(`the noise ${type.noise.join(', ')} of ${name} is drawn in each step`);
    for (const [mechanism, { noise }] of Object.entries(type.compartments?.mechanisms ?? {}))
      if (noise.length > 0)
        sentences.push(`the noise ${noise.join(', ')} of ${mechanism} in ${name} is drawn in each step`);
    if (Object.values(type.events).some(drawsInSteps)) sentences.push(`events of ${name} are drawn in each step`);
    if (Object.values(type.derived).some((variable) => drawsIn(variable.value)))
      sentences.push(`a derived variable of ${name} is drawn in each step`);
    if (Object.values(type.derivatives).some(({ rate }) => drawsIn(rate)))
      sentences.push(`a rate of ${name} is drawn in each step`);
    const code = Object.values(type.regimes).flatMap(({ onEntry, transitions }) => [
      ...onEntry.flatMap(expressionsOf),
      ...transitions.flatMap(({ when, do: actions }) => [when, ...actions.flatMap(expressionsOf)]),
    ]);
    if (code.some(drawsIn)) sentences.push(`regimes of ${name} draw when they change`);
  }
  for (const [name, { synapse }] of Object.entries(model.projections)) {
    const type = model.synapses[synapse];
    if (!type) continue;
    if (type.noise.length > 0)
      sentences.push(`the noise ${type.noise.join(', ')} of synapses of ${name} is drawn in each step`);
    for (const side of ['pre', 'post'] as const)
      if (
        Object.values(type.pathways).some(
          ({ on, do: actions }) => on.end === side && actions.flatMap(expressionsOf).some(drawsIn),
        )
      )
        sentences.push(`synapses of ${name} draw at each ${side === 'pre' ? 'presynaptic' : 'postsynaptic'} spike`);
    const continuous = [
      ...Object.values(type.derived).map(({ value }) => value),
      ...Object.values(type.derivatives).map(({ rate }) => rate),
      ...[...type.contributes, ...type.summed].map(({ value }) => value),
      ...Object.values(type.events ?? {}).flatMap(({ when, do: actions }) => [when, ...actions.flatMap(expressionsOf)]),
    ];
    if (continuous.some(drawsIn)) sentences.push(`synapses of ${name} draw in each step`);
  }
  for (const [name, operation] of Object.entries(model.operations))
    if (operation.do.flatMap(expressionsOf).some(drawsIn))
      sentences.push(`the operation ${name} draws each time that it runs`);
  for (const [name, stimulus] of Object.entries(model.stimuli))
    if (stimulus.kind === 'poisson') sentences.push(`the Poisson input ${name} is drawn in each step`);
    else if (drawsIn(stimulus.value)) sentences.push(`the current ${name} is drawn in each step`);
  return sentences;
}

/** Returns a phrase for the draws of a model while it runs; undefined if it makes none then. */
export function drawnInRun(model: written.Model): string | undefined {
  const [first, ...others] = remainingDraws(typedModel(model));
  return first === undefined || others.length === 0 ? first : `${first} (and ${others.length} more)`;
}
