/** Mistakes in a specification are found all at once, each with its place in the user's text. */

import { describe, expect, test } from 'vitest';
import { brian } from '../../support/brian-text.js';
import { check, findings } from './support.js';

/** Returns findings of a specification with a body that begins on line 6: `brian` writes five lines before it. */
const body = (text: string): string[] => findings(brian(`${text}\nrun: 1 ms`));
/** A group G on lines 6 to 8; `rest` begins on line 9 with four blanks before it. */
const group = (lines: string, rest = ''): string[] =>
  body(`neuron_groups:\n  G:\n    N: 3\n${lines.replace(/^/gm, '    ')}${rest === '' ? '' : `\n${rest}`}`);
/** Synapses S from G to G: lines after `source` begin at line 10. */
const synapses = (lines: string): string[] =>
  body(
    'neuron_groups: { G: { N: 3, model: "v : 1\\nu : 1", threshold: v > 1, reset: v = 0 } }\nsynapses:\n  S:\n   ' +
      ` source: G\n${lines.replace(/^/gm, '    ')}`,
  );

type Row = readonly [name: string, found: string[], expected: string[]];
const table = (rows: readonly Row[]): void => {
  test.each(rows)('%s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });
};

describe('shape', () => {
  table([
    ['not a specification', findings('neurons: {}'), ['brian/not-a-specification@1:1']],
    ['a list', findings('[1, 2]'), ['brian/not-a-specification@1:1']],
    ['another version', findings('format: interneuron/brian\nversion: 2\nrun: 1 ms'), ['brian/not-allowed@2:10']],
    ['an unknown key', body('neuron_group: {}'), ['brian/unknown-key@6:1']],
    ['a missing key', body('neuron_groups: { G: { N: 3 } }'), ['brian/missing-key@6:21']],
    ['a value of the wrong type', body('neuron_groups: { G: { N: [3], model: "v : 1" } }'), ['brian/wrong-type@6:26']],
    [
      'an unknown slot',
      group('model: "v : 1"\nrun_regularly: [{ code: v = 1, when: sometimes }]'),
      ['brian/not-allowed@10:42'],
    ],
    ['no run', findings('format: interneuron/brian'), ['brian/no-run@1:1']],
  ]);
});

describe('features of Brian that are not built are refused by name', () => {
  const refused = (found: ReturnType<typeof check>): string[] =>
    found.list.filter(({ code }) => code === 'brian/unsupported').map(({ message }) => message);
  test.each([
    ['network_operations: {}', 'network_operation'],
    ['preferences: {}', 'preferences'],
    ['neuron_groups: { G: { N: 1, model: "v : 1", dtype: float32 } }', 'dtype'],
    ['neuron_groups: { G: { N: 1, model: "v : 1", run_at: [] } }', 'run_at'],
    [
      'neuron_groups: { G: { N: 1, model: "v : 1" } }\nsynapses: { S: { source: G, model: "w : 1 (linked)" } }',
      'linked variables',
    ],
    [
      'neuron_groups: { G: { N: 1, model: "v : 1" } }\nsynapses: { S: { source: G, connect: { i: [0], j: [0], p: ' +
        '0.5 } } }',
      'a probability for given pairs',
    ],
    ['poisson_groups: { P: { N: 1, rates: 5*Hz*rand() } }', 'rates that are drawn anew at every step'],
  ])('%s', (text, feature) => {
    expect(refused(check(brian(`${text}\nrun: 1 ms`)))).toEqual([`${feature} cannot be imported`]);
  });
});

describe('names', () => {
  table([
    [
      'an unknown name, with the nearest',
      group('model: "dv/dt = (I - v)/taum : 1\\nI : 1"'),
      ['brian/unknown-name@9:29'],
    ],
    [
      'a name of one letter that is a unit elsewhere',
      group('model: "dv/dt = -v/(3*S) : 1"'),
      ['brian/unknown-name@9:27'],
    ],
    ['an unknown function', group('model: "dv/dt = foo(v)/ms : 1"'), ['brian/unknown-function@9:21']],
    ['a function without its arguments', group('model: "dv/dt = rand/ms : 1"'), ['brian/function-as-value@9:21']],
    ['a variable that is called', group('model: "dv/dt = v(t)/ms : 1"'), ['brian/not-callable@9:21']],
    ['too many arguments', group('model: "dv/dt = exp(v, v)/ms : 1"'), ['brian/argument-count@9:21']],
    [
      'a timed array without its time',
      group('model: "dv/dt = f(t, i)/ms : 1"', 'timed_arrays: { f: { values: [1], dt: 1 ms } }'),
      ['brian/argument-count@9:21'],
    ],
    ['an attribute', group('model: "dv/dt = pre.v/ms : 1"'), ['brian/attribute@9:21']],
    ['a variable called like a unit', group('model: "mV : 1"'), ['brian/reserved-name@9:13']],
    ['a variable called like a function', group('model: "exp : 1"'), ['brian/reserved-name@9:13']],
    ['a variable called like a special', group('model: "dt : 1"'), ['brian/reserved-name@9:13']],
    ['a variable that begins with _', group('model: "_v : 1"'), ['brian/reserved-name@9:13']],
    ['a variable that ends in _pre', group('model: "v_pre : 1"'), ['brian/reserved-name@9:13']],
    ['a variable of the refractory mechanism', group('model: "lastspike : second"'), ['brian/reserved-name@9:13']],
    ['a constant called like a unit', body('namespace: { ms: 3 }'), ['brian/reserved-name@6:18']],
    ['a constant called e', body('namespace: { e: 3 }'), ['brian/reserved-name@6:17']],
    [
      'a name with a hyphen',
      body('neuron_groups: { my-group: { N: 1, model: "v : 1" } }'),
      ['brian/not-an-identifier@6:28'],
    ],
    [
      'one name for two objects',
      body('neuron_groups: { G: { N: 1, model: "v : 1" } }\npoisson_groups: { G: { N: 1, rates: 1 Hz } }'),
      ['brian/duplicate-name@7:22'],
    ],
    ['a variable that is defined twice', group('model: |\n  v : 1\n  v : 1'), ['lang/duplicate-definition@11:7']],
    [
      'constants computed from each other in a long row',
      body(`namespace: { ${Array.from({ length: 300 }, (_, k) => `a${k}: a${k + 1} + 1`).join(', ')}, a300: 1 }`),
      ['brian/namespace-too-deep@6:3002'],
    ],
    ['constants defined by each other', body('namespace: { a: b*ms, b: a/ms }'), ['brian/namespace-cycle@6:17']],
  ]);

  test("hints name the nearest, or Brian's own spelling of a unit", () => {
    const hint = (text: string): string | undefined =>
      check(brian(`neuron_groups: { G: { N: 1, model: "${text}" } }\nrun: 1 ms`)).list[0]?.hint;
    expect(hint('dv/dt = -v/taau : 1\\ntau : second')).toBe('did you mean tau?');
    expect(hint('x = 3*mS : siemens')).toBe('Brian has no unit mS; write msiemens');
    expect(hint('x = sinn(3) : 1')).toContain('sin');
  });
});

describe('equations and code', () => {
  table([
    [
      'a broken equation keeps its name',
      group('model: "dv/dt = (1 - v/ms : 1"\nthreshold: v > 1\nreset: v = 0\ninitializers: { v: 0.5 }'),
      ['lang/unclosed-parenthesis@9:21'],
    ],
    [
      'a broken constant is said once',
      body(
        'namespace: { a: (1, b: 2*a }\nneuron_groups: { G: { N: b, model: "v : second", initializers: { v: 2*b } } }',
      ),
      ['lang/unclosed-parenthesis@6:17'],
    ],
    [
      "a constant that one of Brian's names hides",
      body('namespace: { N: 3 }\nneuron_groups: { G: { N: N, model: "v = N : 1\\nw = 2*N : 1" } }'),
      ['brian/constant-hidden@7:41'],
    ],
    [
      'rates above one spike a step',
      body('poisson_groups: { P: { N: 1, rates: 20*kHz } }'),
      ['model/rate-beyond-step@6:37'],
    ],
    [
      'rates above one spike a step, worked out from a constant',
      body('namespace: { r: 20*kHz }\npoisson_groups: { P: { N: 1, rates: 2*r } }'),
      ['model/rate-beyond-step@7:37'],
    ],
    [
      'constants that nothing reads, or only one another',
      body('namespace: { a: 2, b: 2*a, c: 3 ms }\nneuron_groups: { G: { N: 1, model: "dv/dt = -v/c : 1" } }'),
      ['brian/unread-constant@6:14', 'brian/unread-constant@6:20'],
    ],
    [
      'a seed that has lost digits',
      findings('format: interneuron/brian\nseed: 9007199254740993\nneuron_groups: { G: { N: 1, model: "v : 1" } }'),
      ['brian/no-run@1:1', 'model/seed-too-large@2:7'],
    ],
    ['a scaled unit', group('model: "v : mV"'), ['brian/scaled-unit@9:17']],
    ['a unit that Brian has not', group('model: "v : V"'), ['brian/scaled-unit@9:17']],
    ['no unit at all', group('model: |\n  v = 3\n  w : 1'), ['lang/equation-without-unit@10:7']],
    ['a flag that does not belong here', group('model: "v : 1 (unless refractory)"'), ['brian/unknown-flag@9:13']],
    [
      'flags that exclude each other',
      synapses('model: "da/dt = -a/ms : 1 (event-driven, clock-driven)"\nconnect: true'),
      ['brian/conflicting-flags@10:13'],
    ],
    ['a random subexpression', group('model: "x = rand() : 1"'), ['brian/random-in-subexpression@9:13']],
    [
      'noise in a reset',
      group('model: "v : 1"\nthreshold: v > 1\nreset: v = xi*second**0.5'),
      ['brian/reserved-name@11:16'],
    ],
    ['a conditional expression', group('model: "v = 1 if t > 1*second else 2 : 1"'), ['brian/conditional@9:17']],
    ['a chained comparison', group('model: "v : 1"\nthreshold: 0 < v < 1'), ['lang/chained-comparison@10:16']],
    ['an unknown method', group('model: "dv/dt = -v/ms : 1"\nmethod: eulr'), ['brian/unknown-method@10:13']],
    ['a reset without threshold', group('model: "v : 1"\nreset: v = 0'), ['brian/reset-without-threshold@10:12']],
    [
      'refractoriness without threshold',
      group('model: "v : 1"\nrefractory: 1 ms'),
      ['brian/refractory-without-threshold@10:17'],
    ],
    [
      'writing a subexpression',
      group('model: "x = v : 1\\nv : 1"\nthreshold: v > 1\nreset: x = 0'),
      ['brian/read-only@11:12'],
    ],
    [
      'writing what is constant',
      group('model: "v : 1 (constant)"\nthreshold: v > 1\nreset: v = 0'),
      ['brian/constant-written@11:12'],
    ],
    [
      'writing a shared variable at single spikes',
      group('model: "v : 1\\ns : 1 (shared)"\nthreshold: v > 1\nreset: s = 0'),
      ['brian/read-only@11:12'],
    ],
    [
      'writing a constant of the namespace',
      group('model: "v : 1"\nthreshold: v > 1\nreset: c = 0', 'namespace: { c: 3 }'),
      ['brian/read-only@11:12'],
    ],
    ['writing the time', group('model: "v : 1"\nthreshold: v > 1\nreset: t = 0*ms'), ['brian/read-only@11:12']],
    [
      'adding to what is not there',
      group('model: "v : 1"\nthreshold: v > 1\nreset: w += 1'),
      ['brian/unknown-name@11:12'],
    ],
    [
      'a statement that is none',
      group('model: "v : 1"\nthreshold: v > 1\nreset: "v == 0"'),
      ['lang/not-a-statement@11:15'],
    ],
    [
      'several mistakes at once',
      group('model: |\n  dv/dt = -v/tau : 1\n  w : mV\nthreshold: v > foo\nreset: x += 1'),
      ['brian/unknown-name@10:18', 'brian/scaled-unit@11:11', 'brian/unknown-name@12:20', 'brian/unknown-name@13:12'],
    ],
  ]);
});

describe("dimensions and types, found in the canonical model, at their place in the user's text", () => {
  table([
    ['a right side of the wrong dimension', group('model: "dv/dt = -v/ms + 1 : 1"'), ['lang/dimension-mismatch@9:29']],
    [
      'two sides of a sum',
      group('model: |\n  dv/dt = (v + I)/(10*ms) : volt\n  I : amp'),
      ['lang/dimension-mismatch@10:20'],
    ],
    ['a threshold that is no condition', group('model: "v : 1"\nthreshold: v + 1'), ['lang/not-boolean@10:16']],
    ['a comparison', group('model: "v : volt"\nthreshold: v > 0'), ['lang/dimension-mismatch@10:20']],
    [
      'a statement',
      group('model: "v : volt"\nthreshold: v > 0*mV\nreset: |\n  v = 0*mV\n  v += 1'),
      ['lang/dimension-mismatch@13:12'],
    ],
    ['a cycle of subexpressions', group('model: |\n  x = y : 1\n  y = x : 1'), ['model/derived-cycle@10:7']],
  ]);
});

describe('values', () => {
  table([
    [
      'a number where a quantity belongs',
      group('model: "v : volt"\ninitializers: { v: 3 }'),
      ['brian/unit-missing@10:24'],
    ],
    [
      'a quantity of another dimension',
      group('model: "v : volt"\ninitializers: { v: 3 ms }'),
      ['brian/wrong-dimension@10:24'],
    ],
    ['an unknown unit', group('model: "v : volt"\ninitializers: { v: 3 mvv }'), ['lang/unknown-unit@10:26']],
    ['an unknown variable', group('model: "v : volt"\ninitializers: { w: 3 mV }'), ['brian/unknown-variable@10:24']],
    ['a fraction for an integer', group('model: "n : integer"\ninitializers: { n: 1.5 }'), ['brian/wrong-value@10:24']],
    ['too few values', group('model: "v : 1"\ninitializers: { v: [1, 2] }'), ['brian/length-mismatch@10:24']],
    [
      'an item that is not a quantity',
      group('model: "v : 1"\ninitializers: { v: [1, 2, x] }'),
      ['brian/not-a-quantity@10:31'],
    ],
    [
      'an index out of range',
      group('model: "v : 1"\ninitializers: { v: { value: 1, index: 3 } }'),
      ['brian/out-of-range@10:33'],
    ],
    [
      'a random value that is read and set again',
      group(
        'model: "v : 1\\nw : 1"\ninitializers:\n  - { variable: v, value: rand() }\n  - { variable: w, value: v ' +
          '}\n  - { variable: v, value: 0 }',
      ),
      ['brian/initializer-order@12:31'],
    ],
    [
      'a random value that decides by itself whether it is replaced',
      group('model: "v : 1"\ninitializers: { v: [{ value: rand() }, { value: 0.5, where: v > 0.5 }] }'),
      ['brian/initializer-order@10:53'],
    ],
    [
      'a size that is not a whole number',
      body('neuron_groups: { G: { N: 2.5, model: "v : 1" } }'),
      ['brian/wrong-type@6:26'],
    ],
    ['a size of zero', body('neuron_groups: { G: { N: 0, model: "v : 1" } }'), ['brian/out-of-range@6:26']],
    ['a size with a unit', body('neuron_groups: { G: { N: 3 ms, model: "v : 1" } }'), ['brian/wrong-dimension@6:26']],
    ['a constant that is not finite', body('namespace: { a: 1e308*10 }'), ['brian/not-finite@6:17']],
    ['a negative time step', findings('format: interneuron/brian\ndt: -1 ms\nrun: 1 ms'), ['brian/out-of-range@2:5']],
    ['a negative duration', findings('format: interneuron/brian\nrun: -1 ms'), ['brian/out-of-range@2:6']],
    [
      'a negative refractory time',
      group('model: "v : 1"\nthreshold: v > 1\nrefractory: -1 ms'),
      ['brian/out-of-range@11:17'],
    ],
    ['a negative rate', body('poisson_groups: { P: { N: 1, rates: -3 Hz } }'), ['brian/out-of-range@6:37']],
    [
      'times without a unit, and nothing that follows from them',
      body('spike_generators: { P: { N: 2, indices: [0, 1, 0], times: [1, 5, 9] } }'),
      ['brian/unit-missing@6:60'],
    ],
    [
      'two spikes in one step',
      body('spike_generators: { P: { N: 1, indices: [0, 0], times: { values: [1, 1.05], unit: ms } } }'),
      ['brian/duplicate-spike@6:56'],
    ],
    [
      'a spike of a neuron that is not there',
      body('spike_generators: { P: { N: 1, indices: [1], times: [1 ms] } }'),
      ['brian/out-of-range@6:42'],
    ],
    [
      'a period that is too short',
      body('spike_generators: { P: { N: 1, indices: [0], times: [5 ms], period: 4 ms } }'),
      ['brian/out-of-range@6:69'],
    ],
    [
      'a timed array of ragged rows',
      body('timed_arrays: { f: { values: [[1, 2], [3]], dt: 1 ms } }'),
      ['brian/length-mismatch@6:30'],
    ],
  ]);
});

describe('synapses and the rest', () => {
  table([
    ['an unknown group', body('synapses: { S: { source: X, connect: true } }'), ['brian/unknown-group@6:26']],
    ['a slice out of range', synapses('target: G[1:9]\nconnect: true'), ['brian/bad-slice@10:13']],
    [
      'a part of synapses',
      group(
        'model: "v : 1"',
        'synapses: { S: { source: G, connect: true }, T: { source: G, target: "S[0:2]", connect: true } }',
      ),
      ['brian/bad-slice@10:70'],
    ],
    ['no connect', synapses('on_pre: v_post += 1'), ['brian/no-connect@9:5']],
    [
      'a variable called like one of the target',
      synapses('model: "v : 1"\nconnect: true'),
      ['brian/clashing-variable@10:13', 'brian/clashing-variable@10:13'],
    ],
    [
      'an unknown pathway',
      synapses('on_pre: v_post += 1\ndelay: { post: 1 ms }\nconnect: true'),
      ['brian/unknown-pathway@11:20'],
    ],
    ['a negative delay', synapses('on_pre: v_post += 1\ndelay: -1 ms\nconnect: true'), ['brian/out-of-range@11:12']],
    [
      'a delay that is drawn',
      synapses('on_pre: v_post += 1\ndelay: rand()*ms\nconnect: true'),
      ['brian/not-constant@11:12'],
    ],
    ['a delay in code', synapses('on_pre: v_post += delay/ms\nconnect: true'), ['brian/unsupported@10:23']],
    [
      'code of an event in the slot of its condition',
      group('model: "v : 1"\nevents: { e: { condition: v > 1, code: v = 0, when: after_thresholds } }'),
      ['brian/code-before-event@10:18'],
    ],
    [
      'a reset in the slot of its threshold',
      group('model: "v : 1"\nthreshold: v > 1\nreset: v = 0\nreset_when: thresholds'),
      ['brian/code-before-event@12:17'],
    ],
    [
      'a function that reads what is a variable where it is called',
      group('model: "w : 1\\nz = f(1) : 1"', 'functions: { f: { arguments: [x], value: w*x } }'),
      ['brian/function-of-variable@9:12'],
    ],
    [
      'a function with too few arguments',
      group('model: "z = f() : 1"', 'functions: { f: { arguments: [x], value: x } }'),
      ['brian/argument-count@9:17'],
    ],
    [
      'a call of a function that calls a later one',
      group(
        'model: "z = f(1) : 1"',
        'functions: { f: { arguments: [x], value: g(x) }, g: { arguments: [x], value: x } }',
      ),
      ['brian/unknown-function@10:42'],
    ],
    [
      'a draw for an argument that is used twice',
      group('model: "z = f(rand()) : 1 (constant over dt)"', 'functions: { f: { arguments: [x], value: x + x } }'),
      ['brian/drawn-twice@9:17'],
    ],
    [
      'a probability above one',
      group('model: "z : 1"', 'binomial_functions: { b: { n: 3, p: 1.5 } }'),
      ['brian/out-of-range@10:37'],
    ],
    ['an unknown event', synapses('on_pre: v_post += 1\non_event: e\nconnect: true'), ['brian/unknown-event@11:15']],
    [
      'a summed variable without suffix',
      synapses('model: "x = 1 : 1 (summed)"\nconnect: true'),
      ['brian/summed-name@10:13', 'brian/unknown-variable@10:13'],
    ],
    [
      'the slot of a sum that there is not',
      synapses('model: "v_post = 1 : 1 (summed)"\nsummed_updaters: { w_post: { when: end } }\nconnect: true'),
      ['brian/unknown-sum@11:32'],
    ],
    [
      'an equation that is neither event- nor clock-driven',
      synapses('model: "da/dt = -a/ms : 1"\nconnect: true'),
      ['brian/clock-driven-by-default@10:14'],
    ],
    [
      'more copies of listed synapses than fit in memory',
      synapses('on_pre: v_post += 1\nconnect: { i: [0, 1], j: [1, 0], n: 200000000 }'),
      ['brian/too-many-listed@11:41'],
    ],
    ['a probability above 1', synapses('connect: { p: 1.5 }'), ['brian/out-of-range@10:19']],
    ['indices out of range', synapses('connect: { i: [0, 3], j: [0, 0] }'), ['brian/out-of-range@10:23']],
    ['lists of different lengths', synapses('connect: { i: [0, 1], j: [0, 1, 2] }'), ['brian/length-mismatch@10:30']],
    ['an index without the other', synapses('connect: { i: [0] }'), ['brian/bad-connect@10:14']],
    ['two generators', synapses('connect: { i: j, j: i }'), ['brian/bad-connect@10:14']],
    ['a probability beside a generator', synapses('connect: { j: i, p: 0.5 }'), ['brian/bad-connect@10:25']],
    ['a generator that reads what it yields', synapses('connect: { j: j + 1 }'), ['brian/bad-generator@10:19']],
    [
      'a generator with two loops',
      synapses('connect: { j: k for k in range(3) for l in range(3) }'),
      ['brian/bad-generator@10:39'],
    ],
    ['a generator over something else', synapses('connect: { j: k for k in G }'), ['brian/bad-generator@10:29']],
    ['a sample without size', synapses('connect: { j: k for k in sample(3) }'), ['brian/bad-generator@10:30']],
    [
      'an unknown variable of a monitor',
      group('model: "v : 1"', 'state_monitors: { m: { source: G, variables: [v, w] } }'),
      ['brian/unknown-variable@10:50'],
    ],
    [
      'a monitor of what does not spike',
      group('model: "v : 1"', 'spike_monitors: { m: { source: G } }'),
      ['brian/unknown-event@10:32'],
    ],
    [
      'an index of a monitor out of range',
      group('model: "v : 1"', 'state_monitors: { m: { source: G, variables: v, record: [7] } }'),
      ['brian/out-of-range@10:57'],
    ],
    [
      'an index of a monitor that is a map',
      group('model: "v : 1"', 'state_monitors: { m: { source: G, variables: v, record: [{ toString: 1 }, 0] } }'),
      ['brian/out-of-range@10:57'],
    ],
    [
      'setting what is not there',
      findings('format: interneuron/brian\nrun: [{ set: { G.v: 1 }, duration: 1 ms }]'),
      ['brian/unknown-group@2:21'],
    ],
    [
      'switching what is not there',
      findings('format: interneuron/brian\nrun: [{ active: { m: false }, duration: 1 ms }]'),
      ['brian/unknown-object@2:22'],
    ],
  ]);
});

describe('rarer mistakes', () => {
  table([
    [
      'an index that is none',
      group('model: "v : 1"\ninitializers: { v: { value: 1, index: "a:b" } }'),
      ['brian/bad-index@10:33'],
    ],
    [
      'a condition without anything to set',
      findings('format: interneuron/brian\nrun: [{ where: i > 1, duration: 1 ms }]'),
      ['brian/bad-phase@2:16'],
    ],
    ['a send statement', synapses('on_pre: send(v, 1, 2*ms)\nconnect: true'), ['brian/send@10:13']],
    [
      'a sum into what is integrated',
      body(
        'neuron_groups: { G: { N: 1, model: "dv/dt = -v/ms : 1" } }\nsynapses: { S: { source: G, model: "v_post ' +
          '= 1 : 1 (summed)", connect: true } }',
      ),
      ['brian/summed-target@7:37'],
    ],
    [
      'a change of a constant that nothing reads',
      findings('format: interneuron/brian\nnamespace: { c: 3 mV }\nrun: [{ set: { c: 2 mV }, duration: 1 ms }]'),
      ['brian/unused-constant@3:19'],
    ],
  ]);
});

describe('two sums into one variable', () => {
  const two = (first: string, second: string): string[] =>
    body(
      `neuron_groups: { G: { N: 4, model: "v : 1\\nx : 1" } }\nsynapses:\n  S: { source: G, target: "${first}", ` +
        `model: "x_post = v_pre : 1 (summed)", connect: true }\n  T: { source: G, target: "${second}", model: ` +
        '"x_post = v_pre : 1 (summed)", connect: true }',
    );
  test('are refused if they overlap', () => {
    expect(two('G', 'G[2:]')).toEqual(['brian/summed-twice@9:44']);
    expect(two('G[:2]', 'G[2:]')).toEqual([]);
  });
});

describe('increments of a conductance by a spike', () => {
  /** Returns findings of synapses from G to G, with lines from line 9 on, by code and place; `given` from outside. */
  const told = (lines: string, given: Record<string, string> = {}): unknown[] => {
    const text = brian(
      'neuron_groups:\n  G: { N: 3, model: "v : volt\\nge : siemens\\nh : siemens\\ngm : siemens/meter**2\\nI : amp",' +
        ' threshold: v > 1*volt, reset: v = 0*volt }\nsynapses:\n' +
        `${lines}\nrun: 1 ms`,
    );
    return check(text, { set: given }).list.map(({ code, severity, place, found, related }) => [
      `${severity} ${code}@${place?.line}:${place?.column}`,
      found,
      related?.[0]?.place.line,
    ]);
  };
  const S = (rest: string): string => `  S: { source: G, connect: true, ${rest} }`;
  const note = (column: number, found: string, line?: number): unknown[] => [
    [`note model/weight-sign@9:${column}`, found, line],
  ];
  test.each<[string, unknown[]]>([
    [S('on_pre: ge += 6*nS'), []],
    [S('on_pre: ge += -6*nS'), note(42, '-6 nS')],
    [S('on_pre: ge_post -= 6*nS'), note(42, 'less 6 nS')],
    [S('on_pre: ge = ge - 6*nS'), note(42, 'less 6 nS')],
    [S('on_post: ge_pre += -6*nS'), note(43, '-6 nS')],
    [S('on_pre: gm += -6*nS/meter**2'), note(42, '-6e-9 S*m**-2')],
    [S('on_pre: ge += w, namespace: { w: 6 nS }'), []],
    [S('on_pre: ge += w, namespace: { w: -6 nS }'), note(42, '-6 nS', 9)],
    [S('on_pre: ge += 2*w, namespace: { w: k*nS, k: -3 }'), note(42, '-6 nS', 9)],
    [S('on_pre: ge += w, model: "w : siemens", initializers: { w: -6 nS }'), note(42, '-6 nS', 9)],
    [S('on_pre: ge += w, model: "w : siemens", initializers: { w: -6*nS*rand() }'), note(42, '-6 to 0 nS', 9)],
    [S('on_pre: ge += w, model: "w : siemens", initializers: { w: (rand() - 0.1)*nS }'), []],
    [S('on_pre: { a: ge += 6*nS, b: ge += -6*nS }'), note(62, '-6 nS')],
    [S('on_pre: "ge += 6*nS; h -= 6*nS"'), []],
    [S('on_pre: v += -6*mV'), []],
    [S('on_pre: I += -6*nA'), []],
    [S('on_pre: w -= 1*nS, model: "w : siemens"'), []],
  ])('%s', (lines, expected) => expect(told(lines)).toEqual(expected));

  test('with values from outside', () => {
    const written = (w: string): string => S(`on_pre: ge += w, namespace: { w: ${w} nS }`);
    expect(told(written('-6'), { 'S.w': '6 nS' })).toEqual([]);
    expect(told(written('6'), { 'S.w': '-6 nS' })).toMatchObject(note(42, '-6 nS'));
  });
});
