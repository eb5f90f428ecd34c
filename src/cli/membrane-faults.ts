/** Membranes that end as NaN: the run is kept, and its command fails. */

import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { ImportedModel } from '../pipeline/read/imported-model.js';
import { messages } from '../pipeline/messages.js';
import type { RunResult } from '../pipeline/run-options.js';
import { firstNotANumber } from '../session/first-not-a-number.js';

/** Returns an error for each population with a membrane that is NaN at the end; the first names its step and cell. */
export async function membraneFaults(
  imported: ImportedModel,
  { notNumbers, record }: Pick<RunResult, 'notNumbers' | 'record'>,
): Promise<readonly Diagnostic[]> {
  const { model } = imported.valid;
  const membranes = notNumbers.filter(({ owner, variable, count }) => {
    const type = model.neurons[model.populations[owner]?.type ?? ''];
    return count > 0 && (type?.compartments ? variable === 'v' : type?.state[variable]?.unit === 'V');
  });
  const [first] = membranes;
  if (!first || record.outcome !== 'complete') return [];
  const { dt } = model.experiment;
  const begin = await firstNotANumber(imported, first.owner, first.variable);
  return membranes.map(({ owner, variable, count, elements }) => ({
    severity: 'error',
    ...messages.membraneFault({ owner, variable, count, elements, dt }, owner === first.owner ? begin : undefined),
  }));
}
