/**
 * The methods of integration against closed forms: the decrease of the error with the step is more informative than any
 * single number.
 *
 * Kloeden & Platen, Numerical Solution of Stochastic Differential Equations (1992): strong order 1 of Milstein's
 * scheme, and 1/2 of Euler's.
 */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { finalOf, lowered, refused, simulate, trace } from '../../support/simulate.js';
import type { SimulateOptions } from '../../support/simulate.js';

const wasm: SimulateOptions = { engines: [{ target: 'wasm', threads: 1 }] };

const group = (
  model: string,
  { method = '', N = 1, initializers = '{}', run = '10 ms', dt = '0.1 ms', seed = 1 } = {},
): string =>
  brian(
    `
  neuron_groups:
    G:
      N: ${N}
      model: |
${model
  .trim()
  .split('\n')
  .map((line) => `        ${line.trim()}`)
  .join('\n')}
      ${method === '' ? '' : `method: ${method}`}
      initializers: ${initializers}
  run: ${run}
`,
    { dt, seed },
  );

describe('order of convergence without noise', () => {
  // x' = x*cos(t): x(t) = exp(sin t), non-linear in t, so that the times of the stages count too. t in ms.
  test.each([
    ['euler', 1],
    ['rk2', 2],
    ['rk4', 4],
    ['heun', 1],
    ['milstein', 1],
    ['exponential_euler', 1],
  ])('%s is of order %i', async (method, order) => {
    const errors: number[] = [];
    for (const dt of [0.2, 0.1, 0.05]) {
      const run = await simulate(
        group('dx/dt = x*cos(t/ms)/ms : 1', { method, initializers: '{ x: 1 }', run: '4 ms', dt: `${dt} ms` }),
        wasm,
      );
      errors.push(Math.abs(finalOf(run, 'G.x')[0]! - Math.exp(Math.sin(4))));
    }
    for (const [k, coarse] of errors.slice(0, 2).entries()) {
      const observed = Math.log2(coarse / errors[k + 1]!);
      expect(observed).toBeGreaterThan(order - 0.35);
      expect(observed).toBeLessThan(order + 0.8);
    }
  });

  test('rk4 evaluates tables at the times of its stages', async () => {
    const text = group('dx/dt = f(t)/ms : 1', { method: 'rk4', run: '0.4 ms' }).replace(
      'neuron_groups:',
      'timed_arrays: { f: { values: [0, 6], dt: 0.15 ms } }\nneuron_groups:',
    );
    const run = await simulate(text);
    // Stages of step 1 at 0.1, 0.15, 0.15, 0.2 ms: (0 + 2*6 + 2*6 + 6)/6 = 5 per ms; then 6 per ms.
    expect(finalOf(run, 'G.x')[0]).toBeCloseTo(0.1 * (0 + 5 + 6 + 6), 12);
  });

  // Brian rounds times to the nearest K-th of an entry, so that the jump is half of that earlier (TimedArray, _find_K).
  test.each([
    [0.1, 8],
    [0.15, 16],
  ])('adaptive sub-steps pass the jump of a table with entries of %s ms, from rest', async (entry, K) => {
    const text = group('dx/dt = f(t)/ms : 1\ndy/dt = x/ms : 1', { method: 'gsl_rkf45', run: '0.6 ms' }).replace(
      'neuron_groups:',
      `timed_arrays: { f: { values: [0, 0, 6], dt: ${entry} ms } }\nneuron_groups:`,
    );
    const run = await simulate(text);
    expect(run.faults).toEqual([]);
    const t = 0.6 - entry * (2 - 0.5 / K);
    expect(finalOf(run, 'G.x')[0]).toBeCloseTo(6 * t, 8);
    expect(finalOf(run, 'G.y')[0]).toBeCloseTo(3 * t * t, 8);
  });
});

describe('exact', () => {
  test.each([
    ['a decay', 'dx/dt = -x/(3*ms) : 1', '{ x: 2 }', 2 * Math.exp(-10 / 3)],
    ['a constant rate (a singular matrix)', 'dx/dt = 0.3/ms : 1', '{ x: 2 }', 5],
    [
      'a chain of integrations',
      'dx/dt = y/ms : 1\ndy/dt = z/ms : 1\ndz/dt = 2/ms : 1',
      '{ x: 1, y: 3, z: 0.5 }',
      1 + 3 * 10 + 0.5 * 50 + (2 * 1000) / 6,
    ],
    [
      'an alpha cascade: two equal time constants',
      'dx/dt = (y - x)/(4*ms) : 1\ndy/dt = -y/(4*ms) : 1',
      '{ y: 1 }',
      (10 / 4) * Math.exp(-10 / 4),
    ],
    [
      'three equal time constants',
      'dx/dt = (y - x)/(4*ms) : 1\ndy/dt = (z - y)/(4*ms) : 1\ndz/dt = -z/(4*ms) : 1',
      '{ z: 1 }',
      ((10 / 4) ** 2 / 2) * Math.exp(-10 / 4),
    ],
    ['an oscillator', 'dx/dt = y/ms : 1\ndy/dt = -x/ms : 1', '{ x: 1 }', Math.cos(10)],
    [
      'a damped oscillator',
      'dx/dt = y/ms : 1\ndy/dt = (-2*x - 2*y)/ms : 1',
      '{ x: 1 }',
      Math.exp(-10) * (Math.cos(10) + Math.sin(10)),
    ],
    ['a growing mode', 'dx/dt = (3*y)/ms : 1\ndy/dt = 0.03*x/ms : 1', '{ x: 1 }', Math.cosh(3)],
    [
      'a stiff pair',
      'dx/dt = (y - x)/(1*us) : 1\ndy/dt = -y/(5*ms) : 1',
      '{ y: 1 }',
      (1 / (1 - 1 / 5000)) * (Math.exp(-2) - Math.exp(-10000)),
    ],
  ])('%s', async (_, model, initializers, x) => {
    const run = await simulate(group(model, { method: 'exact', initializers }));
    expect(finalOf(run, 'G.x')[0]! / x).toBeCloseTo(1, 10);
  });

  test('time constants of each neuron: propagators are stored, and two equal ones need no special case', async () => {
    const run = await simulate(
      group('dx/dt = (y - x)/a : 1\ndy/dt = -y/b : 1\na : second (constant)\nb : second (constant)', {
        method: 'exact',
        N: 4,
        initializers: '{ y: 1, a: { values: [4, 4, 2, 0.001], unit: ms }, b: { values: [4, 8, 3, 5], unit: ms } }',
      }),
    );
    const closed = (a: number, b: number): number =>
      a === b ? (10 / a) * Math.exp(-10 / a) : (b / (b - a)) * (Math.exp(-10 / b) - Math.exp(-10 / a));
    const expected = [closed(4, 4), closed(4, 8), closed(2, 3), closed(0.001, 5)];
    finalOf(run, 'G.x').forEach((x, k) => expect(x / expected[k]!).toBeCloseTo(1, 10));
    // The same equations with constants in the code.
    for (const [k, [a, b]] of (
      [
        [4, 4],
        [4, 8],
        [2, 3],
      ] as const
    ).entries()) {
      const alone = await simulate(
        group(`dx/dt = (y - x)/(${a}*ms) : 1\ndy/dt = -y/(${b}*ms) : 1`, { method: 'exact', initializers: '{ y: 1 }' }),
        wasm,
      );
      expect(finalOf(run, 'G.x')[k]! / finalOf(alone, 'G.x')[0]!).toBeCloseTo(1, 12);
    }
  });

  test('drives of each neuron beside known rates: only the change by the drive is stored', async () => {
    const text = group('dx/dt = (y + drive - x)/(4*ms) : 1\ndy/dt = -y/(2*ms) : 1\ndrive : 1 (constant)', {
      method: 'exact',
      N: 3,
      initializers: '{ y: 1, drive: { values: [0, -3, 1e5] } }',
    });
    const run = await simulate(text);
    const free = Math.exp(-10 / 4) - Math.exp(-10 / 2);
    [0, -3, 1e5].forEach((drive, k) =>
      expect(finalOf(run, 'G.x')[k]! / (free - drive * Math.expm1(-10 / 4))).toBeCloseTo(1, 11),
    );
    const stored = lowered(text).program.buffers.filter(({ name }) => /^G\.[PRC]\./.test(name));
    expect(stored.map(({ name }) => name)).toEqual(['G.C.x']);
  });

  test('a drive that changes from step to step counts as constant within each', async () => {
    const run = await simulate(
      group('dx/dt = (f(t) - x)/(2*ms) : 1', { method: 'exact', run: '3 ms' }).replace(
        'neuron_groups:',
        'timed_arrays: { f: { values: [1, 3, -1], dt: 1 ms } }\nneuron_groups:',
      ),
    );
    const decay = Math.exp(-1 / 2);
    const x = [1, 3, -1].reduce((before, f) => f + (before - f) * decay, 0);
    expect(finalOf(run, 'G.x')[0]).toBeCloseTo(x, 12);
  });

  test.each([
    ['the time itself', 'dx/dt = t/ms**2 : 1'],
    ['a function of the time', 'dx/dt = abs(t)/ms**2 : 1'],
    ['a product of variables', 'dx/dt = x*y/ms : 1\ndy/dt = -y/ms : 1'],
    ['a table that changes within a step', 'dx/dt = -f(t)*x/ms : 1'],
    ['noise', 'dx/dt = -x/ms + xi/ms**0.5 : 1'],
  ])('refuses %s', (_, model) => {
    const text = group(model, { method: 'exact' }).replace(
      'neuron_groups:',
      'timed_arrays: { f: { values: [1, 3], dt: 0.25 ms } }\nneuron_groups:',
    );
    expect(refused(text).join()).toMatch(
      /^lower\/method-refused: the integration method exact cannot integrate the equations of G/,
    );
  });
});

describe('exponential Euler', () => {
  test('a rate constant that is zero in some neurons and steps gives x + dt*B there', async () => {
    const run = await simulate(
      group('dx/dt = 2/ms - k*x/ms : 1\nk : 1', {
        method: 'exponential_euler',
        N: 3,
        initializers: '{ x: 1, k: i*0.5 }',
      }),
    );
    [21, 4 - 3 * Math.exp(-5), 2 - Math.exp(-10)].forEach((x, k) =>
      expect(finalOf(run, 'G.x')[k]! / x).toBeCloseTo(1, 12),
    );
  });

  test('other variables are held at the beginning of the step', async () => {
    const run = await simulate(
      group('dx/dt = (y - x)/ms : 1\ndy/dt = 1/ms : 1', { method: 'exponential_euler', run: '0.2 ms' }),
    );
    // y is 0 in the first step and 0.1 in the second.
    expect(finalOf(run, 'G.x')[0]).toBeCloseTo(0.1 * (1 - Math.exp(-0.1)), 14);
  });

  test('refuses equations that are not linear in the variable itself', () => {
    expect(refused(group('dx/dt = -x**3/ms : 1', { method: 'exponential_euler' })).join()).toMatch(
      /method-refused.*the equation of x is not linear in x/,
    );
  });
});

describe('noise', () => {
  test('one number a step, name and element; equations that share a name share it', async () => {
    const run = await simulate(
      group('dx/dt = xi_a/ms**0.5 : 1\ndy/dt = 2*xi_a/ms**0.5 : 1\ndz/dt = xi_b/ms**0.5 : 1', {
        method: 'euler',
        N: 50,
      }),
    );
    const [x, y, z] = [finalOf(run, 'G.x'), finalOf(run, 'G.y'), finalOf(run, 'G.z')];
    x.forEach((value, k) => expect(y[k]).toBeCloseTo(2 * value, 12));
    expect(new Set([...x, ...z]).size).toBe(100);
  });

  test('a Wiener process: independent increments of variance dt', async () => {
    const text =
      `${group('dx/dt = xi/ms**0.5 : 1', { method: 'euler', N: 400, run: '5 ms' })}\nstate_monitors: { M: { ` +
      'source: G, variables: x, record: true, when: end } }\n';
    const rows = (await simulate(text, wasm)).samples.get('M/x')!;
    const increments = rows.map((row, k) => row.map((x, i) => (x - (k > 0 ? rows[k - 1]![i]! : 0)) / Math.sqrt(0.1)));
    const all = increments.flat();
    const moment = (f: (x: number) => number): number => all.reduce((sum, x) => sum + f(x), 0) / all.length;
    // 20,000 standard normal numbers: five standard errors of each moment.
    expect(Math.abs(moment((x) => x))).toBeLessThan(5 / Math.sqrt(all.length));
    expect(Math.abs(moment((x) => x * x) - 1)).toBeLessThan(5 * Math.sqrt(2 / all.length));
    expect(Math.abs(moment((x) => x ** 3))).toBeLessThan(5 * Math.sqrt(15 / all.length));
    expect(Math.abs(moment((x) => x ** 4) - 3)).toBeLessThan(5 * Math.sqrt(96 / all.length));
    // Steps that share a block of the generator (2k, 2k + 1) and neighbours that do not.
    const covariance = (lag: number, from: number): number => {
      let [sum, n] = [0, 0];
      for (let k = from; k + lag < increments.length; k += 2)
        increments[k]!.forEach((x, i) => {
          sum += x * increments[k + lag]![i]!;
          n += 1;
        });
      return (sum / n) * Math.sqrt(n);
    };
    for (const from of [0, 1]) expect(Math.abs(covariance(1, from))).toBeLessThan(5);
  });

  /** Mean |error| at 1 ms of dz = a z dt + b z dW (Stratonovich) against z exp(a t + b W(t)) on the same path. */
  async function strongError(method: string, dt: number): Promise<number> {
    const run = await simulate(
      group('dz/dt = 0.4*z/ms + 0.7*z*xi/ms**0.5 : 1\ndw/dt = xi/ms**0.5 : 1', {
        method,
        N: 600,
        initializers: '{ z: 1 }',
        run: '1 ms',
        dt: `${dt} ms`,
      }),
      wasm,
    );
    const w = finalOf(run, 'G.w');
    return finalOf(run, 'G.z').reduce((sum, z, k) => sum + Math.abs(z - Math.exp(0.4 + 0.7 * w[k]!)), 0) / w.length;
  }

  test('heun converges to the Stratonovich solution of geometric Brownian motion with strong order 1', async () => {
    const errors = [
      await strongError('heun', 0.1),
      await strongError('heun', 0.025),
      await strongError('heun', 0.00625),
    ];
    for (const k of [0, 1]) {
      const order = Math.log(errors[k]! / errors[k + 1]!) / Math.log(4);
      expect(order).toBeGreaterThan(0.8);
      expect(order).toBeLessThan(1.3);
    }
  });

  test('milstein likewise, if every equation has a noise of its own', async () => {
    // Each equation needs its own noise, so the path is not at hand: the mean of z is exp((a + b²/2) t).
    const run = await simulate(
      group('dz/dt = 0.4*z/ms + 0.7*z*xi/ms**0.5 : 1', {
        method: 'milstein',
        N: 4000,
        initializers: '{ z: 1 }',
        run: '1 ms',
        dt: '0.02 ms',
      }),
      wasm,
    );
    const logs = finalOf(run, 'G.z').map((z) => Math.log(z));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / logs.length;
    // log z is normal with mean a t and variance b² t in Stratonovich's sense; five standard errors and the scheme's
    // O(dt).
    expect(Math.abs(mean - 0.4)).toBeLessThan((5 * 0.7) / Math.sqrt(4000) + 0.005);
    expect(Math.abs(variance - 0.49)).toBeLessThan(5 * 0.49 * Math.sqrt(2 / 4000) + 0.01);
  });

  test('an Ornstein-Uhlenbeck process has the variance of its discretisation', async () => {
    const run = await simulate(
      group('dx/dt = -x/(2*ms) + sqrt(2/(2*ms))*xi : 1', { method: 'euler', N: 5000, run: '20 ms' }),
      wasm,
    );
    const x = finalOf(run, 'G.x');
    const variance = x.reduce((sum, value) => sum + value * value, 0) / x.length;
    // Euler: a = 1 - dt/tau, variance 2 dt/tau / (1 - a²) = 1/(1 - dt/(2 tau)).
    const expected = 1 / (1 - 0.1 / 4);
    expect(Math.abs(variance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / 5000));
  });

  test.each([
    ['euler', 'dx/dt = x*xi/ms**0.5 : 1', /the noise of x is multiplicative/],
    ['rk4', 'dx/dt = -x/ms + xi/ms**0.5 : 1', /they have noise/],
    ['exponential_euler', 'dx/dt = -x/ms + xi/ms**0.5 : 1', /they have noise/],
    ['milstein', 'dx/dt = x*xi_1/ms**0.5 + xi_2/ms**0.5 : 1', /the noise is not diagonal/],
    ['milstein', 'dx/dt = x*xi_1/ms**0.5 : 1\ndy/dt = y*xi_1/ms**0.5 : 1', /the noise is not diagonal/],
    ['heun', 'dx/dt = xi**2 : 1', /not linear in its noise|dimension/],
  ])('%s refuses %s', (method, model, why) => {
    expect(refused(group(model, { method })).join()).toMatch(why);
  });
});

describe('the default choice', () => {
  test.each([
    ['linear', 'dx/dt = -x/ms : 1', 'exact'],
    ['not linear', 'dx/dt = -x**3/ms : 1', 'euler'],
    ['additive noise', 'dx/dt = -x/ms + xi/ms**0.5 : 1', 'euler'],
    ['multiplicative noise', 'dx/dt = -x/ms + x*xi/ms**0.5 : 1', 'heun'],
  ])('%s: as Brian', (_, model, method) => {
    expect(lowered(group(model)).program.manifest.notes).toContain(`G is integrated by ${method}`);
  });
});

describe('precision', () => {
  test.each(['exact', 'euler', 'rk4', 'exponential_euler'])(
    '%s in float32 follows float64 to single precision',
    async (method) => {
      const text =
        `${group('dx/dt = (y - x)/(4*ms) : 1\ndy/dt = -y/(7*ms) : 1', { method, initializers: '{ y: 1 }' })}\nstate_monitors: ` +
        '{ M: { source: G, variables: x, record: true } }\n';
      const [double, single] = [await simulate(text), await simulate(text, { precision: 'float32' })];
      const narrow = trace(single, 'M/x');
      trace(double, 'M/x').forEach((x, k) => expect(Math.abs(narrow[k]! - x)).toBeLessThan(2e-6));
      expect(narrow.every((x) => Math.fround(x) === x)).toBe(true);
      expect(narrow).not.toEqual(trace(double, 'M/x'));
    },
  );
});
