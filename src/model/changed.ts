/** What a model changes from outside the equations of its types. */

import { parseStatements } from '../lang/parse.js';
import { writtenBy } from '../lang/walk.js';
import type { Model, SelectionRule } from './model.js';
import { populationsOf } from './selected.js';
import { isPhase, isSelection } from './tagged.js';

/** What phases and operations change, as `population.variable` and `projection.variable`. */
export function changedNames(model: Model): ReadonlySet<string> {
  const phases = model.experiment.protocol.flatMap((phase) => {
    if (isPhase(phase, 'set')) return named(Object.keys(phase.set), phase.of);
    return isPhase(phase, 'initialise') ? named(Object.keys(phase.initialise), phase.of) : [];
  });
  const operations = Object.values(model.operations).flatMap((operation) =>
    named([...writtenBy(operation.do.flatMap((text) => parseStatements(text)))], operation.on),
  );
  return new Set([...phases, ...operations]);
}

/** Variables of a selection with their owners; without a selection they name them, and maybe elements, themselves. */
const named = (keys: readonly string[], of: SelectionRule | undefined): readonly string[] =>
  of === undefined
    ? keys.map((key) => key.replace(/\[[^\]]*\]/, ''))
    : keys.flatMap((key) => ownersOf(of).map((owner) => `${owner}.${key}`));

const ownersOf = (rule: SelectionRule): readonly string[] =>
  isSelection(rule, 'synapses') ? [rule.projection] : populationsOf(rule);
