/** Inputs as code outside the integration reads them: the sums that the last integration used. */

import { describe, expect, test } from 'vitest';
import type { TimingProfile } from '../../src/model/model.js';
import { simulate } from '../support/simulate.js';
import '../../translators/brian/road.js';

const timings = ['grid', 'brian', 'lems-euler'] as const satisfies readonly TimingProfile[];
const slotTimings = ['grid', 'brian'] as const satisfies readonly TimingProfile[];

interface Parts {
  readonly cell?: Readonly<Record<string, unknown>>;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly variables?: readonly string[];
}

/** Two cells `a` in steps of 0.1 ms; the current through each is 3 pA in steps 3, 4 and 5 and 1 pA in the others. */
const network = (timing: TimingProfile, { cell, more, variables = ['I'] }: Parts): string =>
  JSON.stringify({
    interneuron: 1,
    timing,
    neurons: {
      cell: {
        parameters: { R: '1 Mohm', tau: '10 ms' },
        state: { v: { unit: 'mV', initial: 0 }, n: 0 },
        inputs: { I: { unit: 'pA', reduce: 'sum' } },
        derivatives: { v: '(R*I - v)/tau' },
        ...cell,
      },
    },
    populations: { a: { type: 'cell', size: 2 } },
    stimuli: { step: { kind: 'current', to: 'a', input: 'I', value: '3*pA if t > 0.25*ms and t < 0.55*ms else 1*pA' } },
    record: [{ of: 'a', variables }],
    experiment: { dt: '0.1 ms', protocol: [{ run: '0.8 ms' }] },
    ...more,
  });

/** Samples of the first cell in multiples of a unit. */
async function sampled(text: string, variable: string, unit = 1e-12): Promise<readonly number[]> {
  const { samples } = await simulate(text);
  return samples.get(variable)!.map(([first]) => Number((first! / unit).toPrecision(9)));
}

/**
 * Rows of samples of a current's value in each step. At the end of a step (grid) and before the next integration
 * (brian), the sample is the value used in the step, and zero before the first. LEMS evaluates the value again for the
 * new time.
 */
const rows: Readonly<Record<TimingProfile, (first: number, raised: number) => readonly number[]>> = {
  grid: (low, high) => [0, low, low, low, high, high, high, low, low],
  brian: (low, high) => [0, low, low, low, high, high, high, low],
  'lems-euler': (low, high) => [low, low, low, high, high, high, low, low, low],
};

describe.each(timings)('%s', (timing) => {
  test('a recorded input is the current that flows into it', async () => {
    expect(await sampled(network(timing, {}), 'a.I')).toEqual(rows[timing](1, 3));
  });

  test('so is a derived variable that reads an input', async () => {
    const cell = { derived: { twice: { unit: 'pA', value: '2*I' } } };
    expect(await sampled(network(timing, { cell, variables: ['twice'] }), 'a.twice')).toEqual(rows[timing](2, 6));
  });

  test.each([
    ['an input', 'I > 2.5*pA'],
    ['a derived variable of it', 'twice > 5*pA'],
  ])('a threshold on %s is met when the current steps, and actions read its value', async (_, when) => {
    const cell = {
      derived: { twice: { unit: 'pA', value: '2*I' } },
      events: { spike: { when, edge: 'rising', do: 'n += twice/pA' } },
    };
    const run = await simulate(network(timing, { cell, variables: ['n'] }));
    // The step that integrates from 0.3 ms; in LEMS, the one that ends there.
    const at = timing === 'lems-euler' ? 2 : 3;
    expect(run.events.get('a.spike')).toEqual([
      [at, 0],
      [at, 1],
    ]);
    expect(run.final.get('a.n')!.map((n) => Number(n.toPrecision(9)))).toEqual([6, 6]);
  });

  test('continuous contributions of synapses are part of it', async () => {
    // b receives 2 nS * (10 mV + 30 mV) from both cells of a, without any current of its own.
    const more = {
      synapses: {
        gap: { parameters: { g: '2 nS' }, contributes: { 'post.I': 'g*(pre.E - post.E)' } },
      },
      populations: {
        a: { type: 'cell', size: 2, values: { E: '10*mV + 20*mV*i' } },
        b: { type: 'cell', size: 2, order: 1 },
      },
      projections: { ab: { from: 'a', to: 'b', synapse: 'gap', connect: 'all' } },
      record: [{ of: 'b', variables: ['I'] }],
    };
    const cell = { parameters: { R: '1 Mohm', tau: '10 ms', E: '0 mV' } };
    const found = await sampled(network(timing, { cell, more }), 'b.I');
    expect(found.slice(1)).toEqual(Array<number>(found.length - 1).fill(80));
  });
});

describe.each(slotTimings)('%s', (timing) => {
  test('a contribution that changes in each step is read as the step used it', async () => {
    // E of a rises by 0.1 mV a step; the step k uses 2 nS times the 0.1 mV * k from before it.
    const more = {
      synapses: { gap: { parameters: { g: '2 nS' }, contributes: { 'post.I': 'g*(pre.E - post.E)' } } },
      populations: { a: { type: 'ramp', size: 1 }, b: { type: 'cell', size: 1, order: 1 } },
      projections: { ab: { from: 'a', to: 'b', synapse: 'gap', connect: 'all' } },
      stimuli: {},
      neurons: {
        ramp: { state: { E: { unit: 'mV', initial: 0 } }, derivatives: { E: '1*mV/ms' } },
        cell: {
          parameters: { E: '0 mV' },
          state: { v: { unit: 'mV', initial: 0 } },
          inputs: { I: { unit: 'pA', reduce: 'sum' } },
          derivatives: { v: '(1*Mohm*I - v)/(10*ms)' },
        },
      },
      record: [{ of: 'b', variables: ['I'] }],
    };
    const found = await sampled(network(timing, { more }), 'b.I');
    expect(found).toEqual([0, ...found.slice(1).map((_, k) => Number((0.2 * k).toPrecision(9)))]);
  });

  test('the increment of an event counts from the step after its arrival on', async () => {
    // A spike of step 2 arrives two steps later, in step 4, after the integration: step 5 uses it, and brian shows that
    // at the start of step 6. Under grid a spike is labelled by the end of its step: that at 0.2 ms is of step 1.
    const more = {
      synapses: {
        pulse: {
          ports: { port: 'pA' },
          parameters: { w: '5 pA' },
          pathways: { pre: { on: 'pre.spike', do: 'port += w' } },
        },
      },
      populations: {
        a: { type: 'cell', size: 1 },
        s: { size: 1, spikes: { indices: [0], times: ['0.2 ms'] }, order: 1 },
      },
      projections: {
        sa: {
          from: 's',
          to: 'a',
          synapse: 'pulse',
          connect: 'all',
          delays: { pre: '0.2 ms' },
          receptors: { port: 'I' },
        },
      },
      stimuli: {},
    };
    const found = await sampled(network(timing, { more }), 'a.I');
    const arrival = found.indexOf(5);
    expect(found.filter((value) => value !== 0)).toEqual([5]);
    expect(arrival).toBe(timing === 'grid' ? 5 : 6);
  });

  test('an input that multiplies is 1 before the first step', async () => {
    const cell = { inputs: { I: { unit: '1', reduce: 'product' } }, derivatives: { v: '(1*mV*I - v)/tau' } };
    const more = { stimuli: { twice: { kind: 'current', to: 'a', input: 'I', value: '2.0' } } };
    const found = await sampled(network(timing, { cell, more }), 'a.I', 1);
    expect(found).toEqual([1, ...Array<number>(found.length - 1).fill(2)]);
  });

  test('phases set values from the input of the step before', async () => {
    const more = { experiment: { dt: '0.1 ms', protocol: [{ run: '0.5 ms' }, { set: { 'a.n': 'I/pA' } }] } };
    const run = await simulate(network(timing, { more }));
    expect(run.final.get('a.n')!.map((n) => Number(n.toPrecision(9)))).toEqual([3, 3]);
  });

  test('actions in the slot of their event follow its test', async () => {
    const spike = { when: 'I > 2.5*pA', do: 'n += 1', slot: 'thresholds' };
    const inOwnSlot = { ...spike, actionSlot: 'thresholds' };
    const finals = await Promise.all(
      [spike, inOwnSlot].map(async (event) => {
        const run = await simulate(network(timing, { cell: { events: { spike: event } }, variables: ['n'] }));
        return run.samples.get('a.n')!.map(([n]) => n);
      }),
    );
    expect(finals[0]!.at(-1)).toBe(3);
    expect(finals[1]).toEqual(finals[0]);
  });
});

test('no copy is kept if only the integration reads an input', async () => {
  const { program } = await simulate(network('grid', { variables: ['v'] }));
  expect(program.buffers.map(({ name }) => name).filter((name) => name.endsWith('.used'))).toEqual([]);
  expect(program.kernels.map(({ name }) => name).filter((name) => name.includes('keep'))).toEqual([]);
});
