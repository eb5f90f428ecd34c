/** How many work-items a launch has. */

import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/codegen/schedule/launches.js';
import type { Geometry } from '../../../src/codegen/schedule/launches.js';

const card = { group: 256, team: 128, groups: 40 };
const processor = { group: 128, team: 1, groups: 2 };
const cell = { buffer: 'count', index: 0 };

test.each<[Geometry, { global: number; local: number }, { global: number; local: number }]>([
  [
    { kind: 'items', items: 1000 },
    { global: 1024, local: 256 },
    { global: 1024, local: 128 },
  ],
  [
    { kind: 'items', items: 0 },
    { global: 0, local: 256 },
    { global: 0, local: 128 },
  ],
  // The cell has 300 now; the kernel itself strides over its later value.
  [
    { kind: 'counted', count: cell },
    { global: 512, local: 256 },
    { global: 384, local: 128 },
  ],
  // As many groups as run at once, or as there can be spikes for.
  [
    { kind: 'spikes', most: 100_000 },
    { global: 10_240, local: 256 },
    { global: 256, local: 128 },
  ],
  [
    { kind: 'spikes', most: 3 },
    { global: 256, local: 256 },
    { global: 128, local: 128 },
  ],
  [
    { kind: 'teams', most: 10 },
    { global: 1280, local: 128 },
    { global: 2, local: 1 },
  ],
  [
    { kind: 'workers', most: 1000 },
    { global: 1024, local: 128 },
    { global: 2, local: 1 },
  ],
  [
    { kind: 'ownTeams', items: 100 },
    { global: 12_800, local: 128 },
    { global: 100, local: 1 },
  ],
  [{ kind: 'team' }, { global: 128, local: 128 }, { global: 1, local: 1 }],
  [{ kind: 'one' }, { global: 1, local: 1 }, { global: 1, local: 1 }],
])('%j', (geometry, onCard, onProcessor) => {
  expect(sizeOf(geometry, card, () => 300)).toEqual(onCard);
  expect(sizeOf(geometry, processor, () => 300)).toEqual(onProcessor);
});
