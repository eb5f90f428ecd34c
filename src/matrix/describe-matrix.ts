/** A matrix of environments as sections that people read. */

import { formatCount } from '../diagnostics/quantities.js';
import type { ModelDescription } from '../present/describe/description.js';
import type { MatrixPair, MatrixRun, ModelMatrix } from './matrix.js';

/** Returns a section for each model: its runs, a triangle of verdicts, and sentences about differences. */
export const describeMatrix = (title: string, matrices: readonly ModelMatrix[]): ModelDescription => ({
  title,
  sections: matrices.map((matrix) => {
    const { model, runs, seconds, dt } = matrix;
    const steps = `${Number((seconds * 1e3).toPrecision(8))} ms in steps of ${Number((dt * 1e3).toPrecision(8))} ms`;
    return {
      title: `${model}: ${steps}`,
      parts: [
        {
          kind: 'table',
          columns: ['', 'environment', 'spikes', ...runs.slice(0, -1).map((_, k) => `as ${k + 1}`)],
          rows: runs.map((run, k) => [
            String(k + 1),
            run.environment.name,
            spikesText(run),
            ...runs.slice(0, -1).map((_, column) => cellOf(matrix.pairs, column, k)),
          ]),
        },
        ...sentences(matrix).map((text) => ({ kind: 'text', text }) as const),
      ],
    };
  }),
});

const spikesText = ({ spikes, lack = 'failed' }: MatrixRun): string =>
  spikes === undefined
    ? lack
    : formatCount(Object.values(spikes).reduce((all, trains) => all + trains.flat().length, 0));

/** Returns the verdict on two runs if all spikes agree, else how many do; empty in the other triangle. */
function cellOf(pairs: readonly MatrixPair[], first: number, second: number): string {
  const pair = pairs.find(({ between }) => between[0] === first && between[1] === second);
  if (pair === undefined) return '';
  const { matched, spikes, verdict } = pair;
  return matched === spikes ? verdict : `${formatCount(matched)} of ${formatCount(spikes)}`;
}

/** Returns reasons of failures, causes of differences, and verdicts in the limit of small steps. */
const sentences = ({ runs, pairs }: ModelMatrix): readonly string[] => [
  ...runs.flatMap(({ ran, spikes }, k) =>
    ran === 'script' && spikes !== undefined ? [`${k + 1} records ${Object.keys(spikes).join(', ')}`] : [],
  ),
  ...runs.flatMap(({ failure, lack }, k) =>
    failure === undefined ? [] : [`${k + 1}${lack === undefined ? ' failed' : ''}: ${failure}`],
  ),
  ...pairs.flatMap(({ between: [first, second], because }) =>
    because === undefined ? [] : [`${second + 1} differs from ${first + 1} by ${because}`],
  ),
  ...runs.flatMap(({ limit }, k) => (limit === undefined ? [] : [`${k + 1} and 1: ${limit}`])),
];
