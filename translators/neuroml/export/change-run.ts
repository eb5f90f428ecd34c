/** How long a model runs, in what steps, and what is recorded, where these differ from what its document said. */

import type { Model } from '../../../src/model/model.js';
import type { Changes } from './changes.js';
import { like } from './like.js';

/** @returns whether all that differs could be said */
export function changeRun(changes: Changes): boolean {
  const { old, wanted, before, tree } = changes;
  const { simulation } = before.parts;
  const same = (part: (model: Model) => unknown): boolean => JSON.stringify(part(old)) === JSON.stringify(part(wanted));
  if (same(({ experiment }) => experiment) && same(({ recordings }) => recordings) && same(outputFiles)) return true;
  const node = simulation ? tree.nodeOf(simulation) : undefined;
  const [run] = simulation?.type.simulation?.runs ?? [];
  if (!node || !run) return false;
  const length = lengthOf(wanted);
  if (length === undefined || !same(({ recordings }) => recordings) || !same(outputFiles)) return false;
  const { lems } = before;
  const texts: readonly (readonly [string, string])[] = [
    [run.total, like(node.attributes[run.total], length, 's', lems)],
    [run.increment, like(node.attributes[run.increment], wanted.experiment.dt, 's', lems)],
    ...(wanted.experiment.seed === old.experiment.seed ? [] : [['seed', wanted.experiment.seed] as const]),
  ];
  return texts.every(([attribute, text]) => changes.set(node, attribute, text));
}

const outputFiles = ({ annotations }: Model): unknown => annotations['outputFiles'];

/** Seconds of a protocol that only runs. */
function lengthOf({ experiment }: Pick<Model, 'experiment'>): number | undefined {
  const [phase, ...more] = experiment.protocol;
  return phase && 'run' in phase && more.length === 0 ? phase.run : undefined;
}
