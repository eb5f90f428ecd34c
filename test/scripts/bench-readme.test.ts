/** Tables of pages of bench: they stand for the results that were measured, and misses are marked. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { pages, withSpeedTables } from '../../bench/readme.js';
import { speedTables } from '../../bench/speed-tables.js';
import { root } from '../support/import-graph.js';

it.each(pages)('$file shows tables of bench/results (npx tsx bench/readme.ts writes them)', ({ file, shows }) => {
  const page = readFileSync(path.join(root, 'bench', file), 'utf8');
  expect(withSpeedTables(page, path.join(root, 'bench/results'), shows)).toBe(page);
});

it('compares medians in each round and marks aims that were missed', () => {
  const table = speedTables({
    machine: 'example',
    processor: 'two cores',
    load: [0, 1],
    date: '2026-11-27',
    versions: ['peer 1.0'],
    comparisons: [
      {
        network: 'pair',
        measure: 'run phase',
        modelSeconds: 2,
        peer: 'peer',
        peerSeconds: [1, 2, 4],
        ours: {
          c: { seconds: [0.5, 0.5, 2], before: [], aim: 0.5 },
          wasm: { seconds: [1, 2, 2], before: [0.5, 1.6, 1], aim: 0.9 },
        },
      },
    ],
  });
  // Ratios by round are 0.5, 0.25, 0.5 on c and 1, 1, 0.5 on wasm; to the version before 2, 1.25, 2 on wasm.
  expect(table).toContain('| pair, 2 s | run phase | peer | 2.00 | c | 0.500 | 0.50 (0.25 to 0.50) | 0.5 | – |');
  expect(table).toContain(
    '| pair, 2 s | run phase | peer | 2.00 | wasm | 2.00 | 1.00 (0.50 to 1.00) | 0.9: **missed** | 2.00 (1.25 to 2.00): **slower** |',
  );
});
