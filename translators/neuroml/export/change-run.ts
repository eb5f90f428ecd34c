/** How long a model runs, and in what steps, where these differ from what its document said. */

import { runLength } from './simulation.js';
import type { Model } from '../../../src/model/model.js';
import type { Changes } from './changes.js';
import { like } from './like.js';

/** Changes length, step and seed; what the document has no words for is noted. */
export function changeRun(changes: Changes): void {
  const { old, wanted, before, tree } = changes;
  if (JSON.stringify(old.experiment) === JSON.stringify(wanted.experiment)) return;
  const { simulation, lems } = { ...before.parts, lems: before.lems };
  const node = simulation ? tree.nodeOf(simulation) : undefined;
  const [run] = simulation?.type.simulation?.runs ?? [];
  if (!node || !run) return changes.lose('/experiment', 'how the model is run, in a document that runs nothing');
  const length = runLength(wanted, (pointer, what) => changes.lose(pointer, what));
  changes.set(node, run.total, like(node.attributes[run.total], length, 's', lems));
  changes.set(node, run.increment, like(node.attributes[run.increment], wanted.experiment.dt, 's', lems));
  if (seedOf(wanted) !== seedOf(old)) changes.set(node, 'seed', seedOf(wanted));
}

const seedOf = ({ experiment }: Model): string => experiment.seed;
