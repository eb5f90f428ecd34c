/** Work on synapses in pieces: each synapse once, with its row, however long rows are. */

import { expect, test } from 'vitest';
import * as ir from '../../../src/ir/builder.js';
import { overPositions } from '../../../src/lower/plan/positions.js';
import { built, left, numbers } from '../synapses/building.js';

test.each([
  ['short rows', numbers(500, 4, 3)],
  ['long rows', Uint32Array.of(1000, 0, 0, 700, 1)],
  ['empty rows at both ends', Uint32Array.of(0, 0, 64, 0, 64, 0, 0)],
  ['no synapses', Uint32Array.of(0, 0, 0)],
  ['one row', Uint32Array.of(200)],
])('%s', async (_, sizes) => {
  const rows = new Uint32Array(sizes.length + 1);
  sizes.forEach((size, k) => (rows[k + 1] = rows[k]! + size));
  const count = rows.at(-1)!;
  for (const isCounted of [false, true]) {
    const made = built((context) => {
      const { builder } = context;
      const offsets = builder.buffer('rows', 'u32', rows.length, 'rows', { initial: rows });
      const times = builder.buffer('times', 'u32', count + 1, 'times');
      const of = builder.buffer('of', 'u32', count + 1, 'of');
      const stored = {
        name: 'p',
        count: isCounted ? { buffer: 'rows', index: sizes.length } : count,
        rows: offsets,
        sources: sizes.length,
      };
      const kernel = overPositions('each', 'each', stored, context, (position, row, block) =>
        block.emit(ir.accumulate(times, position, ir.u32(1)), ir.store(of, position, row)),
      );
      builder.initially(kernel);
    });
    const [times, of] = await left(made, 'times', 'of');
    expect(times).toEqual([...Array<number>(count).fill(1), 0]);
    expect(of!.slice(0, count)).toEqual(Array.from(sizes).flatMap((size, row) => Array<number>(size).fill(row)));
  }
});
