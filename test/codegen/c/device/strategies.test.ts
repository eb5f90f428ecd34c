/**
 * Strategies by which devices distribute spikes over work-items: the choice of one, and that no bit of a result depends
 * on it.
 */

import { describe, expect, test } from 'vitest';
import { openclTargetWith } from '../../../../runtime/targets/opencl/target.js';
import { referenceTarget } from '../../../../runtime/targets/reference/target.js';
import { generateCuda } from '../../../../src/codegen/c/device/generate.js';
import { costsOf, spanOf, strategyNames, wayOf } from '../../../../src/codegen/schedule/strategies.js';
import type { PropagateKernel } from '../../../../src/ir/program.js';
import { readStrategy } from '../../../../src/pipeline/read-strategy.js';
import { documentsIn, loadDocument } from '../../../fixtures/documents.js';
import { fingerprintOf } from '../../../fixtures/fingerprint.js';
import { hasOpencl, reason } from '../../../runtime/targets/opencl/devices.js';
import { cuba, delays } from '../../../runtime/targets/wasm/programs.js';
import { canShim, shimTarget } from '../../../support/cuda-shim/target.js';
import { someOf } from '../../../support/effort.js';
import { twoPopulations } from '../../../support/two-populations.js';
import { differences, results } from '../../wasm/compare.js';
import '../../../../translators/brian/road.js';

const kernel = (
  rows: number,
  columns: number,
  synapses: number,
  order: PropagateKernel['order'] = { kind: 'any' },
): PropagateKernel => ({
  shape: 'propagate',
  name: 'deliver',
  comment: '',
  event: 'spike',
  elements: { begin: 0, end: rows },
  delays: { first: 1, last: columns },
  segments: 'segments',
  synapses,
  order,
  locals: [],
  body: [],
});
const dt = 0.0001;
const alone = (of: PropagateKernel, choice: Parameters<typeof wayOf>[1]): string =>
  wayOf(of, choice, of.synapses ?? 0, dt);

describe('the cost model', () => {
  test.each([
    ['one synapse for each source', kernel(100_000, 1, 100_000), 'postsynaptic'],
    ['one synapse for each of very many sources', kernel(10_000_000, 1, 10_000_000), 'presynaptic'],
    ['rows of a thousand synapses', kernel(10_000, 1, 10_000_000), 'postsynaptic'],
    ['rows of four synapses for each of 64 delays, from many sources', kernel(400_000, 64, 100_000_000), 'flat'],
  ])('for %s', (_, of, expected) => {
    expect(alone(of, 'atomic')).toBe(expected);
  });

  test('is the basis of the choice: no other strategy is cheaper', () => {
    for (const rows of [10, 1000, 100_000]) {
      for (const length of [1, 10, 100, 1000]) {
        const of = kernel(rows, 8, rows * length);
        const costs = costsOf(spanOf(of, rows * length, dt));
        expect(costs[alone(of, 'atomic') as keyof typeof costs]).toBe(Math.min(...Object.values(costs)));
      }
    }
  });

  test('counts with the share of the device that a projection has among others', () => {
    const of = kernel(1000, 64, 1_000_000);
    expect(spanOf(of, 1_000_000, dt).teams).toBe(10 * spanOf(of, 10_000_000, dt).teams + 8);
  });

  test('is skipped if the order of synapses leaves no choice, or a strategy is given', () => {
    for (const choice of ['atomic', 'split', ...strategyNames] as const) {
      expect(alone(kernel(10, 1, 100, { kind: 'byRow' }), choice)).toBe('rows');
      expect(alone(kernel(10, 1, 100, { kind: 'sequential' }), choice)).toBe('sequential');
    }
    for (const name of strategyNames)
      expect(alone(kernel(10, 1, 100, { kind: 'byTarget', targets: 't', targetCount: 5 }), name)).toBe(name);
    // Without ranges of targets to go by, as the model has it.
    expect(alone(kernel(10_000, 1, 10_000_000), 'targets')).toBe('postsynaptic');
  });

  test('unknown names are refused with the known ones', () => {
    expect(readStrategy('auto')).toBeUndefined();
    for (const name of strategyNames)
      expect(() => readStrategy('postsynaptik')).toThrow(new RegExp(`no strategy postsynaptik: it is .*\\b${name}\\b`));
  });

  test('and the source names the chosen strategy', () => {
    const { source, notes } = generateCuda(twoPopulations, 'flat');
    expect(source).toContain('/* strategy: flat */');
    expect(notes).toEqual(['spikes are spread by the strategy flat: ab.deliver']);
  });
});

/** Returns a function that calls `make` once and keeps its result. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const networks = [
  { network: 'two populations', program: twoPopulations, steps: 40 },
  { network: 'one delay', program: cuba({ size: 300, rowLength: 10, delay: 3, lanes: true }), steps: 100 },
  { network: 'four delays, any order', program: delays('any'), steps: 40 },
  { network: 'four delays, by target', program: delays('byTarget'), steps: 40 },
];

const tried = someOf(strategyNames, 2, 'strategies');

describe.skipIf(!canShim)(
  `executed by fibres each gives the bits of the reference${canShim ? '' : ' (skipped: there is no g++)'}`,
  () => {
    describe.each(tried)('%s', (targets) => {
      test.each(networks)('$network', async ({ program, steps }) => {
        const expected = await results(referenceTarget, program, steps, 1);
        for (const sizes of [
          { group: 64, team: 32, groups: 3 },
          { group: 32, team: 1, groups: 2 },
        ])
          expect(
            differences(await results(shimTarget({ targets, sizes, seed: 3 }), program, steps, 1), expected),
          ).toEqual([]);
      });
    });
  },
);

/** Each is lowered once, for all strategies. */
const documents = documentsIn('fixtures/brian')
  .filter(({ path }) => /\/(?:vogels-abbott-cuba|heterogeneous-delays|song-abbott-stdp|brunel-2000)\./.test(path))
  .map((document) => ({ name: document.path, document, load: once(() => loadDocument(document, 'float64')) }));

describe.skipIf(!hasOpencl)(`on an OpenCL device each gives the golden fingerprint${reason}`, () => {
  describe.each(tried)('%s', (targets) => {
    test.each(someOf(documents, 3, 'documents'))('$name', async ({ document, load }) => {
      const { program, protocol } = load();
      const target = openclTargetWith({ targets, sizes: { group: 64, team: 8, groups: 3 }, plain: true });
      const found = await fingerprintOf({ name: targets, target, threads: 1 }, program, protocol);
      expect(found).toBe(document.golden?.float64);
    });
  });
});
