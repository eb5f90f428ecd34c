/** Parts of models for which the time step has a meaning, so that small steps have no limit. */

import { namesIn } from '../lang/walk.js';
import type { Model } from '../model/model.js';
import { expressionsIn } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';

/** Returns a phrase for each part of a model that acts in each step, or in steps of its own. */
export function stepReasons(written: Model): readonly string[] {
  return [
    ...Object.entries(written.operations).flatMap(([name, { every, times }]) =>
      every === undefined && times === undefined ? [`the operation ${name} runs in each step`] : [],
    ),
    ...Object.keys(written.clocks).map((name) => `the clock ${name} has a step of its own`),
  ];
}

/** Returns a phrase for each type of a model with equations that read the time step. */
export function stepReaders(written: Model): readonly string[] {
  const model = typedModel(written);
  return [...Object.entries(model.neurons), ...Object.entries(model.synapses)].flatMap(([name, type]) =>
    expressionsIn(type).some((e) => namesIn(e).has('dt')) ? [`equations of ${name} read dt`] : [],
  );
}
