/** Conventions of a step: a sentence for each feature of a model about which two timing profiles differ. */

import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { wholeStepsOf } from '../../src/library/accumulated-time.js';
import { conventions } from '../../src/library/conventions.js';
import type { TimingProfile } from '../../src/model/model.js';
import { importModel } from '../../src/pipeline/pipeline.js';
import '../../translators/brian/road.js';

/** Codes of the conventions that differ for a model, with the part that each is about. */
function stated(from: TimingProfile, to: TimingProfile, parts: object = {}): readonly string[] {
  const text = stringify({
    interneuron: 1,
    timing: from,
    neurons: {
      cell: {
        state: { v: { unit: 'mV' }, g: { unit: 'mV' } },
        derivatives: { v: '(g - v)/(10*ms)', g: '-g/(5*ms)' },
        events: { spike: { when: 'v > 10*mV', do: ['v = 0*mV'] } },
      },
    },
    populations: { a: { type: 'cell', size: 2 } },
    experiment: { dt: '0.1 ms', duration: '10 ms' },
    ...parts,
  });
  return conventions(importModel({ name: 'model.yaml', text }).valid, to).map(
    ({ code, pointer }) => `${code.replace('convention/', '')} ${pointer}`,
  );
}

const jump = (to: string, delay: string, more: object = {}): object => ({
  synapses: {
    s: { pathways: { pre: { on: 'pre.spike', delay, do: ['port += 1*mV'] } }, ports: { port: 'mV' }, ...more },
  },
  projections: { p: { from: 'a', to: 'a', synapse: 's', receptor: to, connect: 'all' } },
});

describe('conventions that differ', () => {
  test('are absent for the own timing', () => {
    for (const timing of ['brian', 'grid', 'lems-euler'] as const)
      expect(stated(timing, timing, jump('v', '0.1 ms'))).toEqual([]);
  });

  test('are the labels of spikes between Brian and others', () => {
    expect(stated('brian', 'grid')).toEqual(['label /timing']);
    expect(stated('grid', 'brian')).toEqual(['label /timing']);
    expect(stated('brian', 'lems-euler')).toEqual(['label /timing']);
    expect(stated('grid', 'lems-euler')).toEqual([]);
  });

  test('concern spikes that change the variables of a threshold', () => {
    expect(stated('brian', 'grid', jump('v', '1 ms'))).toContain('delivery /projections/p');
    expect(stated('brian', 'lems-euler', jump('v', '1 ms'))).toContain('delivery /projections/p');
    expect(stated('grid', 'lems-euler', jump('v', '1 ms'))).not.toContain('delivery /projections/p');
    expect(stated('brian', 'grid', jump('g', '1 ms'))).not.toContain('delivery /projections/p');
  });

  test('concern events that read derived variables', () => {
    const cell = {
      state: { v: { unit: 'mV' } },
      derived: { u: 'v - 5*mV' },
      derivatives: { v: '-v/(10*ms)' },
      events: { spike: { when: 'u > 10*mV', do: ['v = 0*mV'] } },
    };
    expect(stated('brian', 'lems-euler', { neurons: { cell } })).toContain('derived /neurons/cell');
    expect(stated('brian', 'grid', { neurons: { cell } })).not.toContain('derived /neurons/cell');
  });

  test('concern spikes without delay, and delays that LEMS counts otherwise', () => {
    expect(stated('brian', 'grid', jump('g', '0 ms'))).toContain('zero-delay /projections/p');
    expect(stated('brian', 'grid', jump('g', 'uniform(0.2*ms, 1*ms)'))).not.toContain('zero-delay /projections/p');
    expect(stated('brian', 'grid', jump('g', 'uniform(0*ms, 1*ms)'))).toContain('zero-delay /projections/p');
    expect(stated('brian', 'grid', jump('g', '0.01*ms*i + 0.1*ms'))).not.toContain('zero-delay /projections/p');
    expect(stated('brian', 'grid', jump('g', '0.01*ms*i'))).toContain('zero-delay /projections/p');
    // 3 steps of 0.1 ms add up to more than 0.3 ms, 8 of them to less than 0.8 ms.
    expect(stated('brian', 'lems-euler', jump('g', '0.3 ms'))).toContain('delay /projections/p');
    expect(stated('brian', 'grid', jump('g', '0.3 ms'))).not.toContain('delay /projections/p');
  });

  test('concern refractory periods, listed spikes, times and code', () => {
    const cell = {
      state: { v: { unit: 'mV' } },
      derivatives: { v: '10*mV*sin(t/ms)/ms' },
      events: { spike: { when: 'v > 10*mV', do: ['v = 0*mV'], refractory: { for: '2 ms', rate: ['v'] } } },
    };
    const parts = {
      neurons: { cell },
      populations: { a: { type: 'cell', size: 2 }, s: { size: 1, spikes: { indices: [0], times: ['1 ms'] } } },
      operations: { o: { on: 'a', do: ['v += 1*mV'], every: '1 ms' } },
      record: [{ of: 'a', variables: ['v'] }],
    };
    expect(stated('brian', 'grid', parts)).toEqual([
      'label /timing',
      'samples /recordings',
      'refractory /neurons/cell',
      'listed-spikes /populations/s',
      'regular-code /operations/o',
    ]);
    expect(stated('grid', 'lems-euler', parts)).toContain('time /neurons/cell');
    const protocol = [{ set: { 'a.v': '1 mV' } }, { run: '1 ms' }, { set: { 'a.v': '2 mV' } }, { run: '1 ms' }];
    expect(stated('grid', 'lems-euler', { experiment: { dt: '0.1 ms', protocol } })).toContain(
      'time /experiment/protocol/2',
    );
  });

  test('concern regimes of LEMS that are refractory periods elsewhere', () => {
    const cell = {
      parameters: { tau: '10 ms' },
      state: { v: { unit: 'mV' }, last: { unit: 's' } },
      regimes: {
        integrating: {
          initial: true,
          derivatives: { v: '(20*mV - v)/tau' },
          transitions: [{ when: 'v > 10*mV', to: 'waiting', emit: 'spike' }],
        },
        waiting: { onEntry: ['last = t', 'v = 0*mV'], transitions: [{ when: 't > last + 2*ms', to: 'integrating' }] },
      },
    };
    expect(stated('lems-euler', 'brian', { neurons: { cell } })).toEqual(['label /timing', 'refractory /neurons/cell']);
    expect(stated('lems-euler', 'grid', { neurons: { cell } })).toEqual(['refractory /neurons/cell']);
    expect(stated('grid', 'brian', { neurons: { cell } })).not.toContain('refractory /neurons/cell');
  });

  test('concern plastic synapses and synapses that follow other cells', () => {
    const stdp = jump('g', '1 ms', {
      state: { x: '1' },
      derivatives: { x: '-x/(20*ms)' },
      pathways: {
        pre: { on: 'pre.spike', delay: '1 ms', do: ['port += 1*mV*x'] },
        post: { on: 'post.spike', do: ['x += 1'] },
      },
    });
    expect(stated('brian', 'grid', stdp)).toContain('plasticity /projections/p');
    const gap = {
      neurons: {
        cell: {
          inputs: { I: 'mV' },
          state: { v: { unit: 'mV' } },
          derivatives: { v: '(I - v)/(10*ms)' },
        },
      },
      synapses: { s: { contributes: { 'post.I': 'pre.v - post.v' } } },
      projections: { p: { from: 'a', to: 'a', synapse: 's', connect: 'all' } },
    };
    expect(stated('brian', 'lems-euler', gap)).toContain('coupling /projections/p');
  });

  test('state other random numbers', () => {
    expect(
      stated('brian', 'grid', {
        neurons: { cell: { state: { v: '1' }, derivatives: { v: 'uniform()/ms' } } },
      }),
    ).toContain('own-draws ');
  });
});

test('a duration takes whole steps of an accumulated time if rounding never decides', () => {
  // Powers of two add up exactly.
  expect(wholeStepsOf(1 / 1024, 1000)(4 / 1024)).toBe(true);
  expect(wholeStepsOf(1e-4, 1000)(0)).toBe(true);
  // 0.1 ms is not a power of two: 0.1 + 0.1 + 0.1 is more than 0.3.
  expect(wholeStepsOf(1e-4, 1000)(3e-4)).toBe(false);
});
