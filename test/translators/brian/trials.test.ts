/** Trials in Brian: a protocol that goes back to the start, and what changes from one trial to the next. */

import { expect, test } from 'vitest';
import { checkConversion } from '../../../src/run/check/check-conversion.js';
import { convertModel, type ConvertedModel } from '../../../src/run/convert.js';
import type { ValidModel } from '../../../src/model/model.js';
import { importModel } from '../../../src/run/pipeline.js';

// Cells without a refractory period, whose steps Brian counts otherwise than PyNN.
const model = (phases: readonly object[], { more = {}, source = {} } = {}) =>
  importModel({
    name: 'model.json',
    text: JSON.stringify({
      format: 'interneuron/pynn',
      setup: { timestep: 0.1 },
      rngs: { r: { type: 'NumpyRNG', seed: 5 } },
      populations: [{ label: 'cells', size: 6, cell: { type: 'IF_curr_exp', params: { tau_refrac: 0 } } }],
      views: [{ label: 'drawn', of: 'cells', select: { sample: 3, rng: 'r' } }],
      current_sources: [
        {
          label: 'dc',
          type: 'DCSource',
          params: { amplitude: 0.9, start: 5, stop: 90 },
          inject_into: ['cells'],
          ...source,
        },
      ],
      recordings: [{ target: 'cells', variables: ['spikes', 'v'] }],
      ...more,
      phases,
    }),
  }).valid;

const amplitude = (value: number): object => ({ set_source: { target: 'dc', params: { amplitude: value } } });

/** Codes of what a report calls approximated. */
const approximated = (report: ConvertedModel['report']): readonly string[] =>
  report.flatMap(({ verdict, code }) => (verdict === 'approximated' ? [code] : []));

async function expectSameSpikes(valid: ValidModel, least: number): Promise<void> {
  const { matched, spikes } = await checkConversion(valid, 'brian-json');
  expect(matched).toBeGreaterThan(least);
  expect(spikes).toEqual([matched, matched]);
}

test('amplitudes of a current are a parameter, which resets leave as it is', async () => {
  const valid = model([
    { run: 100 },
    { reset: {} },
    amplitude(1.2),
    { run: 60 },
    amplitude(1.6),
    { run: 40 },
    { reset: {} },
    { run: 50 },
    { reset: {} },
  ]);
  const { files } = await convertModel(valid, 'brian');
  // A last reset, after which nothing runs, is left away.
  expect(files[0]?.text).toContain(
    `store("start")
run(100 * ms)
segments.append(recorded())
restore("start")
cells.dc = 1.2 * nA
store("start")
run(60 * ms)
cells.dc = 1.6 * nA
run(40 * ms)
segments.append(recorded())
kept = [cells.get_states(["dc"])]
restore("start")
cells.set_states(kept[0])
run(50 * ms)
segments.append(recorded())`,
  );
  await expectSameSpikes(valid, 20);
});

test('a state that is kept for nothing, and a last reset, are in no way of any notation', async () => {
  const { valid } = importModel({
    name: 'model.yaml',
    text: `interneuron: 1
neurons: { cell: { state: { v: 0 }, derivatives: { v: 1/(5*ms) }, method: euler, events: { spike: { when: v > 1, do: v = 0 } } } }
populations: { p: { type: cell, size: 2 } }
record: [{ of: p, events: spike }]
timing: lems-euler
experiment: { dt: 0.1 ms, protocol: [{ store: a }, { run: 10 ms }, { reset: true }] }`,
  });
  for (const to of ['brian', 'pynn', 'lems'] as const) {
    const { report } = await convertModel(valid, to);
    expect(report.filter(({ pointer, verdict }) => verdict !== 'exact' && pointer.includes('protocol'))).toEqual([]);
  }
});

test('a recorded current is a variable; those that all cells share come first', async () => {
  const noise = { label: 'noise', type: 'NoisyCurrentSource', params: { mean: 0.5, stdev: 0.1, dt: 0.1 } };
  const dc = {
    label: 'dc',
    type: 'DCSource',
    params: { amplitude: 0.9, start: 5 },
    inject_into: ['drawn'],
    record: true,
  };
  const valid = model([{ run: 10 }, { reset: {} }, amplitude(1.2), { run: 10 }], {
    more: { current_sources: [dc, { ...noise, inject_into: ['cells'] }] },
  });
  const { files, report } = await convertModel(valid, 'brian');
  expect(approximated(report)).toEqual(['convention/refractory']);
  const script = files[0]?.text ?? '';
  expect(script).toMatch(
    /^ {4}dc_value : amp \(constant, shared\)\n {4}noise = .* : amp \(shared, constant over dt\)\n {4}dc = /m,
  );
  expect(script).toMatch(/^dc = StateMonitor\(cells, "dc", record=\[\d, \d, \d\]\)$/m);
});

test('what is set of cells that are drawn goes to those that the model draws, in later trials too', async () => {
  const valid = model([
    { run: 50 },
    { reset: {} },
    { initialize: { target: 'drawn', values: { v: -52 } } },
    { set: { target: 'drawn', params: { tau_m: 15 } } },
    { run: 20 },
    { reset: {} },
    { run: 50 },
  ]);
  const { files, report } = await convertModel(valid, 'brian');
  expect(approximated(report)).toEqual(['convention/refractory']);
  expect(files[0]?.text).toMatch(
    /^cells\.v\[\[\d, \d, \d\]\] = -52 \* mV\ncells\.tau_m\[\[\d, \d, \d\]\] = 15 \* ms\nstore/m,
  );
  await expectSameSpikes(valid, 6);
});
