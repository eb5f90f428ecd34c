/** Runs before each test file: registers the notations that it reaches by imports. */

import { relative } from 'node:path';
import { expect, inject } from 'vitest';
import { registerRoads, type Roads } from '../../src/pipeline/roads.js';
import { root } from './import-graph.js';

/** Loads the road of each notation. */
const roads: Readonly<Record<string, () => Promise<Roads>>> = {
  brian: () => import('../../translators/brian/road.js'),
  neuroml: () => import('../../translators/neuroml/road.js'),
  nestml: () => import('../../translators/nestml/road.js'),
  nir: () => import('../../translators/nir/road.js'),
  nmodl: () => import('../../translators/nmodl/road.js'),
  pynn: () => import('../../translators/pynn/road.js'),
  sonata: () => import('../../translators/sonata/road.js'),
  swc: () => import('../../translators/swc/road.js'),
};

const file = relative(root, expect.getState().testPath ?? '');
const reached = inject('roads')[file] ?? [];
const loaded = await Promise.all(
  reached.map(async (name): Promise<Roads> => {
    const { [name as keyof Roads]: road } = (await roads[name]?.()) ?? {};
    return { [name]: road };
  }),
);
registerRoads(Object.assign({}, ...loaded) as Roads);
