/**
 * A model that was imported from NeuroML or LEMS, written in the words of the document that it came from: the kept document, with what has changed
 * since. What is kept is a hint: reading the result back must give the very model, else it is written in other words.
 *
 *   1. as kept      the document as it was, long lists of connections by their first element
 *   2. compared     with the model, part by part; whatever differs has to have an attribute or a list that says it
 *   3. changed      values of parameters, sizes, lists of connections, how long and in what steps
 *   4. read back    the result's model hash is the model's, or there is no result
 */

import type { EquationSet, Model, ValidModel, Value } from '../../../src/model/model.js';
import { hashModel } from '../../../src/model/hash.js';
import { keptSourceOf } from './kept-document.js';
import { KeptTree } from './kept-tree.js';
import { readBack } from './read-back.js';
import { Changes } from './changes.js';
import { changeLists } from './change-lists.js';
import { changeValues } from './change-values.js';
import { changeRun } from './change-run.js';

/** A document that says a model. */
export interface Restored {
  readonly text: string;
  /** Whether the model that it stands for has the same hash; else it does the same with values given elsewhere. */
  readonly sameHash: boolean;
  /** Whether protocol, time step and seed are the model's as well. */
  readonly sameExperiment: boolean;
}

/** The document in the words of the author; null where there is none, or it cannot say what the model has become. */
export function restoreDocument(valid: ValidModel): Restored | null {
  const source = keptSourceOf(valid.model);
  if (!source) return null;
  const wanted = hashModel(valid.model);
  const tree = new KeptTree(source);
  const first = tree.text;
  const before = readBack(first);
  if (typeof before === 'string') return null;
  const changes = new Changes(tree, before, valid);
  const whole = changeValues(changes) && changeLists(changes) && changeRun(changes);
  if (!whole) return null;
  const text = tree.text;
  const after = text === first ? before : readBack(text);
  if (typeof after === 'string') return null;
  const sameHash = after.hashes.model === wanted.model;
  if (!sameHash && hashModel(withOwnValues(valid.model)).model !== hashModel(withOwnValues(after.valid.model)).model) return null;
  // LEMS has one way to step; whether the model has another is said elsewhere.
  const experiment = hashModel({ ...valid.model, timing: after.valid.model.timing, experiment: after.valid.model.experiment }).experiment;
  const own = hashModel({ ...valid.model, timing: after.valid.model.timing }).experiment;
  return { text, sameHash, sameExperiment: experiment === own };
}

/**
 * A model in which populations and projections give all numbers themselves, and types none: NeuroML knows no values of types, so that the reader
 * makes those of the first component the type's.
 */
function withOwnValues(model: Model): Model {
  const numbers = (type: EquationSet | undefined): Record<string, Value> =>
    Object.fromEntries(
      Object.entries(type?.parameters ?? {}).flatMap(([name, { value }]) => (typeof value === 'number' ? [[name, value]] : [])),
    );
  const given = <T extends { readonly values: Readonly<Record<string, Value>> }>(owner: T, type: EquationSet | undefined): T => ({
    ...owner,
    values: Object.fromEntries(Object.entries({ ...numbers(type), ...owner.values }).sort(([a], [b]) => (a < b ? -1 : 1))),
  });
  const bare = <T extends EquationSet>(types: Readonly<Record<string, T>>): Record<string, T> =>
    mapped(types, (type) => ({
      ...type,
      parameters: mapped(type.parameters, (one) => (typeof one.value === 'number' ? { ...one, value: 0 } : one)),
    }));
  return {
    ...model,
    neurons: bare(model.neurons),
    synapses: bare(model.synapses),
    populations: mapped(model.populations, (one) => (one.type === undefined ? one : given(one, model.neurons[one.type]))),
    projections: mapped(model.projections, (one) => given(one, model.synapses[one.synapse])),
  };
}

const mapped = <T>(map: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
