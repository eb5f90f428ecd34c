/** Cells that divide by zero run nowhere: conversions to Brian and LEMS say so, with the population. */

import { expect, it } from 'vitest';
import { convertModel } from '../../src/run/convert.js';
import { importModel } from '../../src/run/pipeline.js';

const pynn = (params: object): string =>
  JSON.stringify({
    format: 'interneuron/pynn',
    populations: [{ label: 'cells', size: 3, cell: { type: 'IF_curr_exp', params } }],
    phases: [{ run: 10 }],
  });
const guarded = `
interneuron: 1
name: guarded
neurons: { cell: { parameters: { tau: 0 ms }, state: { v: 1 mV }, derivatives: { v: "-v/tau if tau > 0*ms else 0*V/s" } } }
populations: { cells: { type: cell, size: 2 } }
experiment: { duration: 1 ms }`;

it.each<[string, string, readonly string[]]>([
  ['all cells', pynn({ cm: 0 }), ['/populations/cells cells in which the divisor cm is zero: no simulator runs them']],
  [
    'one of the cells',
    pynn({ cm: [1, 0, 1] }),
    ['/populations/cells cells in which the divisor cm is zero: no simulator runs them'],
  ],
  ['a choice that is not taken', guarded, []],
])('a divisor that is zero in %s', async (_, text, expected) => {
  const { valid } = importModel({ name: 'model', text });
  for (const to of ['brian-json', 'lems'] as const) {
    const { report } = await convertModel(valid, to);
    const found = report.filter(({ code }) => code?.endsWith('/division-by-zero'));
    expect(found.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual(expected);
  }
});
