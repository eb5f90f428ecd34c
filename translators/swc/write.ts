/** Writes the shapes of cells, and leaves the rest of a model out. */

import { platform } from '#platform';
import { UsageError } from '../../src/diagnostics/diagnostic.js';
import type { ConversionEntry } from '../../src/model/conversion-report.js';
import { written, type Writer } from '../shared/writing.js';
import { shapesInSwc } from './export.js';

/** Writes a file for each type of cells that has a shape. */
export const shapes: Writer = (valid, { name }) => {
  const { name: base, ext } = platform.paths.parse(name);
  let all: readonly (readonly [string, string])[];
  try {
    all = [...shapesInSwc(valid)];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const message = `${error.message}; ${error.hint ?? ''}`;
    const entry = { verdict: 'notExpressible', code: 'swc/not-expressible', pointer: '/neurons', message } as const;
    return Promise.resolve(written([], { report: [entry] }));
  }
  const files = all.map(([type, text], k) => ({ name: k === 0 ? name : `${base}_${type}${ext}`, text }));
  return Promise.resolve(written(files, { report: all.flatMap(([type, text]) => entriesOf(type, text)) }));
};

function entriesOf(type: string, text: string): readonly ConversionEntry[] {
  const pointer = `/neurons/${type}`;
  // Comments within a file state the properties that its points lack.
  const remarks = text.split('\n').flatMap((line) => /^# (\S+ begins .*)$/.exec(line)?.[1] ?? []);
  return [
    {
      verdict: remarks.length === 0 ? 'exact' : 'different',
      code: 'swc/shape',
      pointer: `${pointer}/compartments`,
      message: remarks.length === 0 ? 'points of its sections' : remarks.join('; '),
    },
    {
      verdict: 'notExpressible',
      code: 'swc/not-expressible',
      pointer,
      message: 'everything but shape: divisions, membranes, mechanisms, inputs and the network',
    },
  ];
}
