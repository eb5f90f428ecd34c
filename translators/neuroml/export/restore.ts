/**
 * A model that was imported from NeuroML or LEMS, written in the words of the document that it came from: the kept
 * document, with what has changed
 * since. What is kept is a hint: reading the result back must give the very model, except for what is said to be of
 * generated types, else it is written
 * in other words.
 *
 *   1. as kept      the document as it was, long lists of connections by their first element
 *   2. types        cells and synapses with other equations become ones of generated types, under their ids
 *   3. changed      values of parameters, sizes, lists of connections, how long and in what steps
 *   4. parts        populations, projections and inputs that are new are written, those that are gone are left out
 *   5. outputs      what is recorded
 *   6. read back    the result's model hash is the model's, or that of all that is not generated, or there is no result
 */

import { hashModel } from '../../../src/model/hash.js';
import type { Model, ValidModel } from '../../../src/model/model.js';
import type { ConversionReport } from '../../../src/model/conversion-report.js';
import { changeLists } from './change-lists.js';
import { changeOutputs } from './change-outputs.js';
import { changeParts } from './change-parts.js';
import { changeRun } from './change-run.js';
import { Changes, type Loss } from './changes.js';
import { changeTypes } from './change-types.js';
import { changeValues } from './change-values.js';
import type { ExportContext } from './context.js';
import { Dimensions } from './dimensions.js';
import type { Functions } from '../../../src/lang/evaluate.js';
import { keptPartsOf, withOwnValues } from './kept-parts.js';
import { keptSourceOf, runnable } from './kept-document.js';
import { KeptTree } from './kept-tree.js';
import { readBackOf } from './read-back.js';
import { allWanted } from './outputs-wanted.js';
import { textDigest, type Element } from './xml-text.js';

/** A document that says a model. */
export interface Restored {
  /** The root of the document. */
  readonly root: Element;
  /** Whether the model that it stands for has the same hash; else it does the same with values given elsewhere. */
  readonly sameHash: boolean;
  /** Whether protocol, time step and seed are the model's as well. */
  readonly sameExperiment: boolean;
  /** Whether the document runs in the model's timing profile: models of cells with structure have `grid`. */
  readonly sameTiming: boolean;
  /** Parts of the model that generated types stand for. */
  readonly generated: readonly string[];
  /** What is not said. */
  readonly losses: readonly Loss[];
}

/** The document in the words of the author; null where there is none, or it cannot say what the model has become. */
export function restoreDocument(valid: ValidModel, functions: Functions, report: ConversionReport): Restored | null {
  const source = keptSourceOf(valid.model);
  if (!source) return null;
  const tree = new KeptTree(runnable(source, valid.model));
  // Elements of the tree are changed in place.
  const asKept = textDigest(tree.root);
  const before = readBackOf(tree.root);
  if (typeof before === 'string') return null;
  const changes = new Changes(tree, before, valid, functions);
  if (!change(changes, report)) return null;
  const root = tree.root;
  const after = textDigest(root) === asKept ? before : readBackOf(root);
  if (typeof after === 'string') return null;
  const wanted = hashModel(valid.model);
  const sameHash = after.hashes.model === wanted.model;
  if (!sameHash && !sameBut(valid.model, after.valid.model, changes)) return null;
  const asked = allWanted({ model: after.valid.model, data: after.valid.data });
  for (const [key, { owner }] of allWanted({ model: valid.model, data: valid.data }))
    if (!asked.has(key) && changes.losses.every(({ pointer }) => !pointer.startsWith('/recordings')))
      changes.lose('/recordings', `recordings of ${owner.id}`);
  // A document cannot choose its timing profile; whether it has the model's is said elsewhere.
  const experiment = hashModel({
    ...valid.model,
    timing: after.valid.model.timing,
    experiment: after.valid.model.experiment,
  }).experiment;
  const own = hashModel({ ...valid.model, timing: after.valid.model.timing }).experiment;
  const { generated, losses } = changes;
  return {
    root,
    sameHash,
    sameExperiment: experiment === own,
    sameTiming: after.valid.model.timing === valid.model.timing,
    generated: [...new Set(generated)],
    losses,
  };
}

/** Makes the document say the model; false where it cannot. */
function change(changes: Changes, report: ConversionReport): boolean {
  const { valid, wanted, functions, tree } = changes;
  const { data } = valid;
  const dimensions = new Dimensions();
  const context: ExportContext = {
    model: wanted,
    changes: new Map(),
    data,
    functions,
    report,
    dimensions,
    ids: changes.ids,
    dt: wanted.experiment.dt,
  };
  if (!changeTypes(changes, context) || !changeValues(changes) || !changeLists(changes)) return false;
  changeRun(changes);
  const written = changeParts(changes, context);
  if (written === undefined) return false;
  changeOutputs(changes, written);
  const declared = dimensions.declarations.filter(({ tag, attributes }) => {
    const { dimensions: known, units } = changes.before.lems;
    return tag === 'Dimension' ? !known.has(attributes['name'] ?? '') : !units.has(attributes['symbol'] ?? '');
  });
  tree.added.push(...declared, ...changes.added);
  return true;
}

/** Whether two models are the same except for what generated types stand for, and for where values are given. */
function sameBut(wanted: Model, found: Model, changes: Changes): boolean {
  const kept = (model: Model): string => hashModel(withOwnValues(keptPartsOf(model, changes))).model;
  return kept(wanted) === kept(found);
}
