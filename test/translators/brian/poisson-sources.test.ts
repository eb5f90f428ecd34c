/** PyNN's Poisson sources in Brian, where a PoissonGroup cannot be all of what they are. */

import { expect, test } from 'vitest';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';
import { simulate } from '../../support/simulate.js';

const rates = [200, 400, 600];
const everyCell = (count: number, of: (k: number) => number): number[] =>
  Array.from({ length: count }, (_, k) => of(k));

/** A document of 300 sources, what it is in Brian, and spikes by source there. */
async function inBrian(values: object, phases: readonly object[]) {
  const text = JSON.stringify({
    ...{ format: 'interneuron/pynn', version: 1, setup: { timestep: 0.1 } },
    populations: [{ label: 's', size: 300, cell: { type: 'SpikeSourcePoisson', params: values } }],
    recordings: [{ target: 's', variables: ['spikes'] }],
    phases,
  });
  const imported = importModel({ name: 'a.json', text });
  const { files, outcome, report } = await convertModel(imported.valid, 'brian-json');
  const written = files[0]?.text ?? '';
  const { events } = await simulate(written, { engines: [{ target: 'wasm', threads: 1 }] });
  return {
    outcome,
    leftOut: report.filter(({ verdict }) => verdict === 'notExpressible').map(({ code }) => code),
    spikes: events.get('s.spike') ?? [],
  };
}

/** Counts of Poisson processes, five standard deviations wide. */
const near = (count: number, expected: number): void => {
  expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
};

test('sources with rates and times of their own', async () => {
  const values = {
    rate: everyCell(300, (k) => rates[k % 3] ?? 0),
    start: everyCell(300, (k) => (k % 3) * 10),
    duration: 50,
  };
  const { outcome, spikes } = await inBrian(values, [{ run: 100 }]);
  expect(outcome).toBe('approximate');
  for (const k of [0, 1, 2]) {
    const steps = spikes.flatMap(([step, cell]) => (cell % 3 === k ? [step] : []));
    near(steps.length, 100 * (rates[k] ?? 0) * 0.05);
    // 0.1 ms a step: active from start on, for 50 ms.
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(k * 100);
    expect(Math.max(...steps)).toBeLessThan(k * 100 + 500);
  }
});

test('rates and times that are set during the run', async () => {
  const phases = [{ run: 50 }, { set: { target: 's', params: { rate: 600, start: 80 } } }, { run: 50 }];
  const { outcome, spikes } = await inBrian({ rate: 200, start: 10 }, phases);
  expect(outcome).toBe('approximate');
  const inside = (from: number, until: number) => spikes.filter(([step]) => step >= from && step < until).length;
  expect([inside(0, 100), inside(500, 800)]).toEqual([0, 0]);
  near(inside(100, 500), 300 * 200 * 0.04);
  near(inside(800, 1000), 300 * 600 * 0.02);
});

// Half a spike in a step is the most that a PoissonGroup comes near to: 5 kHz in steps of 0.1 ms. Sources that are faster draw
// how many spikes they have, with an event for each, of which there are 40 at most.
test.each([
  ['a formula', { expr: '16*(i + 1)', of: 'i' }, 'approximate'],
  ['a formula', { expr: '200*(i + 1)', of: 'i' }, 'equivalent'],
  ['a number', 1e7, 'incomplete'],
  ['draws', { random: 'normal', params: { mu: 4000, sigma: 100 } }, 'approximate'],
  ['draws', { random: 'normal', params: { mu: 8000, sigma: 100 } }, 'equivalent'],
  ['limits', { random: 'uniform', params: { low: 0, high: 8000 } }, 'equivalent'],
])('how often sources spike is known by %s', async (_, rate, outcome) => {
  for (const times of [{}, { start: 5, duration: 5 }]) {
    const found = await inBrian({ rate, ...times }, [{ run: 1 }]);
    expect(found.outcome).toBe(outcome);
    expect(found.leftOut).toEqual(outcome === 'incomplete' ? ['brian/poisson-group'] : []);
  }
});

test('rates that read a constant which is set between runs', async () => {
  const text = JSON.stringify({
    format: 'interneuron/brian',
    dt: '0.1 ms',
    namespace: { strength: 0 },
    poisson_groups: { P: { N: 300, rates: 'strength*Hz' } },
    spike_monitors: { M: { source: 'P' } },
    run: [{ duration: '100 ms' }, { set: { strength: 500 }, duration: '100 ms' }],
  });
  const imported = importModel({ name: 'a.json', text });
  const { files } = await convertModel(imported.valid, 'brian-json');
  const written = files[0]?.text ?? '';
  expect(importModel({ name: 'b.json', text: written }).hashes.model).toBe(imported.hashes.model);
  const { events } = await simulate(written, { engines: [{ target: 'wasm', threads: 1 }] });
  const spikes = events.get('P.spike') ?? [];
  near(spikes.length, 300 * 500 * 0.1);
});
