/**
 * Causes of differences from other simulators. Each network ran there under one convention that the model has
 * otherwise. If two conventions differ, none is named.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Cause } from '../../src/verify/why-different.js';
import { runCommand, temporaryFolder } from '../support/command.js';
import { peerRecords, peers, type Peer } from '../support/peer-records.js';
import { python } from '../support/python.js';
import { referenceOutputs } from '../interoperability/reference-interpreter.js';

const folder = temporaryFolder();
const records = peerRecords('causes');
const runnerOf = (name: string): string => {
  const runner = /^(two projections|hodgkin huxley|neuron|bmtk)/.exec(name)?.[1];
  const file = runner === undefined ? 'peers' : runner.includes(' ') ? runner.replace(' ', '_') : `${runner}_network`;
  return `test/verify/causes/${file}.py`;
};

const n = 20;
const cells = Array.from({ length: n }, (_, k) => k);
const next = [...cells.map((k) => [k, (3 * k + 7) % n]), ...cells.map((k) => [k, (7 * k + 3) % n])];
const inputTimes = (k: number): readonly number[] =>
  Array.from({ length: 50 }, (_, m) => 1 + 0.37 * k + 3.43 * m + 0.032);

/** The network in PyNN: cells with currents, connected by a list, or driven by listed spikes. */
const pynn = (input: 'currents' | 'spikes'): object => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'network',
  populations: [
    {
      label: 'cells',
      size: n,
      cell: {
        type: 'IF_curr_exp',
        params: {
          cm: 0.2,
          tau_m: 20,
          v_rest: 0,
          v_thresh: 10,
          v_reset: 0,
          tau_refrac: 2,
          tau_syn_E: 4,
          i_offset: input === 'currents' ? cells.map((k) => (103 + 2 * k) / 1000) : 0,
        },
      },
      initial_values: { v: 0 },
    },
    ...(input === 'currents'
      ? []
      : [
          {
            label: 'input',
            size: n,
            cell: { type: 'SpikeSourceArray', params: { spike_times: cells.map(inputTimes) } },
          },
        ]),
  ],
  projections: [
    {
      label: 'recurrent',
      pre: 'cells',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'FromListConnector', params: { conn_list: next.map((pair) => [...pair, 0.04, 1.5]) } },
      synapse: { type: 'StaticSynapse' },
    },
    ...(input === 'currents'
      ? []
      : [
          {
            label: 'driven',
            pre: 'input',
            post: 'cells',
            receptor_type: 'excitatory',
            connector: { type: 'OneToOneConnector' },
            synapse: { type: 'StaticSynapse', params: { weight: 0.6, delay: 1 } },
          },
        ]),
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 200 }],
});

/** The network with currents in NeuroML, with a pulse generator for each current. */
function neuroml(): string {
  const current = (k: number): string =>
    `<pulseGenerator id="i${k}" delay="0ms" duration="1s" amplitude="${103 + 2 * k}pA"/>`;
  const connection = ([from, to]: readonly number[], k: number): string =>
    `<connectionWD id="${k}" preCellId="../cells[${from}]" postCellId="../cells[${to}]" weight="0.04" delay="1.5ms"/>`;
  const input = (k: number): string =>
    `<inputList id="l${k}" population="cells" component="i${k}"><input id="0" target="../cells[${k}]" destination="synapses"/></inputList>`;
  const selection = (k: number): string => `<EventSelection id="${k}" select="cells[${k}]" eventPort="spike"/>`;
  return `<Lems>
<Target component="run"/>
<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="PyNN.xml"/><Include file="Simulation.xml"/>
<IF_curr_exp id="cell" v_rest="0" cm="0.2" tau_m="20" tau_refrac="2" tau_syn_E="4" tau_syn_I="5" i_offset="0" v_reset="0" v_thresh="10" v_init="0"/>
<expCurrSynapse id="synapse" tau_syn="4"/>
${cells.map(current).join('\n')}
<network id="network">
<population id="cells" component="cell" size="${n}"/>
<projection id="recurrent" presynapticPopulation="cells" postsynapticPopulation="cells" synapse="synapse">
${next.map(connection).join('\n')}
</projection>
${cells.map(input).join('\n')}
</network>
<Simulation id="run" length="200ms" step="0.1ms" target="network" seed="0">
<EventOutputFile id="spikes" fileName="spikes.txt" format="ID_TIME">
${cells.map(selection).join('\n')}
</EventOutputFile>
</Simulation>
</Lems>`;
}

/** Returns the spikes of the network in NeuroML under jNeuroML, which lists times in s. */
async function spikesInLems(name: string): Promise<readonly (readonly [number, number])[]> {
  const outputs = await referenceOutputs(records, name, [{ name: 'network.xml', text: neuroml() }], 'network.xml');
  const rows = outputs['spikes.txt']!.trim().split('\n');
  return rows.map((row) => row.split(/\s+/).map(Number)).map(([id, time]) => [id!, Number((time! * 1e3).toFixed(4))]);
}

/** Hodgkin and Huxley's cells of PyNN with constant currents. */
const hodgkinHuxley = {
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'cells',
  populations: [
    { label: 'cells', size: n, cell: { type: 'HH_cond_exp', params: { i_offset: cells.map((k) => (6 + k) / 10) } } },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 200 }],
};

/** PyNN's network with weights that it draws. */
const drawn = (seed: number): object => ({
  format: 'interneuron/pynn',
  version: 1,
  pynn: '0.13',
  name: 'drawn',
  rngs: { r: { type: 'NumpyRNG', seed }, w: { type: 'NumpyRNG', seed } },
  populations: [
    {
      label: 'cells',
      size: n,
      cell: {
        type: 'IF_curr_exp',
        params: { v_thresh: -55, v_reset: -65, tau_refrac: 2, i_offset: cells.map((k) => (52 + k) / 100) },
      },
      initial_values: { v: -65 },
    },
  ],
  projections: [
    {
      label: 'recurrent',
      pre: 'cells',
      post: 'cells',
      receptor_type: 'excitatory',
      connector: { type: 'FixedProbabilityConnector', params: { p_connect: 0.3 }, rng: 'r' },
      synapse: {
        type: 'StaticSynapse',
        params: { weight: { random: 'uniform', params: { low: 0.1, high: 0.9 }, rng: 'w' }, delay: 1.5 },
      },
    },
  ],
  recordings: [{ target: 'cells', variables: ['spikes'] }],
  phases: [{ run: 200 }],
});

/** The network in Brian. */
const brian = (tau = '4*ms', weight = 4): object => ({
  format: 'interneuron/brian',
  dt: '0.1 ms',
  neuron_groups: {
    cells: {
      N: n,
      model: `dv/dt = (I + g - v)/(20*ms) : 1 (unless refractory)\ndg/dt = -g/(${tau}) : 1 (unless refractory)\nI : 1`,
      threshold: 'v > 10',
      reset: 'v = 0',
      refractory: '2*ms',
      method: 'exact',
      initializers: { I: '10.3 + 0.2*i' },
    },
  },
  synapses: {
    s: {
      source: 'cells',
      target: 'cells',
      model: 'w : 1',
      on_pre: 'g += w',
      delay: '1.5*ms',
      connect: { i: next.map(([from]) => from), j: next.map(([, to]) => to) },
      initializers: { w: weight },
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '200 ms',
});

/** The network with two projections. */
const two = {
  ...brian(),
  neuron_groups: {
    cells: {
      N: n,
      model: 'dv/dt = (I + g - v)/(20*ms) : 1 (unless refractory)\ndg/dt = -g/(0.15*ms) : 1\nI : 1',
      threshold: 'v > 10',
      reset: 'v = 0',
      refractory: '2*ms',
      method: 'exact',
      initializers: { I: '10.3 + 0.2*i' },
    },
  },
  synapses: Object.fromEntries(
    [['a', 3, 7, 60, '1.5*ms'] as const, ['b', 7, 3, -60, '3.1*ms'] as const].map(([name, step, shift, w, delay]) => [
      name,
      {
        source: 'cells',
        target: 'cells',
        model: 'w : 1',
        on_pre: 'g += w',
        delay,
        connect: { i: cells, j: cells.map((k) => (step * k + shift) % n) },
        initializers: { w },
      },
    ]),
  ),
};

/** Cells that add up a current by Euler steps. */
const integrators = {
  format: 'interneuron/brian',
  dt: '1 ms',
  neuron_groups: {
    cells: {
      N: n,
      model: 'dv/dt = I/ms : 1\nI : 1',
      threshold: 'v >= 1',
      reset: 'v = 0',
      method: 'euler',
      initializers: { I: '0.1/(1 + i)' },
    },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '400 ms',
};

/** Cells that count their input. */
const counted = cells.flatMap((k) => {
  const times: number[] = [];
  for (let time = 1 + (k % 5); time < 200; time += 3 + k) times.push(time);
  return times.map((time) => [k, time] as const);
});
const counters = {
  format: 'interneuron/brian',
  dt: '0.1 ms',
  neuron_groups: { cells: { N: n, model: 'v : 1', threshold: 'v > 3', reset: 'v = 0' } },
  spike_generators: {
    input: { N: n, indices: counted.map(([k]) => k), times: { values: counted.map(([, time]) => time), unit: 'ms' } },
  },
  synapses: {
    s: { source: 'input', target: 'cells', on_pre: 'v += 1', delay: '1*ms', connect: { j: 'i' } },
  },
  spike_monitors: { spikes: { source: 'cells' } },
  run: '200 ms',
};

/** The feed-forward network of Norse: an input raises the current by its weight. */
const norse = {
  ...brian(),
  neuron_groups: {
    cells: {
      N: n,
      model: 'dv/dt = (g - v)/(20*ms) : 1\ndg/dt = -g/(4*ms) : 1',
      threshold: 'v > 10',
      reset: 'v = 0',
      method: 'exact',
    },
  },
  spike_generators: {
    input: {
      N: n,
      indices: cells.flatMap((k) => inputTimes(k).map(() => k)),
      times: {
        values: cells.flatMap((k) => inputTimes(k).map((time) => Math.round(10 * time) / 10)),
        unit: 'ms',
      },
    },
  },
  synapses: { s: { source: 'input', target: 'cells', on_pre: 'g += 60', delay: '0*ms', connect: { j: 'i' } } },
};

/** Returns the spikes of a run of a simulator. */
const spikesOf = (
  peer: Peer,
  environment: Parameters<typeof python>[0],
  name: string,
): Promise<readonly (readonly [number, number])[]> =>
  peer === peers.jneuroml
    ? spikesInLems(name)
    : records.output(peer, { what: name, texts: [name], runners: [runnerOf(name)] }, async () => {
        const output = await python(environment, [runnerOf(name), name]);
        return JSON.parse(output.trim().split('\n').at(-1)!) as readonly (readonly [number, number])[];
      });

const nest = [peers.nest, '.venv-pynn'] as const;
const inBrian = [peers.brian, '.venv'] as const;
const inNorse = [peers.norse, '.venv-norse'] as const;
const neuron = [peers.neuron, '.venv-pynn'] as const;
const bmtk = [peers.bmtk, '.venv-sonata'] as const;
const jneuroml = [peers.jneuroml, '.venv'] as const;

describe('causes of differences from other simulators', () => {
  it.each([
    ['nest', ...nest, pynn('currents'), null],
    ['nest, input between steps', ...nest, pynn('spikes'), ['listed spikes in the next step']],
    ['nest, a refractory period of one more step', ...nest, pynn('currents'), ['refractory period one step longer']],
    ['nest, a delay of one more step', ...nest, pynn('currents'), ['delays one step longer']],
    ['nest, weights in pA', ...nest, pynn('currents'), ['weights times 0.001']],
    ['nest, cells in reverse', ...nest, pynn('currents'), ['cells in another order, paired by their spikes']],
    ['pynn, seed 1', ...nest, drawn(1), null],
    ['pynn, seed 42', ...nest, drawn(1), ['generators with seed 42']],
    ['hodgkin huxley', ...nest, hodgkinHuxley, ["NEST's Hodgkin–Huxley cells"]],
    ['brian', ...inBrian, brian(), null],
    ['brian, currents of refractory cells go on', ...inBrian, pynn('currents'), ['steps of Brian']],
    [
      'brian, currents of refractory cells go on',
      ...inBrian,
      brian(),
      ['refractory cells hold only the variables that a spike resets'],
    ],
    ['brian, currents of one step', ...inBrian, brian('0.1*ms', 160), null],
    ['brian, rk4', ...inBrian, brian('0.1*ms', 160), ['method rk4']],
    ['brian, euler', ...inBrian, brian(), ['method euler']],
    ['brian, float64', ...inBrian, integrators, null],
    ['brian, float32', ...inBrian, integrators, ['single precision']],
    ['brian, v > 3', ...inBrian, counters, null],
    ['brian, v >= 3', ...inBrian, counters, ['thresholds reached (>=) or exceeded (>) the other way']],
    ['currents first', ...inBrian, norse, ['method euler, currents before potentials']],
    ['two projections, a delay of one more step in one', ...inBrian, two, ['delays one step longer in a']],
    ['two projections, rk2', ...inBrian, two, ['method rk2']],
    ['two projections, half a step', ...inBrian, two, ['time step of the other side']],
    ['two projections, euler and a refractory period of one more step', ...inBrian, two, []],
    ['norse', ...inNorse, norse, []],
    ['neuron', ...neuron, pynn('currents'), ['steps of NEURON']],
    ['neuron, listed spikes', ...neuron, pynn('spikes'), ['steps of NEURON']],
    ['neuron, a delay of one more step', ...neuron, pynn('currents'), []],
    ['bmtk, input between steps', ...bmtk, pynn('spikes'), ['listed spikes in the next step']],
    ['bmtk, a delay of one more step', ...bmtk, pynn('spikes'), []],
    ['jneuroml', ...jneuroml, neuroml(), null],
    ['jneuroml', ...jneuroml, pynn('currents'), ['steps of LEMS']],
  ])('%s', async (name, peer, environment, document, cause) => {
    const isText = typeof document === 'string';
    const [model, spikes] = [folder.file(isText ? 'model.xml' : 'model.json'), folder.file('spikes.csv')];
    writeFileSync(model, isText ? document : JSON.stringify(document));
    const rows = (await spikesOf(peer, environment, name)).map(([id, time]) => `cells,${id},${time}\n`);
    writeFileSync(spikes, `population,id,time (ms)\n${rows.join('')}`);
    const { stdout, stderr } = await runCommand(['verify', spikes, model, '--why', '--json']);
    const { why } = JSON.parse(stdout || JSON.stringify({ stderr })) as { why: Cause | null };
    expect(why && why.removes.slice(0, 1)).toEqual(cause);
  });

  it('shows in all cells and until the end, since the spikes of the other side are the input of all cells', async () => {
    const [model, spikes] = [folder.file('model.json'), folder.file('spikes.csv')];
    writeFileSync(model, JSON.stringify(pynn('currents')));
    const times = await spikesOf(...nest, 'nest, a refractory period of one more step');
    const rows = times.map(([id, time]) => `cells,${id},${time}\n`);
    writeFileSync(spikes, `population,id,time (ms)\n${rows.join('')}`);
    const { stdout } = await runCommand(['verify', spikes, model, '--why', '--json']);
    const { why } = JSON.parse(stdout) as { why: Cause };
    const trial = why.trials.find(({ convention }) => convention === why.removes[0]);
    const last = Math.max(...times.map(([, time]) => Number(time))) / 1e3;
    expect(why.open).toBe(true);
    expect(why.until).toBeGreaterThan(last);
    expect([trial?.matched, trial?.spikes]).toEqual([times.length, times.length]);
  });
});

/** Three cells with jumps at the spikes of 12 inputs. */
const jumps = ({
  weight = '1.9*mV',
  tau = '15*ms',
  threshold = '-50*mV',
  reset = '-65*mV',
  current = '9*mV',
  refractory = '4*ms',
} = {}): object => {
  const input = Array.from({ length: 200 }, (_, k) => [(7 * k * k + 3 * k) % 12, 3 + k * 0.9 + ((k * k) % 5) / 10]);
  return {
    format: 'interneuron/brian',
    dt: '0.1 ms',
    neuron_groups: {
      cells: {
        N: 3,
        model: `dv/dt = (-65*mV + ${current} - v)/(${tau}) : volt (unless refractory)`,
        threshold: `v > ${threshold}`,
        reset: `v = ${reset}`,
        refractory,
        method: 'exact',
        initializers: { v: '-65*mV + i*mV' },
      },
    },
    spike_generators: {
      inputs: {
        N: 12,
        indices: input.map(([k]) => k),
        times: { values: input.map(([, time]) => Math.round(10 * time!) / 10), unit: 'ms' },
      },
    },
    synapses: {
      s: {
        source: 'inputs',
        target: 'cells',
        on_pre: `v_post += ${weight}*int(not_refractory_post)`,
        delay: '1*ms',
        connect: true,
      },
    },
    spike_monitors: { spikes: { source: 'cells' } },
    run: '200 ms',
  };
};

describe('changes of values, which are no conventions', () => {
  it.each<readonly [string, object, object]>([
    ...['1.919*mV', '1.881*mV', '1.938*mV', '1.995*mV', '2.2*mV', '1*mV'].map(
      (weight) => [`weight ${weight}`, jumps(), jumps({ weight })] as const,
    ),
    ...['15.15*ms', '14*ms', '30*ms'].map((tau) => [`tau ${tau}`, jumps(), jumps({ tau })] as const),
    ...['-49.9*mV', '-51*mV'].map((threshold) => [`threshold ${threshold}`, jumps(), jumps({ threshold })] as const),
    ...['-64.5*mV', '-60*mV'].map((reset) => [`reset ${reset}`, jumps(), jumps({ reset })] as const),
    ...['9.05*mV', '9.5*mV', '12*mV'].map((current) => [`current ${current}`, jumps(), jumps({ current })] as const),
    ...['3*ms', '5*ms'].map((refractory) => [`refractory ${refractory}`, jumps(), jumps({ refractory })] as const),
    ['weight of a network', brian(), brian('4*ms', 4.04)],
    ['decay of a network', brian(), brian('4.1*ms')],
  ])('%s', async (_, document, changed) => {
    const [model, other, spikes] = ['model.json', 'other.json', 'spikes.csv'].map((name) => folder.file(name));
    writeFileSync(model!, JSON.stringify(document));
    writeFileSync(other!, JSON.stringify(changed));
    await runCommand(['run', other!, '-o', spikes!, '-q']);
    rmSync(folder.file('spikes.provenance.json'), { force: true });
    const { stdout, stderr } = await runCommand(['verify', spikes!, model!, '--why', '--json']);
    const { why } = JSON.parse(stdout || JSON.stringify({ stderr })) as { why: Cause | null };
    expect(why?.removes).toEqual([]);
  });
});
