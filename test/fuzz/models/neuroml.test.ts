/** Drawn networks of NeuroML: each is valid, follows from its seed, and is the same model in all notations. */

import { expect, it } from 'vitest';
import { importModel } from '../../../src/run/pipeline.js';
import { triesAll } from '../../support/effort.js';
import { compareDocument } from '../differential.js';
import { randomOf } from '../random.js';
import { neuromlModel } from './neuroml.js';

const drawn = (ordinal: number): string => neuromlModel(randomOf(3000 + ordinal));
const ordinals = (count: number): readonly number[] => Array.from({ length: count }, (_, k) => k);

it('are valid, and follow from their seed', () => {
  for (const k of ordinals(triesAll ? 300 : 40)) {
    expect(drawn(k)).toBe(drawn(k));
    expect(() => importModel({ name: 'drawn.xml', text: drawn(k) })).not.toThrow();
  }
});

it('are the same models in all notations, or reports say how they differ', { timeout: 300_000 }, async () => {
  for (const k of ordinals(triesAll ? 24 : 3)) {
    const outcome = await compareDocument('drawn.xml', Buffer.from(drawn(k)));
    expect([k, outcome]).toEqual([k, 'accepted']);
  }
});
