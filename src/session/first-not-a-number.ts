/** The first step at which a potential is not a number. */

import { endOf, isPhase } from '../model/tagged.js';
import type { RunnableModel } from '../pipeline/read/imported-model.js';
import { openModel } from './open-model.js';

/** A step, from 1, and the first element that is not a number after it. */
export interface FirstNotANumber {
  readonly step: number;
  readonly element: number;
}

/** Parts of a stretch of time that are tried one after the other. */
const parts = 32;

/**
 * Returns the first step after which a variable of a population is not a number, if it stays so; undefined if the
 * model's protocol does more than run, or if another run has numbers.
 */
export async function firstNotANumber(
  imported: RunnableModel,
  owner: string,
  variable: string,
): Promise<FirstNotANumber | undefined> {
  const { protocol, dt } = imported.valid.model.experiment;
  if (!protocol.every((phase) => isPhase(phase, 'run'))) return undefined;
  const steps = Math.round(endOf(protocol) / dt);
  const session = openModel(imported);
  const element = async (): Promise<number> => (await session.read(owner, variable)).findIndex((x) => Number.isNaN(x));
  try {
    let [done, length] = [0, Math.max(1, Math.ceil(steps / parts))];
    while (done < steps) {
      await session.snapshot('before');
      await session.run(Math.min(length, steps - done) * dt);
      const found = await element();
      if (found < 0) done += length;
      else if (length === 1) return { step: done + 1, element: found };
      else {
        await session.restore('before');
        length = Math.max(1, Math.ceil(length / parts));
      }
    }
    return undefined;
  } finally {
    await session.dispose();
  }
}
