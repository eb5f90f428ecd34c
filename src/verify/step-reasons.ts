/** Parts of models for which the time step has a meaning, so that small steps have no limit. */

import { namesIn } from '../lang/walk.js';
import { atBeginOfStep } from '../model/end-of-step.js';
import type { Model } from '../model/model.js';
import { expressionsIn, type EquationSet } from '../model/typed.js';
import { typedModel } from '../model/typed-model.js';
import { readThrough } from './states/element-scope.js';

/** Returns a phrase for each part of a model that acts in each step, or in steps of its own. */
export function stepReasons(written: Model): readonly string[] {
  return [
    ...Object.entries(written.operations).flatMap(([name, { every, times }]) =>
      every === undefined && times === undefined ? [`the operation ${name} runs in each step`] : [],
    ),
    ...Object.keys(written.clocks).map((name) => `the clock ${name} has a step of its own`),
  ];
}

/** Returns a phrase for each type of a model with equations that use the time step, besides the end of the step. */
export function stepReaders(written: Model): readonly string[] {
  const { neurons, synapses } = atBeginOfStep(typedModel(written));
  return [...Object.entries(neurons), ...Object.entries(synapses)].flatMap(([name, type]) =>
    usesStep(type) ? [`equations of ${name} read dt`] : [],
  );
}

/** Checks whether a type uses the time step, apart from derived variables that are never read. */
function usesStep({ derived, ...code }: EquationSet): boolean {
  const names = expressionsIn(code).flatMap((e) => [...namesIn(e)]);
  return readThrough(derived, names).has('dt');
}
