/**
 * Measured behaviour of Brian 2.5.1, step by step. Every number was read from a run of Brian, not from our own output
 * (`docs/differences.md` lists deliberate differences).
 */

import { describe, expect, test } from 'vitest';
import { brian } from '../support/brian-text.js';
import { byCreation, created, finalOf, lowered, refused, simulate, stepsOf, trace } from '../support/simulate.js';
import '../../translators/brian/road.js';

describe('integration methods', () => {
  const pair = (method: string): string =>
    brian(`
    neuron_groups:
      G:
        N: 1
        model: |
          dx/dt = (y - x**3/3 + x)/ms : 1
          dy/dt = -0.1*x/ms : 1
        method: ${method}
        initializers: { x: 1, y: 0.2 }
    run: 10 ms
  `);
  test.each([
    ['euler', -0.2900999378, -1.040305784],
    ['rk2', -0.3646390051, -1.0268090568],
    ['rk4', -0.3659939576, -1.0265555144],
    // Without noise, Brian's heun is its euler.
    ['heun', -0.2900999378, -1.040305784],
  ])('%s of a van der Pol-like pair', async (method, x, y) => {
    const run = await simulate(pair(method));
    expect(finalOf(run, 'G.x')[0]).toBeCloseTo(x, 9);
    expect(finalOf(run, 'G.y')[0]).toBeCloseTo(y, 9);
  });

  const linear = (method: string): string =>
    brian(`
    neuron_groups:
      G:
        N: 1
        model: |
          dv/dt = (2*w - v)/(10*ms) : 1
          dw/dt = (1 - w)/(3*ms) : 1
        ${method}
    run: 7 ms
  `);
  test.each([
    ['method: exact', 0.6643036759, 0.9030280321],
    ['method: exponential_euler', 0.6585535251, 0.9030280321],
    ['method: euler', 0.6660528997, 0.9068094183],
    ['method: rk4', 0.6643036779, 0.9030280297],
    // Brian tries exact first when no method is given.
    ['', 0.6643036759, 0.9030280321],
  ])('%s of a linear pair', async (method, v, w) => {
    const run = await simulate(linear(method));
    expect(finalOf(run, 'G.v')[0]).toBeCloseTo(v, 9);
    expect(finalOf(run, 'G.w')[0]).toBeCloseTo(w, 9);
  });
});

// Brian 2.9: the form of an equation in `get_conditionally_linear_system`, after one step of 0.1 s from v 0.3, w 0.7.
describe('exponential Euler with a variable within functions', () => {
  const stepped = (rate: string): string =>
    brian(
      `
    neuron_groups:
      G:
        N: 1
        model: |
          dv/dt = (${rate})/second : 1
          w : 1
        method: exponential_euler
        initializers: { v: 0.3, w: 0.7 }
    run: 0.1 second
  `,
      { dt: '0.1 second' },
    );
  test.each([
    ['v*sin(v)', 0.30899790450030357],
    ['(w-v)*sin(v)', 0.3116478518064445],
    ['v/(1+v)', 0.323987699828456],
    ['exp(v)*v+w', 0.41830064565371394],
    ['(v+1)*(w+sin(v))', 0.436078715790267],
    ['abs(v)*w-v', 0.29143536762323635],
    ['-v+int(v>0.2)', 0.3666138073748284],
    ['v*w/(1-exp(-v))', 0.3930210562199864],
    ['exprel(v)-v', 0.38242945025009745],
    ['clip(v,0,1)*v', 0.30913636018605506],
    ['(v-w)*(1-sin(v))*(2-w)', 0.26163718149096055],
    ['v*(1+sin(v))**2', 0.35482323477047645],
  ])('%s', async (rate, v) => {
    expect(finalOf(await simulate(stepped(rate)), 'G.v')[0]).toBeCloseTo(v, 13);
  });
  test.each([
    'sin(v)',
    'v**2',
    'sqrt(v)',
    '(1+v)**2',
    '1/v',
    'exp(2*v)',
    '(v+1)*(v+sin(v))',
    '(v*sin(v))**2',
    '1/(v*sin(v))',
  ])('%s is refused', (rate) => {
    expect(refused(stepped(rate))[0]).toMatch(/^lower\/method-refused: .* is not linear in v/);
  });
});

// Brian 2.9: its choice of a method if none is named; a, b, c, k and times are constants, p and q parameters.
describe('the method without a named one', () => {
  test.each([
    ['exact', 'dv/dt=-v/tau:1'],
    ['euler', 'dv/dt=a/tau:1'],
    ['euler', 'dv/dt=-v/tau:1 ;; dw/dt=a/ms:1'],
    ['euler', 'dv/dt=-v/tau:1 ;; dw/dt=v/ms:1'],
    ['euler', 'dv/dt=-w/ms:1 ;; dw/dt=v/ms:1'],
    ['euler', 'dv/dt=-a*w/ms:1 ;; dw/dt=a*v/ms:1'],
    ['exact', 'dv/dt=-a*w/ms:1 ;; dw/dt=b*v/ms:1'],
    ['exact', 'dv/dt=(w-v)/tau:1 ;; dw/dt=-w/tau:1'],
    ['euler', 'dv/dt=(w-v)/tau:1 ;; dw/dt=(v-w)/tau:1'],
    ['euler', 'dv/dt=(w-v)/tau:1 ;; dw/dt=(v-w)/taum:1'],
    ['exact', 'dv/dt=(w-2*v)/tau:1 ;; dw/dt=(v-2*w)/tau:1'],
    ['euler', 'dv/dt=(w-v)/tau:1 ;; dw/dt=(-v-w)/tau:1'],
    ['exact', 'dv/dt=(-w-v)/tau:1 ;; dw/dt=(a*v-w)/taum:1'],
    ['exact', 'dv/dt=(w-v)/tau:1 ;; dw/dt=(a*v-w)/taum:1'],
    ['exact', 'dv/dt=w/ms:1 ;; dw/dt=(-k*v-c*w)/ms:1'],
    ['euler', 'dv/dt=w/ms:1 ;; dw/dt=(-a**2*v)/ms:1'],
    ['exact', 'dx/dt=(y-2*x)/ms:1 ;; dy/dt=(x-2*y+z)/ms:1 ;; dz/dt=(y-2*z)/ms:1'],
    ['exact', 'dx/dt=(a*y-2*x)/ms:1 ;; dy/dt=(b*x-2*y+z)/ms:1 ;; dz/dt=(c*y-2*z)/ms:1'],
    ['euler', 'dx/dt=(y-x)/ms:1 ;; dy/dt=(z-y)/ms:1 ;; dz/dt=(x-z)/ms:1'],
    ['euler', 'dx/dt=y/ms:1 ;; dy/dt=z/ms:1 ;; dz/dt=x/ms:1'],
    ['exact', 'dx/dt=(y+z-3*x)/ms:1 ;; dy/dt=(x+z-3*y)/ms:1 ;; dz/dt=(x+y-3*z)/ms:1'],
    ['exact', 'dx/dt=-x/tau:1 ;; dy/dt=(x-y)/tau:1 ;; dz/dt=(y-z)/tau:1'],
    ['exact', 'dv/dt=(0.1*w-0.3*v)/ms:1 ;; dw/dt=(0.2*v-0.4*w)/ms:1'],
    ['euler', 'dv/dt=(0.1*w-0.3*v)/ms:1 ;; dw/dt=(-0.2*v-0.4*w)/ms:1'],
    ['euler', 'dv/dt=(0.5*w-0.5*v)/ms:1 ;; dw/dt=(0.5*v-0.5*w)/ms:1'],
    ['exact', 'dv/dt=(exp(-a)*w-v)/ms:1 ;; dw/dt=(v*sin(a)-w)/tau:1'],
    ['euler', 'dv/dt=0*v/ms:1'],
    ['euler', 'dv/dt=(v-v)/ms:1'],
    ['exact', 'dv/dt=(w-v)/ms:1 ;; w:1'],
    ['euler', 'dv/dt=(w-v)/ms:1 ;; dw/dt=0/ms:1'],
    ['euler', 'dv/dt=-(a*a+1)*w/ms:1 ;; dw/dt=v/ms:1'],
    ['euler', 'dv/dt=-v/ms+w/ms:1 ;; dw/dt=-2*w/ms-5*v/ms:1'],
    ['euler', 'dv/dt=0.3/ms:1'],
    ['exact', 'dv/dt=(-v+p*w)/tau:1 ;; dw/dt=(-w+p*v)/tau:1 ;; p:1'],
    ['euler', 'dv/dt=(-v-p*w)/tau:1 ;; dw/dt=(-w+p*v)/tau:1 ;; p:1'],
    ['exact', 'dv/dt=(-v-p*w)/tau:1 ;; dw/dt=(-w+q*v)/tau:1 ;; p:1 ;; q:1'],
    ['euler', 'dx/dt=(y-x)/ms:1 ;; dy/dt=(x-y)/ms:1 ;; dz/dt=-z/tau:1'],
    ['exact', 'dv/dt=w/ms:1 ;; dw/dt=-v/ms - 2*w/ms : 1'],
    ['exact', 'dv/dt = -v/tau : 1 ;; dg/dt = (h-g)/taum : 1 ;; dh/dt=-h/taum : 1'],
  ])('%s: %s', (method, equations) => {
    const { program } = lowered(
      brian(`
    namespace: { a: 1.3, b: 2.1, c: 0.7, k: 3, tau: 10 ms, taum: 5 ms }
    neuron_groups:
      G: { N: 1, model: '${equations.replaceAll(' ;; ', '\n\n            ')}' }
    run: 1 ms
  `),
    );
    expect(program.manifest.notes).toContain(`G is integrated by ${method}`);
  });
});

// An Ornstein-Uhlenbeck process of variance 1 for each synapse: shared only by the equations that name it.
describe('noise in synapses', () => {
  test('is of each synapse, step and name', async () => {
    const run = await simulate(
      brian(`
    namespace: { tau: 1 ms }
    neuron_groups: { G: { N: 16, model: 'v : 1' } }
    synapses:
      S:
        source: G
        target: G
        model: |
          dx/dt = -x/tau + sqrt(2/tau)*xi_a : 1 (clock-driven)
          dy/dt = -y/tau + sqrt(2/tau)*xi_a : 1 (clock-driven)
          dz/dt = -z/tau + sqrt(2/tau)*xi_b : 1 (clock-driven)
        method: euler
        connect: { n: 3 }
    run: 5 ms
  `),
    );
    const [x, y, z] = ['x', 'y', 'z'].map((name) => finalOf(run, `S.${name}`)) as [number[], number[], number[]];
    expect(x).toHaveLength(768);
    expect(y).toEqual(x);
    expect(new Set(x).size).toBe(768);
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    // Euler's steps of dt/tau = 0.1 have the variance 2*0.1/(1 - 0.9**2); four standard errors.
    const variance = 0.2 / 0.19;
    expect(Math.abs(mean(x))).toBeLessThan(4 * Math.sqrt(variance / 768));
    expect(Math.abs(mean(x.map((value) => value * value)) - variance)).toBeLessThan(4 * variance * Math.sqrt(2 / 768));
    expect(Math.abs(mean(x.map((value, k) => value * (z[k] ?? NaN))))).toBeLessThan(4 * variance * Math.sqrt(1 / 768));
  });
});

describe('linked parameters', () => {
  const linked = (source: string, reader: string): string =>
    brian(`
    neuron_groups:
      ${source}:
        N: 1
        model: |
          dx/dt = (1 - x)/(10*ms) : 1
          u = x*x : 1
          y = 2*u + 1 : 1
      ${reader}:
        N: 1
        model: |
          a : 1 (linked)
          b : 1 (linked)
          dv/dt = (a + b - v)/(5*ms) : 1
        linked: { a: ${source}.y, b: ${source}.x }
    run: 1.5 ms
  `);
  // Brian 2.9 (numpy), by linked_var: groups of one slot and order go by their names.
  test.each([
    ['that is integrated before the reader', 'A', 'B', 0.2838696831],
    ['that is integrated after the reader', 'Z', 'B', 0.2807706227],
  ])('read the source as it is when it is used: one %s', async (_, source, reader, v) => {
    const run = await simulate(linked(source, reader));
    expect(finalOf(run, `${reader}.v`)[0]).toBeCloseTo(v, 9);
  });
});

describe('refractoriness', () => {
  test('a duration of k steps suspends integration and the test for exactly k - 1 steps', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1 (unless refractory)", threshold: v > 0.95, reset: v = 0, refractory: 1 ms }
      run: 5 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([9, 28, 47]);
  });

  test('a duration that is a variable is read anew in every step', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G:
          N: 1
          model: |
            dv/dt = 2/ms : 1 (unless refractory)
            dr/dt = -r/ms : second
          threshold: v > 0.9
          reset: "v = 0; r = 2*ms"
          refractory: r
      run: 8 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([4, 17, 30, 43, 56, 69]);
  });

  // Brian 2.9: a synapse's contribution to v by the spike itself, before its reset, is lost for any period.
  test.each([
    ['0 ms', 0.13370243557117167],
    ['0.35 ms', 0.13370243557117167],
    ['0.5 ms', 0.13370243557117167],
    ['1 ms', 0.007703529718749769],
  ])('a period of %s holds at least until the next update', async (period, v) => {
    const run = await simulate(
      brian(
        `
      neuron_groups:
        G:
          N: 1
          model: "dv/dt = (1.3 - v)/(10*ms) : 1 (unless refractory)"
          threshold: v > 1
          reset: v -= 1
          refractory: ${period}
          method: euler
      synapses:
        S: { source: G, target: G, on_post: v_post += 0.05, connect: true }
      spike_monitors: { seen: { source: G } }
      run: 30 ms
    `,
        { dt: '0.5 ms' },
      ),
    );
    expect(finalOf(run, 'G.v')[0]).toBeCloseTo(v, 13);
  });

  test('a condition keeps refractory as long as it holds', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1", threshold: v > 0.45, refractory: v < 0.95 }
      run: 1.5 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([4, 10, 11, 12, 13, 14]);
  });

  test('without reset or refractoriness a threshold fires in every step', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1", threshold: v > 0.45 }
      run: 1 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([4, 5, 6, 7, 8, 9]);
  });
});

describe('the order of a step', () => {
  test('an event without delay acts in its own step, after thresholds: the target fires one step later', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [1 ms] } }
      neuron_groups:
        G: { N: 1, model: "v : 1", threshold: v > 0.5, reset: v = 0 }
      synapses:
        S: { source: source, target: G, on_pre: v += 1, connect: true }
      state_monitors:
        before: { source: G, variables: v, record: true, when: after_thresholds }
        after: { source: G, variables: v, record: true, when: after_synapses }
      run: 2 ms
    `),
    );
    expect(stepsOf(run, 'source.spike')).toEqual([10]);
    expect(stepsOf(run, 'G.spike')).toEqual([11]);
    expect(trace(run, 'before/v')[10]).toBe(0);
    expect(trace(run, 'after/v')[10]).toBe(1);
  });

  test.each([
    ['v = 0', 0],
    ['v -= 1', 0.25],
  ])('a kick that reaches a neuron in the step of its spike is lost at the reset "%s" or kept', async (reset, left) => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [0.9 ms] } }
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1", threshold: v > 0.95, reset: ${reset} }
      synapses:
        S: { source: source, target: G, on_pre: v += 0.25, connect: true }
      run: 1 ms
    `),
    );
    expect(stepsOf(run, 'G.spike')).toEqual([9]);
    expect(finalOf(run, 'G.v')[0]).toBeCloseTo(left, 12);
  });

  test('a state monitor samples before the step: the first sample is the initial value', async () => {
    const run = await simulate(
      brian(`
      neuron_groups: { G: { N: 1, model: "dv/dt = 1/ms : 1", method: euler } }
      state_monitors: { M: { source: G, variables: v, record: true } }
      run: 0.3 ms
    `),
    );
    const values = trace(run, 'M/v');
    expect(values).toHaveLength(3);
    [0, 0.1, 0.2].forEach((v, k) => expect(values[k]).toBeCloseTo(v, 14));
  });

  test('a subexpression that is constant over dt is computed before the step', async () => {
    const run = await simulate(
      brian(`
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1\\nc = v : 1 (constant over dt)", method: euler }
      state_monitors: { M: { source: G, variables: [v, c], record: true, when: end } }
      run: 0.3 ms
    `),
    );
    trace(run, 'M/v').forEach((v, k) => expect(v).toBeCloseTo([0.1, 0.2, 0.3][k]!, 14));
    trace(run, 'M/c').forEach((c, k) => expect(c).toBeCloseTo([0, 0.1, 0.2][k]!, 14));
  });

  // Brian 2.9
  test('subexpressions that are constant over dt are computed one after the other, whatever their names', async () => {
    const run = await simulate(
      brian(
        `
      neuron_groups:
        G: { N: 1, model: "dv/dt = 1/ms : 1\\na = z + 1 : 1 (constant over dt)\\nz = 2*v : 1 (constant over dt)", method: euler }
      state_monitors: { M: { source: G, variables: [a], record: true } }
      run: 5 ms
    `,
        { dt: '1 ms' },
      ),
    );
    expect(trace(run, 'M/a')).toEqual([1, 3, 5, 7, 9]);
  });

  // Brian 2.9
  test('a pathway before the thresholds receives spikes at once that are tested for before it', async () => {
    const run = await simulate(
      brian(
        `
      neuron_groups:
        A: { N: 1, model: "dx/dt = 1/ms : 1", threshold: x > 2.5, reset: x = 0, method: euler, threshold_when: groups, threshold_order: 1 }
        B: { N: 1, model: "dy/dt = n/ms : 1\\nn : 1", method: euler, order: 5 }
      synapses:
        S: { source: A, target: B, on_pre: n += 1, pathways: { pre: { when: groups, order: 3 } }, connect: true }
      state_monitors: { M: { source: B, variables: [y, n], record: true } }
      run: 7 ms
    `,
        { dt: '1 ms' },
      ),
    );
    expect(trace(run, 'M/y')).toEqual([0, 0, 0, 1, 2, 3, 5]);
    expect(trace(run, 'M/n')).toEqual([0, 0, 0, 1, 1, 1, 2]);
  });

  test('a summed variable is set before the integration, from the values of the step before', async () => {
    const run = await simulate(
      brian(`
      timed_arrays: { given: { values: [1, 2, 3, 4], dt: 0.1 ms } }
      neuron_groups:
        P: { N: 1, model: "y : 1", run_regularly: [{ code: y = given(t) }] }
        G: { N: 1, model: "dv/dt = x/ms : 1\\nx : 1", method: euler }
      synapses:
        S: { source: P, target: G, model: "x_post = y_pre : 1 (summed)", connect: true }
      state_monitors: { M: { source: G, variables: v, record: true, when: end } }
      run: 0.4 ms
    `),
    );
    trace(run, 'M/v').forEach((v, k) => expect(v).toBeCloseTo([0.1, 0.3, 0.6, 1.0][k]!, 14));
  });
});

describe('synapses', () => {
  const three = '{ N: 3, indices: [0, 1, 2], times: [1 ms, 1 ms, 1 ms] }';

  test('code that does not commute runs by source, then by creation', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: ${three} }
      neuron_groups: { G: { N: 1, model: "x : 1" } }
      synapses:
        S: { source: source, target: G, model: "w : 1", on_pre: x_post = x_post*2 + w, connect: { i: [2, 0, 1, 0], j: [0, 0, 0, 0] }, initializers: { w: [100, 1, 10, 1000] } }
      run: 2 ms
    `),
    );
    // Source 0: 0*2 + 1, then 1*2 + 1000; source 1: 1002*2 + 10; source 2: 2014*2 + 100.
    expect(finalOf(run, 'G.x')).toEqual([4128]);
    expect(created(run, 'S')).toEqual([
      [2, 0],
      [0, 0],
      [1, 0],
      [0, 0],
    ]);
    expect(byCreation(run, 'S', 'w')).toEqual([100, 1, 10, 1000]);
  });

  test.each(['', 'delay: 0.3 ms,'])('spikes of one step go by their times, then by source %s', async (delay) => {
    const run = await simulate(
      brian(`
      spike_generators:
        source: { N: 3, indices: [0, 1, 2, 0, 2], times: [1.08 ms, 1.05 ms, 1.05 ms, 0.02 ms, 0.02 ms], period: 4 ms }
      neuron_groups: { G: { N: 1, model: "x : 1" } }
      synapses:
        S: { source: source, target: G, ${delay} model: "w : 1", on_pre: x_post = x_post*2 + w, connect: { i: [2, 0, 1, 0], j: [0, 0, 0, 0] }, initializers: { w: [100, 1, 10, 1000] } }
      run: 6 ms
    `),
    );
    const step = (x: number, ...weights: number[]): number => weights.reduce((sum, w) => sum * 2 + w, x);
    const once = (x: number): number => step(step(x, 1, 1000, 100), 10, 100, 1, 1000);
    expect(finalOf(run, 'G.x')).toEqual([once(once(0))]);
  });

  test('pathways of one order run by name', async () => {
    const run = await simulate(
      brian(`
      spike_generators: { source: { N: 1, indices: [0], times: [1 ms] } }
      neuron_groups: { G: { N: 1, model: "x : 1" } }
      synapses:
        S: { source: source, target: G, on_pre: { b: x = x*2, a: x = x + 3 }, connect: true }
      run: 2 ms
    `),
    );
    expect(finalOf(run, 'G.x')).toEqual([6]);
  });

  test('coincident spikes: pre first, then post', async () => {
    const run = await simulate(
      brian(`
      spike_generators:
        pre: { N: 1, indices: [0], times: [1 ms] }
        post: { N: 1, indices: [0], times: [1 ms] }
      synapses:
        S:
          source: pre
          target: post
          model: |
            w : 1
            dA/dt = -A/(20*ms) : 1 (event-driven)
            dB/dt = -B/(20*ms) : 1 (event-driven)
          on_pre: "A += 0.01; w += B"
          on_post: "B -= 0.0105; w += A"
          connect: true
          initializers: { w: 0.5 }
      run: 2 ms
    `),
    );
    expect(finalOf(run, 'S.w')[0]).toBeCloseTo(0.51, 15);
  });

  test('a spike at 4.05 ms with a step of 0.1 ms fires in step 40', async () => {
    const run = await simulate(
      brian('spike_generators: { source: { N: 1, indices: [0], times: [4.05 ms] } }\nrun: 5 ms'),
    );
    expect(stepsOf(run, 'source.spike')).toEqual([40]);
  });
});

describe('timed arrays', () => {
  test('value k holds from k*dt on, with protection against rounding', async () => {
    const run = await simulate(
      brian(`
      timed_arrays: { f: { values: [1, 2, 3], dt: 0.25 ms } }
      neuron_groups: { G: { N: 1, model: "x = f(t) : 1" } }
      state_monitors: { M: { source: G, variables: x, record: true } }
      run: 0.8 ms
    `),
    );
    expect(trace(run, 'M/x')).toEqual([1, 1, 1, 2, 2, 3, 3, 3]);
  });
});

describe('the choice of a method if no method is named', () => {
  // v after 6 ms under Brian 2.9, which uses exact for linear equations with constant coefficients during a step.
  test.each([
    [
      'a parameter that is written, in one equation',
      'dv/dt = (g - v*k)/(10*ms) : 1\ng : 1\nk : 1',
      'k = k*1.01\ng = g + 0.1',
      1.0178837374921312,
    ],
    ['a time constant that is written', 'dv/dt = (1 - v)/tau : 1\ntau : second', 'tau = tau*1.01', 0.7151809048840398],
    [
      'a parameter that is written, in coupled equations',
      'dv/dt = (w - v*k)/(10*ms) : 1\ndw/dt = (1-w)/(5*ms) : 1\nk : 1',
      'k = k*1.01',
      0.5233150545585654,
    ],
    [
      'a parameter that is written, in separate equations',
      'dv/dt = (1 - v*k)/(10*ms) : 1\ndw/dt = (1-w)/(5*ms) : 1\nk : 1',
      'k = k*1.01',
      0.7038171222455718,
    ],
    ['a drive that is a function of time', 'dv/dt = (sin(2*pi*50*Hz*t) - v)/(10*ms) : 1', '', 0.6072272579753509],
    [
      'a coefficient that is a function of time',
      'dv/dt = -v*(1.5+sin(2*pi*50*Hz*t))/(10*ms) : 1',
      '',
      0.13266931139097496,
    ],
    ['a table as a drive', 'dv/dt = (ta(t) - v)/(10*ms) : 1', '', 0.6663403336900833],
    ['a table as a coefficient', 'dv/dt = -v*ta(t)/(10*ms) : 1', '', 0.2972602739850985],
    ['a table whose interval is no multiple of the step', 'dv/dt = (ta25(t) - v)/(10*ms) : 1', '', 0.4293449965893371],
    [
      'a table whose interval is a multiple but for rounding',
      'dv/dt = (ta03(t) - v)/(10*ms) : 1',
      '',
      0.4366917172648695,
    ],
    ['a table whose interval is shorter than the step', 'dv/dt = (ta005(t) - v)/(10*ms) : 1', '', 0.38042118373264616],
    ['an equation that is not linear', 'dv/dt = (v**2 - v)/(10*ms) : 1', '', 0.3542426316818497],
    [
      'the product of two variables',
      'dv/dt = (w*v - v)/(10*ms) : 1\ndw/dt = (1-w)/(5*ms) : 1',
      '',
      0.38396094560143995,
    ],
    ['a condition on the variable', 'dv/dt = (int(v>0.3) - v)/(10*ms) : 1', '', 0.726421678804619],
    [
      'a subexpression of what is written',
      'dv/dt = (x - v)/(10*ms) : 1\nx = 2*g : 1\ng : 1',
      'g = g+0.1',
      1.816771951987735,
    ],
    ['a constant rate', 'dv/dt = 1/(10*ms) : 1', '', 1.1000000000000005],
  ])('%s', async (_, model, code, expected) => {
    const table = (dt: string): object => ({ values: [0, 1, 2, 0.5, 1.5, 0.2], dt });
    const first = { v: 0.5, k: 1, g: 1, w: 0.25, tau: '10 ms' };
    const declared = Object.entries(first).filter(([name]) =>
      new RegExp(`^(?:d${name}/dt|${name} :)`, 'm').test(model),
    );
    const text = JSON.stringify({
      format: 'interneuron/brian',
      dt: '0.1 ms',
      timed_arrays: { ta: table('1 ms'), ta25: table('0.25 ms'), ta03: table('0.3 ms'), ta005: table('0.05 ms') },
      neuron_groups: {
        G: {
          N: 1,
          model,
          initializers: Object.fromEntries(declared),
          ...(code === '' ? {} : { run_regularly: [{ code, dt: '0.5 ms' }] }),
        },
      },
      run: '6 ms',
    });
    expect(finalOf(await simulate(text), 'G.v')[0]).toBeCloseTo(expected, 13);
  });
});

/**
 * Brian 2.9: the rules for writing a shared variable in `codegen/translation.py` and `check_for_order_independence`.
 */
describe('a variable with one value for all elements', () => {
  const group = (statements: string, more = ''): string =>
    brian(`
      neuron_groups:
        G:
          N: 3
          model: |
            s : 1 (shared)
            c : 1
          initializers: { c: i }
          ${more}
          run_regularly: [{ code: "${statements}", dt: 1 ms }]
      state_monitors: { M: { source: G, variables: [s, c], record: true } }
      run: 3 ms
    `);
  const everyMillisecond = (rows: readonly (readonly number[])[] = []): readonly (readonly number[])[] =>
    rows.filter((_, step) => step % 10 === 0);

  test('is written once by run_regularly, before variables of each element', async () => {
    const run = await simulate(group('s += 1; c += s'));
    expect(everyMillisecond(run.samples.get('M/s'))).toEqual([1, 2, 3].map((s) => [s, s, s]));
    expect(everyMillisecond(run.samples.get('M/c'))).toEqual([
      [1, 2, 3],
      [3, 4, 5],
      [6, 7, 8],
    ]);
  });

  test('draws one random number, which is not the one of the first element', async () => {
    const run = await simulate(group('s = rand(); c = rand()'));
    const rows = everyMillisecond(run.samples.get('M/s'));
    for (const [k, row] of rows.entries()) {
      expect(new Set(row).size).toBe(1);
      const own = everyMillisecond(run.samples.get('M/c'))[k] ?? [];
      expect(new Set([...own, row[0]]).size).toBe(4);
    }
    expect(new Set(rows.map(([s]) => s)).size).toBe(3);
  });

  test('is computed by way of a temporary', async () => {
    const run = await simulate(group('more = 2*s + 1; s += more; c = s'));
    expect(everyMillisecond(run.samples.get('M/s')).map(([s]) => s)).toEqual([1, 4, 13]);
    expect(everyMillisecond(run.samples.get('M/c')).map(([, c]) => c)).toEqual([1, 4, 13]);
  });

  // Brian raises an error for each case.
  test.each([
    ['from what each element has', group('s = s + c'), 'model/shared-reads-own'],
    ['from an index', group('s = 2*i'), 'model/shared-reads-own'],
    ['after what each element has', group('c += s; s += 1'), 'model/shared-written-late'],
    ['by a reset', group('c += 0', 'threshold: c > 1.5\n          reset: s += 1'), 'brian/read-only'],
    [
      'by a pathway',
      `${group('c += 0', 'threshold: c > 1.5')}synapses: { S: { source: G, target: G, on_pre: s_post += 1, connect: true } }\n`,
      'brian/read-only',
    ],
  ])('is not written %s', async (_, text, code) => {
    await expect(simulate(text)).rejects.toMatchObject({ diagnostics: [{ code }] });
  });
});

describe('delays by distance, and numbers of synapses', () => {
  const network = brian(`
    neuron_groups:
      P:
        N: 5
        model: |
          dv/dt = (a - v)/(5*ms) : 1
          a : 1
          x : meter
        threshold: v > 1
        reset: v = 0
        method: exact
        initializers: { x: "i*100*um", a: "1.5*int(i == 0) + 0.2*i" }
    synapses:
      S:
        source: P
        target: P
        model: "w : 1"
        on_pre: v_post += w
        connect: true
        initializers:
          delay: "0.5*ms + sqrt((x_pre - x_post)**2)/(0.2*meter/second)"
          w: "0.3/N_incoming + 0.1/N_outgoing"
      T:
        source: P
        target: P
        model: "u : 1"
        on_pre: v_post += u
        connect: { i: [0, 0, 0, 1, 2, 2], j: [1, 2, 2, 2, 3, 1] }
        initializers: { u: "0.1*N_incoming + 0.01*N_outgoing" }
    spike_monitors: { M: { source: P } }
    run: 20 ms
  `);

  test("equal Brian's", async () => {
    const run = await simulate(network);
    expect(run.events.get('P.spike')).toEqual([
      [54, 0],
      [106, 0],
      [107, 2],
      [154, 0],
    ]);
    const expected = [
      0.926091827518478, 0.4490805604176151, 0.6795664536189732, 0.6972552658281674, 0.8839138791054609,
    ];
    finalOf(run, 'P.v').forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 12));
    expect(byCreation(run, 'T', 'u')).toEqual([0.23, 0.33, 0.33, 0.31, 0.12, 0.22].map((u) => expect.closeTo(u, 12)));
  });

  test('cannot be read while synapses are made', async () => {
    const text = network.replace('connect: true', 'connect: { condition: "N_incoming > 1" }');
    await expect(simulate(text)).rejects.toMatchObject({
      diagnostics: [expect.objectContaining({ code: 'lower/unreadable' })],
    });
  });
});
