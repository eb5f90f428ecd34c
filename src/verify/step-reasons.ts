/** Parts of models for which the time step has a meaning, so that small steps have no limit. */

import { namesIn } from '../lang/walk.js';
import { atBeginOfStep } from '../model/end-of-step.js';
import type { Model } from '../model/model.js';
import { expressionsIn, type EquationSet } from '../model/typed.js';
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

/** Returns a phrase for each type of a model with equations that use the time step, besides the end of the step. */
export function stepReaders(written: Model): readonly string[] {
  const { neurons, synapses } = atBeginOfStep(typedModel(written));
  return [...Object.entries(neurons), ...Object.entries(synapses)].flatMap(([name, type]) =>
    usedIn(type).has('dt') ? [`equations of ${name} read dt`] : [],
  );
}

/** Returns the names that a type uses, without derived variables that are never read. */
function usedIn({ derived, ...code }: EquationSet): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...expressionsIn(code)];
  for (const e of open)
    for (const name of namesIn(e)) {
      const value = found.has(name) ? undefined : derived[name]?.value;
      if (value) open.push(value);
      found.add(name);
    }
  return found;
}
