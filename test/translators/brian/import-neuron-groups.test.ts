import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { exportBrianScript } from '../../../translators/brian/export-script.js';
import { document, findings, valid, type Loose } from './support.js';

/** The type and the population of a group of one neuron with the given lines. */
function group(lines: string, rest = ''): Loose {
  const body = `${rest}\nneuron_groups:\n  G:\n    N: 3\n${lines.replace(/^/gm, '    ')}\nrun: 1 ms`;
  const { neurons, populations } = document(brian(body));
  return { ...neurons.G, values: populations.G.values };
}

test('functions are put in at their calls', () => {
  const { derived } = group(
    'model: |\n  w : 1\n  z = g(w - 1) : 1',
    'functions:\n  f: { arguments: [x, y], value: k*x + y }\n  g: { arguments: [x], value: "f(x, 1) + f(2*x, x)" }\n' +
      'namespace: { k: 3 }',
  );
  expect(derived.z.value).toBe('k*(w - 1) + 1 + (k*(2*(w - 1)) + (w - 1))');
});

test('functions may branch', () => {
  const { derived } = group(
    'model: |\n  w : 1\n  z = f(w) : 1',
    'functions: { f: { arguments: [x], value: x if x > 0 else 0 } }',
  );
  expect(derived.z.value).toBe('w if w > 0 else 0');
});

test('binomial functions draw, from a normal distribution if Brian does', () => {
  const { derived } = group(
    'model: |\n  x = b() : 1 (constant over dt)\n  y = c() : 1 (constant over dt)\n  z = d() : 1 (constant over dt)',
    'binomial_functions:\n  b: { n: 10, p: 0.3 }\n  c: { n: 100, p: 0.3 }\n  d: { n: 100, p: 0.3, approximate: false }',
  );
  expect([derived.x.value, derived.y.value, derived.z.value]).toEqual([
    'binomial(10, 0.3)',
    '30 + sqrt(21)*normal()',
    'binomial(100, 0.3)',
  ]);
});

describe('equations', () => {
  test('a differential equation is state with a derivative, a line without equation a parameter', () => {
    const { state, derivatives, parameters } = group('model: |\n  dv/dt = (I - v)/(10*ms) : volt\n  I : volt');
    expect(state).toEqual({ v: { unit: 'V' } });
    expect(derivatives).toEqual({ v: { rate: '(I - v)/(10*ms)' } });
    expect(parameters).toEqual({ I: { unit: 'V', value: 0 } });
  });

  test('a subexpression is derived; (constant over dt) is held', () => {
    const { derived } = group('model: |\n  x = 2*y : 1\n  z = rand() : 1 (constant over dt)\n  y : 1');
    expect(derived).toEqual({ x: { unit: '1', value: '2*y' }, z: { unit: '1', value: 'uniform()', held: true } });
  });

  test('a parameter that code writes is state without derivative', () => {
    const { parameters, state } = group(
      'model: |\n  dv/dt = -v/ms : 1\n  count : integer\n  still : 1\nthreshold: v > 1\nreset: count += 1',
    );
    expect(state.count).toEqual({ unit: '1', type: 'integer' });
    expect(Object.keys(parameters)).toEqual(['still']);
  });

  test.each([
    ['run_regularly', 'run_regularly: [{ code: x = 1 }]', ''],
    ['an event', 'events: { e: { condition: v > 1, code: x = 1 } }', ''],
    ['a PoissonInput', '', 'poisson_inputs:\n  p: { target: G, target_var: x, N: 1, rate: 1 Hz, weight: 1 }'],
    ['a synapse', '', 'synapses:\n  S: { source: G, on_pre: x_post += 1, connect: true }'],
    ['a sum', '', 'synapses:\n  S: { source: G, model: "x_post = v_pre : 1 (summed)", connect: true }'],
  ])('%s makes a parameter state', (_, lines, rest) => {
    const { state } = group(`model: |\n  dv/dt = -v/ms : 1\n  x : 1\nthreshold: v > 1\n${lines}`, rest);
    expect(Object.keys(state)).toEqual(['v', 'x']);
  });

  test('types and the flag shared are kept', () => {
    const { parameters } = group('model: |\n  n : integer\n  on : boolean (constant)\n  s : amp (shared)');
    expect(parameters).toEqual({
      n: { unit: '1', type: 'integer', value: 0 },
      on: { unit: '1', type: 'boolean', value: 0 },
      s: { unit: 'A', shared: true, value: 0 },
    });
  });

  test('white noise is named', () => {
    expect(group('model: "dv/dt = -v/ms + xi*ms**-0.5 : 1"').noise).toEqual(['xi']);
    expect(group('model: |\n  dv/dt = xi_b*ms**-0.5 : 1\n  dw/dt = xi_a*ms**-0.5 : 1').noise).toEqual(['xi_a', 'xi_b']);
  });

  test.each([
    ['exact', 'exact'],
    ['linear', 'exact'],
    ['exponential_euler', 'exponentialEuler'],
    ['Euler', 'euler'],
    ['rk2', 'rk2'],
    ['rk4', 'rk4'],
    ['heun', 'heun'],
    ['milstein', 'milstein'],
  ])('method %s is %s', (written, method) => {
    expect(group(`model: "dv/dt = -v/ms : 1"\nmethod: ${written}`).method).toBe(method);
  });

  test("without a method the choice is left to lowering, by Brian's rule", () => {
    expect(group('model: "dv/dt = -v/ms : 1"').method).toBeUndefined();
    expect(document(brian('neuron_groups:\n  G: { N: 1, model: "v : 1" }\nrun: 1 ms')).timing).toBe('brian');
  });
});

describe('constants', () => {
  test('constants that code names become shared parameters in SI, others are left out', () => {
    const { parameters } = group('model: "dv/dt = -v/tau : 1"', 'namespace: { tau: 10 ms, unused: 3 mV }');
    expect(parameters).toEqual({ tau: { unit: 's', value: 0.01, shared: true } });
  });

  test.each([
    ['5 ms', 0.005],
    ['5*ms', 0.005],
    ['-60 mV', -0.06],
    ['0.07 ms', 0.00007],
    ['70 us', 0.00007],
    ['2*10*ms', 0.02],
    ['10*ms + 1*ms', 0.011],
  ])('%s is %d in SI', (text, value) => {
    const { parameters } = group('model: "x = tau : 1"', `namespace: { tau: ${text} }`);
    expect(parameters.tau.value).toBe(value);
  });

  test('constants may be made of constants, in any order', () => {
    const { parameters } = group('model: "dv/dt = v*c : 1"', 'namespace: { c: 2*b/a, b: 3 mV, a: 6*mV*ms }');
    expect(parameters.c).toEqual({ unit: 'Hz', value: 1000, shared: true });
  });

  test('the namespace of a group comes before the common one', () => {
    const { parameters } = group('model: "dv/dt = -v/tau : 1"\nnamespace: { tau: 20 ms }', 'namespace: { tau: 10 ms }');
    expect(parameters.tau.value).toBe(0.02);
  });

  test('a variable comes before a constant', () => {
    const { parameters } = group('model: |\n  dv/dt = -v/tau : 1\n  tau : second', 'namespace: { tau: 10 ms }');
    expect(parameters.tau).toEqual({ unit: 's', value: 0 });
  });

  test('whole numbers stay integers, unless a phase makes them fractions', () => {
    expect(group('model: "dv/dt = n*v/ms : 1"', 'namespace: { n: 2 }').parameters.n.type).toBe('integer');
    const text = brian(
      'namespace: { n: 2 }\nneuron_groups:\n  G: { N: 1, model: "dv/dt = n*v/ms : 1" }\nrun: [{ set: { n: 2.5 }, ' +
        'duration: 1 ms }]',
    );
    expect(document(text).neurons.G.parameters.n.type).toBeUndefined();
  });

  test('values that are evaluated once have constants put in, unless the type has them anyway', () => {
    const { values, parameters } = group(
      'model: "dv/dt = -v/tau : 1"\ninitializers: { v: "rand()*tau/T" }',
      'namespace: { tau: 10 ms, T: 5 ms }',
    );
    expect(values.v).toBe('uniform()*tau/(0.005*second)');
    expect(Object.keys(parameters)).toEqual(['tau']);
  });
});

describe('functions', () => {
  test.each([
    ['rand()', 'uniform()'],
    ['randn()', 'normal()'],
    ['poisson(3)', 'poisson(3)'],
    ['arcsin(x)', 'asin(x)'],
    ['arccos(x)', 'acos(x)'],
    ['arctan(x)', 'atan(x)'],
    ['clip(x, 0, 1)', 'clip(x, 0, 1)'],
    ['int(x > 0)', 'int(x > 0)'],
    ['timestep(t, dt)', 'timestep(t, dt)'],
    ['exprel(x)', 'exprel(x)'],
  ])('%s is %s', (written, canonical) => {
    const { events } = group(`model: "x : 1"\nthreshold: x > 1\nreset: x = ${written}`);
    expect(events.spike.do).toEqual([`x = ${canonical}`]);
  });

  test('t, dt, i, N and t_in_timesteps have a meaning everywhere', () => {
    const { events } = group(
      'model: "x : 1"\nthreshold: x > t/second + dt/second + i + N + t_in_timesteps\nreset: x = 0',
    );
    expect(events.spike.when).toBe('x > t/second + dt/second + i + N + t_in_timesteps');
  });

  test('a timed array is called by its name', () => {
    const rest =
      'timed_arrays:\n  f: { values: [1, 2], dt: 1 ms }\n  g: { values: [[1, 2, 3], [4, 5, 6]], unit: mV, dt: 1 ms }';
    const { derivatives } = group('model: |\n  dv/dt = f(t)/ms : 1\n  dw/dt = g(t, i)/ms : volt', rest);
    expect(derivatives).toEqual({ v: { rate: 'f(t)/ms' }, w: { rate: 'g(t, i)/ms' } });
  });
});

describe('threshold, reset, refractoriness', () => {
  const model = 'model: |\n  dv/dt = -v/ms : 1 (unless refractory)\n  dw/dt = -w/ms : 1\n  r : second\n  on : boolean';

  test('the threshold is the level-triggered event spike, the reset its actions', () => {
    expect(group(`${model}\nthreshold: v > 1\nreset: |\n  v = 0\n  w += 1; r = 2*ms`).events.spike).toEqual({
      when: 'v > 1',
      do: ['v = 0', 'w += 1', 'r = 2*ms'],
    });
  });

  test.each([
    ['2 ms', { for: '2 ms', rate: ['v'], writes: 'block' }],
    ['r', { for: 'r', evaluated: 'eachStep', rate: ['v'], writes: 'block' }],
    ['1*ms + r', { for: '1*ms + r', evaluated: 'eachStep', rate: ['v'], writes: 'block' }],
    ['v < 0.5', { while: 'v < 0.5', evaluated: 'eachStep', rate: ['v'], writes: 'block' }],
    ['not on', { while: 'not on', evaluated: 'eachStep', rate: ['v'], writes: 'block' }],
    ['on', { while: 'on', evaluated: 'eachStep', rate: ['v'], writes: 'block' }],
    ['false', undefined],
  ])('refractory: %s', (written, refractory) => {
    expect(group(`${model}\nthreshold: v > 1\nrefractory: ${written}`).events.spike.refractory).toEqual(refractory);
  });

  test('without the flag only the spike is suppressed', () => {
    expect(group('model: "dv/dt = -v/ms : 1"\nthreshold: v > 1\nrefractory: 2 ms').events.spike.refractory).toEqual({
      for: '2 ms',
    });
  });

  test("not_refractory and lastspike belong to the mechanism; without refractoriness they have Brian's constants", () => {
    const code = 'reset: "w = int(not_refractory)*lastspike/second"';
    expect(group(`${model}\nthreshold: v > 1\nrefractory: 1 ms\n${code}`).events.spike.do).toEqual([
      'w = int(not_refractory)*lastspike/second',
    ]);
    expect(group(`${model}\nthreshold: v > 1\n${code}`).events.spike.do).toEqual([
      'w = int(True)*-(10000.0*second)/second',
    ]);
  });

  test('custom events are tested and acted on in slots of their own', () => {
    const { events } = group(
      'model: "x : 1"\nevents:\n  e: { condition: x > 1, code: x = 0, order: 2 }\n  f: { condition: x > 2, ' +
        'condition_when: end, when: after_end }\n  g: { condition: x > 3, condition_when: end, condition_order: -1, ' +
        'when: end, order: 1, code: x = 1 }',
    );
    expect(events).toEqual({
      e: { when: 'x > 1', do: ['x = 0'], slot: 'after_thresholds', actionSlot: 'after_resets', order: 2 },
      f: { when: 'x > 2', slot: 'end', actionSlot: 'after_end' },
      g: { when: 'x > 3', do: ['x = 1'], slot: 'end', actionSlot: 'end', order: -1, actionOrder: 1 },
    });
    const text = 'model: "x : 1"\nthreshold: x > 1\nthreshold_order: 1\nreset: x = 0\nreset_order: 3';
    expect(group(text).events).toEqual({ spike: { when: 'x > 1', do: ['x = 0'], order: 1, actionOrder: 3 } });
  });

  test('names that are assigned and have no other meaning are temporaries', () => {
    expect(group('model: "x : 1"\nthreshold: x > 1\nreset: |\n  half = x/2\n  x = half').events.spike.do).toEqual([
      'half = x/2',
      'x = half',
    ]);
  });
});

describe('initial values', () => {
  const model = 'model: |\n  dv/dt = -v/ms : volt\n  w : 1\n  b : boolean\n  s = 2*w : 1';

  test.each([
    ['v: -60 mV', { state: '-60 mV' }],
    ['v: 0', { state: 0 }],
    ['v: -60*mV', { state: '-60*mV' }],
    ['v: 10*mV*rand()', { values: { v: '10*mV*uniform()' } }],
    ['v: [1 mV, 2 mV, 0]', { values: { v: { array: [0.001, 0.002, 0] } } }],
    ['v: { values: [1, 2, 3], unit: mV }', { values: { v: { array: [0.001, 0.002, 0.003] } } }],
    ['w: i/N', { values: { w: 'i/N' } }],
    ['w: { value: 1, where: i > 0 }', { values: { w: '1.0 if i > 0 else 0.0' } }],
    ['w: [{ value: 2 }, { value: rand(), where: i > 0 }]', { values: { w: 'uniform() if i > 0 else 2.0' } }],
    ['w: { value: 5, index: [0, 2] }', { values: { w: { array: [5, 0, 5] } } }],
    ['w: { value: [7, 8], index: "1:3" }', { values: { w: { array: [0, 7, 8] } } }],
    ['w: { value: rand(), index: "1:" }', { values: { w: 'uniform() if i >= 1 else 0.0' } }],
  ])('%s', (written, expected: Loose) => {
    const { state, values } = group(`${model}\ninitializers: { ${written} }`);
    expect(values).toEqual(expected.values ?? {});
    expect(state.v.initial).toEqual(expected.state);
  });

  test('a list sets in its order: an unset variable is 0, one that is set again stands for its value at that moment', () => {
    const order =
      'initializers:\n  - { variable: v, value: w*mV + i*mV }\n  - { variable: w, value: 2 }\n  - { variable: w, ' +
      'value: w + i }';
    expect(group(`${model}\n${order}`).values).toEqual({ v: '0.0*mV + i*mV', w: '2.0 + i' });
  });

  test('subexpressions are put in', () => {
    expect(group(`${model}\ninitializers: { w: rand(), v: s*mV }`).values.v).toBe('2*w*mV');
  });
});

describe('linked parameters', () => {
  const text = (links: string): string =>
    brian(
      'neuron_groups:\n  H: { N: 3, model: "dv/dt = -v/ms : volt" }\n' +
        `  G: { N: 3, model: "a : volt (linked)\\nb : volt (linked)"${links} }\nrun: 1 ms`,
    );

  test('stand for variables of other groups', () => {
    const { populations } = document(text(', linked: { a: H.v, b: { variable: H.v, index: [2, 0, 1] } }'));
    expect(populations.G.linked).toEqual({
      a: { population: 'H', variable: 'v' },
      b: { population: 'H', variable: 'v', index: { array: [2, 0, 1] } },
    });
  });

  test('of a variable that neurons share need no index', () => {
    const model = brian(
      'neuron_groups:\n  H: { N: 3, model: "s : volt (shared)", run_regularly: [{ code: s += 1*volt }] }\n' +
        '  G: { N: 4, model: "a : volt (linked)", linked: { a: H.s } }\nrun: 1 ms',
    );
    expect(document(model).populations.G.linked).toEqual({ a: { population: 'H', variable: 's', index: 0 } });
    expect(exportBrianScript(valid(model)).files[0]?.text).toContain('G.a = linked_var(H, "s")');
  });

  test.each([
    ['nothing', ', linked: { a: H.v }', 'brian/link-missing'],
    ['a parameter that is not linked', ', linked: { a: H.v, b: H.v, c: H.v }', 'brian/unknown-variable'],
    ['a variable that there is not', ', linked: { a: H.v, b: H.w }', 'model/unknown-variable'],
  ])('refuses %s', (_, links, code) => {
    expect(findings(text(links)).map((each) => each.split('@')[0])).toEqual([code]);
  });
});
