import { describe, expect, test } from 'vitest';
import { check, findings, normalised } from '../support.js';

/** A model with an event that runs the code; line 5 begins with ` do: `. */
const neuron = (code: string): string => `interneuron: 1
neurons:
  n:
    parameters: { tau: 10 ms, kick: 2 mV }
    state: { v: 0 mV, w: 0, count: { type: integer }, flag: { type: boolean } }
    events:
      spike:
        when: v > 1*mV
        do: ${code}
`;
const actions = (code: string): unknown => normalised(neuron(code)).model.neurons['n']?.events['spike']?.do;

describe('statements', () => {
  test.each<[string, string, string[]]>([
    ['one text', 'v = 0*mV', ['v = 0*V']],
    ['a list', '[v = 0*mV, w += 1]', ['v = 0*V', 'w += 1']],
    [
      'lines of one text',
      '|\n          v = 0*mV   # comment\n\n          w += 1; w *= 2',
      ['v = 0*V', 'w += 1', 'w *= 2'],
    ],
    ['temporaries', '["h = v/kick", "w = h + 1"]', ['h = v/kick', 'w = h + 1']],
    ['a temporary that is changed', '["h = v", "h += kick", "v = h"]', ['h = v', 'h += kick', 'v = h']],
    ['a temporary called like a unit hides it', '["mV = 2*kick", "v = mV"]', ['mV = 2*kick', 'v = mV']],
    ['conditions and integers', '["flag = v > kick", "count += 1"]', ['flag = v > kick', 'count += 1']],
    [
      'special variables are read',
      '"w = t/dt + i + N + int(not_refractory) + (t - lastspike)/tau"',
      ['w = t/dt + i + N + int(not_refractory) + (t - lastspike)/tau'],
    ],
    ['random numbers', '"v += kick*normal()"', ['v += kick*normal()']],
  ])('%s', (_, code, expected) => expect(actions(code)).toEqual(expected));

  test.each<[string, string, string[]]>([
    [
      'several mistakes in one text',
      '|\n          v = u\n          w = v\n',
      ['lang/unknown-name@10:15', 'lang/dimension-mismatch@11:15'],
    ],
    ['a temporary that is read before', '["w = h", "h = 1"]', ['lang/unknown-name@9:19']],
    ['time is not set', 't = 0*ms', ['model/not-writable@9:13']],
    ['an integer gets no real number', 'count = 0.5', ['lang/not-integer@9:21']],
    ['a condition gets no number', 'flag = 1', ['lang/not-boolean@9:20']],
    ['a parameter of the model is not set', 'tau = 5*ms', ['model/not-writable@9:13']],
    ['no loops', 'for k in v', ['lang/no-control-flow@9:13']],
  ])('%s', (_, code, expected) => expect(findings(neuron(code))).toEqual(expected));
});

describe('synapses between different types', () => {
  const synapses = (code: string, more = ''): string => `interneuron: 1
neurons:
  one: { state: { v: 0 mV, g: 0 nS }, events: { spike: v > 1*mV } }
  two: { state: { v: 0, g: 0 nS }, events: { spike: v > 1 } }
synapses:
  s: { parameters: { w: 1 nS }, pathways: { pre: ${code} } }
populations: { a: { type: one, size: 2 }, b: { type: two, size: 2 } }
projections:
  aa: { from: a, to: a, synapse: s, connect: all }
${more}`;
  const onto = '  ab: { from: a, to: b, synapse: s, connect: all }\n';

  test('code that fits its only type', () => expect(findings(synapses('post.v += 1*mV'))).toEqual([]));
  test('is wrong for another', () =>
    expect(findings(synapses('post.v += 1*mV', onto))).toEqual(['lang/dimension-mismatch@6:60']));
  test('code that fits both', () => expect(findings(synapses('post.g += w', onto))).toEqual([]));
  test('an assembly counts as both', () =>
    expect(findings(synapses('post.v += 1*mV', '  ab: { from: a, to: a + b, synapse: s, connect: all }\n'))).toEqual([
      'lang/dimension-mismatch@6:60',
    ]));
  test('an unused type is checked as far as it can be', () => {
    const unused = (code: string): string[] =>
      findings(`interneuron: 1\nsynapses:\n  s: { parameters: { w: 1 nS, tau: 1 ms }, pathways: { pre: ${code} } }`);
    expect(unused('[post.v += w*pre.x, h = post.v, post.u = h]')).toEqual([]);
    expect(unused('[post.v += w + tau]')).toEqual(['lang/dimension-mismatch@3:76']);
  });
  test('the port has the unit of the value that is added to it', () => {
    const text = synapses('[factor = 2, port += factor*w]').replace('connect: all', 'connect: all, receptor: g');
    expect(normalised(text).model.synapses['s']?.ports).toEqual({ port: { unit: 'S' } });
    expect(check(text.replace('receptor: g', 'receptor: v')).list.map(({ code }) => code)).toEqual([
      'lang/dimension-mismatch',
    ]);
  });
});
