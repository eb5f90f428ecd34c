/** How many spikes Poisson sources of LEMS may have, where these have turns. */

import { NoNumber } from '../../../src/lang/evaluate.js';
import { drawsInRun, spikesEnough } from '../../../src/library/poisson-counts.js';
import type { NeuronType, Population } from '../../../src/model/model.js';
import type { ExportContext } from './context.js';
import { cellNames } from './network-values.js';
import { mostPlaces } from './queue.js';
import { coreName } from './standard-cell.js';
import { ElementValues } from './values.js';

type SourceContext = Pick<ExportContext, 'model' | 'data' | 'dt' | 'functions' | 'exactly'>;

/** Whether sources of a type have turns: where the same function matters more than NeuroML's own source. */
const hasTurns = (type: NeuronType, { model, exactly }: SourceContext): boolean =>
  exactly === true && model.timing !== 'lems-euler' && coreName(type) === 'SpikeSourcePoisson';

/** The largest rate of some sources, in Hz; zero where it is not known, which is said elsewhere. */
function largestRate(type: NeuronType, { values, size }: Population, context: SourceContext): number {
  try {
    const rates = new ElementValues(type, values, size, context, cellNames(size, context.dt)).of('rate');
    return typeof rates === 'number' ? rates : rates.reduce((most, one) => Math.max(most, one), 0);
  } catch (error) {
    if (!(error instanceof NoNumber)) throw error;
    return 0;
  }
}

/**
 * The most spikes of a Poisson source in some steps, where it may have several in one; infinite where they are too many;
 * undefined for other cells.
 */
export function mostOfSource(name: string, steps: number, context: SourceContext): number | undefined {
  const population = context.model.populations[name];
  const type = context.model.neurons[population?.type ?? ''];
  if (!population || !type || !hasTurns(type, context)) return undefined;
  const draws = drawsInRun(population.size, context.model);
  return spikesEnough(largestRate(type, population, context) * context.dt * steps, draws, mostPlaces)?.most ?? Infinity;
}
