/**
 * Times that fall between two steps, in every field of every notation that takes a time: each is taken as written,
 * refused, or reported with the time that a run uses. The used times were measured with Brian 2.5.1 and with PyNN 0.13
 * on NEST and NEURON; lengths of LEMS and delays of NeuroML with jNeuroML 0.14.
 */

import { describe, expect, test } from 'vitest';
import { DiagnosticError, type Diagnostic } from '../../../src/diagnostics/diagnostic.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { runCommand, temporaryFolder } from '../../support/command.js';
import { writeFileSync } from 'node:fs';

function said(text: string): readonly Diagnostic[] {
  try {
    return importModel({ name: text.startsWith('<') ? 'm.xml' : 'm.yaml', text }).diagnostics;
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
}

/** Returns the messages about a time: as it is written, and the last time in the message, as it is used. */
const times = (text: string): unknown =>
  said(text)
    .filter(({ code }) => /time-rounded|delay-rounded/.test(code))
    .map(({ found, message, severity, place }) => {
      expect(severity).toBe('note');
      expect(place?.line).toBeGreaterThan(0);
      return `${found} → ${/(\S+ ms)(?!.* ms)/.exec(message)?.[1] ?? message.replace(/^.*: /, '')}`;
    });

const brian = (rest: string): string => `format: interneuron/brian\n${rest}`;
const group = (more: string): string =>
  brian(`neuron_groups: { G: { N: 2, model: "v : 1\\nr : second", threshold: v > 1, ${more} } }\nrun: 10 ms`);
const synapses = (more: string): string =>
  brian(
    'neuron_groups: { G: { N: 2, model: "v : 1", threshold: v > 1 } }\n' +
      `synapses: { S: { source: G, on_pre: v_post += 1, connect: true, ${more} } }\nrun: 1 ms`,
  );

describe('Brian-like specifications', () => {
  test.each<[string, string, string[]]>([
    ['a run', brian('neuron_groups: { G: { N: 1, model: "v : 1" } }\nrun: 1.05 ms'), ['1.05 ms → 1.1 ms']],
    [
      'a run of little more',
      brian('neuron_groups: { G: { N: 1, model: "v : 1" } }\nrun: 1.01 ms'),
      ['1.01 ms → 1.1 ms'],
    ],
    ['a run of whole steps', brian('neuron_groups: { G: { N: 1, model: "v : 1" } }\nrun: 1.1 ms'), []],
    [
      'phases, of which two make whole steps',
      brian(
        'neuron_groups: { G: { N: 1, model: "v : 1" } }\n' +
          'run: [{ duration: 0.25 ms }, { duration: 0.25 ms }, { duration: 1.12 ms }]',
      ),
      ['0.25 ms → 0.3 ms', '1.62 ms → 1.7 ms'],
    ],
    ['a refractory period', group('refractory: 0.25 ms'), ['0.25 ms → 0.2 ms']],
    ['a refractory period below a step', group('refractory: 0.05 ms'), ['0.05 ms → 0 ms']],
    ['a refractory period of whole steps', group('refractory: 0.3 ms'), []],
    ['a parameter that is one', group('refractory: r, initializers: { r: 0.29 ms }'), ['0.29 ms → 0.2 ms']],
    ['a list of them', group('refractory: r, initializers: { r: [1 ms, 0.31 ms] }'), ['0.31 ms → 0.3 ms']],
    ['a condition that is one', group('refractory: "t - lastspike < 1.05*ms"'), ['1.05 ms → 1.1 ms']],
    [
      'given spikes',
      brian('spike_generators: { G: { N: 1, indices: [0, 0], times: [0.36 ms, 0.5 ms] } }\nrun: 1 ms'),
      ['0.36 ms → 0.3 ms'],
    ],
    ['a delay', synapses('delay: 0.26 ms'), ['0.26 ms → 0.3 ms']],
    ['a delay of half a step', synapses('delay: 0.05 ms'), ['0.05 ms → 0.1 ms']],
    ['a delay that is none', synapses('delay: 0.03 ms'), ['0.03 ms → spikes arrive without delay']],
    ['listed delays', synapses('initializers: { delay: [0.1 ms, 0.26 ms, 0.3 ms, 0.4 ms] }'), ['0.26 ms → 0.3 ms']],
    [
      'drawn delays',
      synapses('initializers: { delay: rand()*ms }'),
      ['any time → each is rounded to the nearest time step'],
    ],
    [
      'a time that something is switched at',
      brian('neuron_groups: { G: { N: 1, model: "I = int(t > 1.05*ms) : 1" } }\nrun: 10 ms'),
      ['1.05 ms → 1.1 ms'],
    ],
    [
      'a time after the end',
      brian('neuron_groups: { G: { N: 1, model: "I = int(t > 20.05*ms) : 1" } }\nrun: 10 ms'),
      [],
    ],
    [
      'a timed array',
      brian(
        'neuron_groups: { G: { N: 1, model: "v = f(t) : 1" } }\n' +
          'timed_arrays: { f: { values: [1, 2], dt: 0.25 ms } }\nrun: 1 ms',
      ),
      ['0.25 ms → each takes effect at the first step after its time'],
    ],
    [
      'a timed array that is faster than a step',
      brian(
        'neuron_groups: { G: { N: 1, model: "v = f(t) : 1" } }\n' +
          'timed_arrays: { f: { values: [1, 2], dt: 0.05 ms } }\nrun: 1 ms',
      ),
      ['0.05 ms → some are skipped'],
    ],
  ])('%s', (_, text, expected) => expect(times(text)).toEqual(expected));
});

const canonical = (text: string): string =>
  `interneuron: 1
name: m
neurons:
  n:
    state: { v: { unit: mV, initial: 0 } }
    inputs: { I: { unit: nA } }
    events: { spike: { when: v > 1*mV, do: [v = 0*mV] } }
synapses: { s: { ports: { port: { unit: mV } }, pathways: { pre: { on: pre.spike, do: [port += 1*mV] } } } }
populations: { p: { type: n, size: 2 }, q: { size: 1, spikes: { indices: [0], times: [1 ms] } } }
projections: { pp: { from: q, to: p, synapse: s, receptor: v, connect: { rule: all }, delay: 1 ms } }
stimuli: { i: { kind: current, to: p, input: I, value: 1*nA, every: 0.2 ms, from: 0.2 ms } }
timing: grid
experiment: { dt: 0.1 ms, protocol: [{ run: 10 ms }, { set: { p.v: 0 mV } }] }
`.replace(new RegExp(text.split(' → ')[0]?.replace(/[[\]{}()*+.]/g, '\\$&') ?? '$^'), () => text.split(' → ')[1] ?? '');

describe('canonical documents', () => {
  test('has no message without such a time', () => expect(times(canonical('m → m'))).toEqual([]));
  test.each<[string, string[]]>([
    ['run: 10 ms → run: 10.05 ms', ['10.05 ms → 10.1 ms']],
    ['run: 10 ms → runUntil: 10.05 ms', ['10.05 ms → 10.1 ms']],
    ['times: [1 ms] → times: [1.26 ms]', ['1.26 ms → 1.3 ms']],
    ['delay: 1 ms → delay: 0.25 ms', ['0.25 ms → 0.3 ms']],
    ['delay: 1 ms → delay: 0.35 ms', ['0.35 ms → 0.4 ms']],
    ['delay: 1 ms → delay: "uniform(1*ms, 2*ms)"', ['any time → each is rounded to the nearest time step']],
    ['from: 0.2 ms → from: 0.16 ms', ['0.16 ms → 0.2 ms']],
    ['value: 1*nA → value: 1*nA if t >= 2.05*ms else 0*nA', ['2.05 ms → 2.1 ms']],
    ['do: [v = 0*mV] → do: [v = 0*mV], refractory: 1.05 ms', ['1.05 ms → 1 ms']],
    ['{ set: { p.v: 0 mV } } → { delays: { pp.pre: 0.26 ms } }', ['0.26 ms → 0.3 ms']],
    ['{ set: { p.v: 0 mV } } → { replay: { q: { indices: [0], times: [12.04 ms] } } }', ['12.04 ms → 12 ms']],
    ['{ set: { p.v: 0 mV } } → { currents: { i: 1*nA if t >= 2.05*ms else 2*nA } }', ['2.05 ms → 2.1 ms']],
  ])('%s', (change, expected) => {
    expect(canonical('m → m')).toContain(change.split(' → ')[0]);
    expect(times(canonical(change))).toEqual(expected);
  });
});

const pynn = (change: (document: PynnDocument) => void): string => {
  const document: PynnDocument = {
    format: 'interneuron/pynn',
    version: 1,
    pynn: '0.13',
    setup: { timestep: 0.1, min_delay: 0.1 },
    populations: [
      { label: 's', size: 1, cell: { type: 'SpikeSourceArray', params: { spike_times: { sequence: [1] } } } },
      { label: 'p', size: 1, cell: { type: 'SpikeSourcePoisson', params: { rate: 10, start: 1, duration: 3 } } },
      { label: 'c', size: 2, cell: { type: 'IF_cond_exp', params: { tau_refrac: 1 } } },
    ],
    projections: [
      {
        label: 'w',
        pre: 's',
        post: 'c',
        receptor_type: 'excitatory',
        connector: { type: 'AllToAllConnector' },
        synapse: { type: 'StaticSynapse', params: { weight: 0.01, delay: 1 } },
      },
    ],
    current_sources: [
      { label: 'i', type: 'DCSource', params: { amplitude: 1, start: 1, stop: 2 }, inject_into: ['c'] },
    ],
    phases: [{ run: 10 }],
  };
  change(document);
  return JSON.stringify(document, null, 1);
};
// The documents of a test are changed at any place.
// oxlint-disable-next-line typescript/no-explicit-any
type PynnDocument = Record<string, any>;

describe('PyNN-style documents', () => {
  test('has no message without such a time', () => expect(times(pynn(() => undefined))).toEqual([]));
  test.each<[string, (document: PynnDocument) => void, string[]]>([
    ['a run', (d) => (d['phases'][0] = { run: 1.05 }), ['1.05 ms → 1.1 ms']],
    ['a run until', (d) => (d['phases'][0] = { run_until: 1.05 }), ['1.05 ms → 1.1 ms']],
    ['a refractory period', (d) => (d['populations'][2].cell.params.tau_refrac = 0.25), ['0.25 ms → 0.3 ms']],
    ['given spikes', (d) => (d['populations'][0].cell.params.spike_times.sequence = [1, 1.26]), ['1.26 ms → 1.3 ms']],
    [
      'the start of a source of spikes',
      (d) => (d['populations'][1].cell.params.start = 1.26),
      ['1.26 ms → 1.3 ms', '4.26 ms → 4.3 ms'],
    ],
    ['a delay', (d) => (d['projections'][0].synapse.params.delay = 0.56), ['0.56 ms → 0.6 ms']],
    [
      'drawn delays',
      (d) => (d['projections'][0].synapse.params.delay = { random: 'uniform', params: { low: 1, high: 2 } }),
      ['any time → each is rounded to the nearest time step'],
    ],
    ['the start of a current', (d) => (d['current_sources'][0].params.start = 1.06), ['1.06 ms → 1.1 ms']],
    ['the end of a current', (d) => (d['current_sources'][0].params.stop = 2.04), ['2.04 ms → 2 ms']],
    [
      'the steps of a current',
      (d) =>
        (d['current_sources'][0] = {
          label: 'i',
          type: 'StepCurrentSource',
          params: { times: [1.06, 2], amplitudes: [1, 0] },
          inject_into: ['c'],
        }),
      ['1.06 ms → 1.1 ms'],
    ],
    [
      'the start of noise',
      (d) =>
        (d['current_sources'][0] = {
          label: 'i',
          type: 'NoisyCurrentSource',
          params: { mean: 1, stdev: 1, start: 1.06, stop: 2, dt: 0.2 },
          inject_into: ['c'],
        }),
      ['1.06 ms → 1.1 ms'],
    ],
  ])('%s', (_, change, expected) => expect(times(pynn(change))).toEqual(expected));
});

const lems = ({ length = '5ms', delay = '1ms', refract = '1ms', spike = '1ms', start = '1ms' }): string => `<Lems>
<Target component="sim"/>
<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
<iafRefCell id="c" leakReversal="-60mV" thresh="-55mV" reset="-70mV" C="0.01nF" leakConductance="0.01uS"
  refract="${refract}"/>
<spikeArray id="sa"><spike id="0" time="${spike}"/></spikeArray>
<expOneSynapse id="s" gbase="5nS" erev="0mV" tauDecay="2ms"/>
<pulseGenerator id="g" delay="${start}" duration="1ms" amplitude="2nA"/>
<network id="net" type="network">
  <population id="a" component="sa" size="1"/><population id="p" component="c" size="1"/>
  <projection id="pr" presynapticPopulation="a" postsynapticPopulation="p" synapse="s">
    <connectionWD id="0" preCellId="../a[0]" postCellId="../p[0]" weight="1" delay="${delay}"/>
  </projection>
  <explicitInput target="p[0]" input="g"/>
</network>
<Simulation id="sim" length="${length}" step="0.1ms" target="net"/>
</Lems>`;

describe('NeuroML and LEMS', () => {
  test('has no message without such a time', () => expect(times(lems({}))).toEqual([]));
  test.each<[string, Parameters<typeof lems>[0], string[]]>([
    ['a length', { length: '5.04ms' }, ['5.04 ms → 5 ms']],
    ['a length of more than half a step', { length: '5.06ms' }, ['5.06 ms → 5.1 ms']],
    ['a delay', { delay: '0.25ms' }, ['0.25 ms → 0.3 ms']],
    ['a delay below a step', { delay: '0.03ms' }, ['0.03 ms → 0.1 ms']],
    ['a refractory time', { refract: '1.05ms' }, ['1.05 ms → 1.1 ms']],
    ['a spike', { spike: '1.05ms' }, ['1.05 ms → 1.1 ms']],
    ['the start of a current, and its end', { start: '1.05ms' }, ['1.05 ms → 1.1 ms', '2.05 ms → 2.1 ms']],
  ])('%s', (_, values, expected) => expect(times(lems(values))).toEqual(expected));
});

describe('the command line', () => {
  const folder = temporaryFolder();
  const text = brian(
    'neuron_groups: { G: { N: 1, model: "v : 1" } }\nstate_monitors: { M: { source: G, variables: v } }\nrun: 1 ms',
  );
  test.each<[string[], string]>([
    [['--duration', '1.05 ms'], '1.05 ms'],
    [['--dt', '0.3 ms'], '1 ms'],
  ])('%j is told', async (options, found) => {
    writeFileSync(folder.file('m.yaml'), text);
    const { stdout } = await runCommand([
      'run',
      folder.file('m.yaml'),
      '--target',
      'reference',
      '-o',
      folder.file('o.json'),
      '--force',
      '--json',
      ...options,
    ]);
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
    expect(diagnostics.map((one) => [one.code, one.found])).toEqual([['model/time-rounded', found]]);
  });
});
