/** Models of which PyNN has names for some cells and synapses: these have them, and the others their equations. */

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkConversion } from '../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../src/run/convert.js';
import { importModel } from '../../../src/run/pipeline.js';

type Part = Readonly<Record<string, unknown>>;
interface Written {
  readonly populations: readonly { readonly label: string; readonly cell: { readonly type: string } }[];
  readonly projections: readonly {
    readonly label: string;
    readonly receptor_type?: string;
    readonly connector: Part;
    readonly synapse: { readonly type: string };
  }[];
  readonly native: { readonly synapses: Readonly<Record<string, { readonly pathways: Part }>> };
}

/** Integrate-and-fire cells, and cells with a quadratic rate, which PyNN has not, with synapses from each to the other. */
const document = (
  more: { readonly cells?: Part; readonly groups?: Part; readonly synapses?: Part; readonly rest?: Part } = {},
): Part => ({
  format: 'interneuron/brian',
  version: 1,
  dt: '0.1 ms',
  neuron_groups: {
    cells: {
      N: 12,
      model:
        'dv/dt = (10*nS*(-60*mV - v) + ge*(0*mV - v) + I)/(200*pF) : volt (unless refractory)\n' +
        'dge/dt = -ge/(5*ms) : siemens\nI : amp',
      threshold: 'v > -50*mV',
      reset: 'v = -60*mV',
      refractory: '2 ms',
      method: 'rk4',
      initializers: { v: '-60*mV + i*0.2*mV', I: '0.11*nA + 0.01*nA*i' },
      ...more.cells,
    },
    odd: {
      N: 4,
      model: 'dv/dt = (v + 60*mV)*(v + 50*mV)/(200*mV*ms) + 0.5*mV/ms + u/ms : volt\ndu/dt = -u/(5*ms) : volt',
      threshold: 'v > -40*mV',
      reset: 'v = -60*mV',
      method: 'rk4',
      initializers: { v: '-60*mV' },
    },
    ...more.groups,
  },
  synapses: {
    known: { source: 'cells', target: 'odd', on_pre: 'u += 0.05*mV', connect: '(i + j) % 3 == 0', delay: '1.5 ms' },
    own: {
      source: 'odd',
      target: 'cells',
      model: 'w : siemens\ndx/dt = -x/(20*ms) : 1 (event-driven)',
      on_pre: 'x += 1\nge += w*x*x',
      connect: '(i + j) % 3 == 1',
      initializers: { w: '0.3*nS' },
    },
    ...more.synapses,
  },
  spike_monitors: { a: { source: 'cells' }, b: { source: 'odd' } },
  run: '200 ms',
  ...more.rest,
});

const imported = (part: Part): ReturnType<typeof importModel> =>
  importModel({ name: 'model.yaml', text: stringify(part) });

async function written(part: Part): Promise<Written> {
  const { files } = await convertModel(imported(part).valid, 'pynn-json');
  return JSON.parse(files[0]?.text ?? '') as Written;
}

const typesOf = ({ populations }: Written): readonly string[] => populations.map(({ cell }) => cell.type);

it('cells and synapses with a name have it, next to others, and every spike stays in its step', async () => {
  const { valid } = imported(document());
  const { files, outcome } = await convertModel(valid, 'pynn-json');
  expect(outcome).toBe('equivalent');
  const text = files[0]?.text ?? '';
  const made = JSON.parse(text) as Written;
  expect(typesOf(made)).toEqual(['IF_cond_exp', 'native:odd']);
  expect(made.projections).toMatchObject([
    { label: 'known', receptor_type: 'u', synapse: { type: 'StaticSynapse', params: { weight: 0.05, delay: 1.5 } } },
    { label: 'own', synapse: { type: 'native:own' } },
  ]);
  expect(made.native.synapses['own']?.pathways).toEqual({
    pre: { on: 'pre.spike', do: ['x += 1', 'post.gsyn_exc += w*x*x'] },
  });
  const again = importModel({ name: 'model.json', text });
  const { matched, spikes } = await checkConversion(valid, 'pynn-json');
  expect(spikes[0]).toBeGreaterThan(100);
  expect([matched, spikes[1]]).toEqual([spikes[0], spikes[0]]);
  const { files: rewritten } = await convertModel(again.valid, 'pynn-json');
  expect(rewritten[0]?.text).toBe(text);
});

describe('cells with a name keep their equations', () => {
  it.each<[string, Parameters<typeof document>[0]]>([
    ['where code runs on them', { cells: { run_regularly: [{ name: 'kick', code: 'v += 0.1*mV', dt: '10 ms' }] } }],
    [
      'where a variable is recorded that the name has not',
      { rest: { state_monitors: { m: { source: 'cells', variables: ['I'] } } } },
    ],
    ['where values are recorded at spikes', { rest: { spike_monitors: { m: { source: 'cells', variables: ['v'] } } } }],
    [
      'where a change reads what the name has not',
      { rest: { run: [{ duration: '10 ms' }, { set: { 'cells.v': 'v + ge/nS*mV' } }, { duration: '10 ms' }] } },
    ],
    [
      'where a change reads the time',
      { rest: { run: [{ duration: '10 ms' }, { set: { 'cells.v': '-60*mV*cos(t/ms)' } }, { duration: '10 ms' }] } },
    ],
    [
      'where synapses read what the name has not',
      { synapses: { own: { source: 'odd', target: 'cells', on_pre: 'ge += I_post/volt', connect: true } } },
    ],
    [
      'where others are linked to them',
      {
        groups: {
          seeing: { N: 12, model: 'dx/dt = -x/ms + far/ms : volt\nfar : volt (linked)', linked: { far: 'cells.v' } },
        },
      },
    ],
  ])('%s', async (_, more) => {
    expect(typesOf(await written(document(more)))[0]).toBe('native:cells');
  });
});

it('synapses that act at once on cells without a name act at once', async () => {
  const known = { source: 'cells', target: 'odd', on_pre: 'u += 0.05*mV', connect: true };
  const { projections } = await written(document({ synapses: { known } }));
  expect(projections[0]?.synapse.type).toBe('native:known');
});

it('native synapses have connectors by name, which the engine carries out in scripts, too', async () => {
  const own = { source: 'odd', target: 'cells', on_pre: 'ge += 1*nS\nv += 1*mV', connect: { p: 0.3 } };
  const model = document({ synapses: { own } });
  const { projections } = await written(model);
  expect(projections[1]?.connector).toMatchObject({ type: 'FixedProbabilityConnector', params: { p_connect: 0.3 } });
  const { files } = await convertModel(imported(model).valid, 'pynn');
  expect(files[0]?.text).toContain('rng = sim.NativeRNG(seed=0)');
  expect(files[0]?.text).toContain('sim.FixedProbabilityConnector(p_connect=0.3, rng=rng)');
});

it('synapses of the canonical model have names whatever their port is called', async () => {
  const text = `
interneuron: 1
name: ports
neurons:
  lif:
    parameters: { C: 250 pF, tau: 10 ms, tau_syn: 2 ms }
    state: { v: -65 mV, I: 0 pA }
    derivatives: { v: (-65*mV - v)/tau + I/C, I: -I/tau_syn }
    events: { spike: { when: v > -50*mV, do: v = -65*mV, refractory: { for: 2 ms, rate: [v], writes: block } } }
synapses: { fast: { parameters: { w: 80 pA }, ports: { into: pA }, pathways: { pre: into += w } } }
populations: { a: { type: lif, size: 3 }, b: { type: lif, size: 3 } }
projections: { p: { from: a, to: b, synapse: fast, connect: all, receptors: { into: I }, delay: 1 ms } }
experiment: { duration: 10 ms }`;
  const { files } = await convertModel(importModel({ name: 'model.yaml', text }).valid, 'pynn-json');
  const made = JSON.parse(files[0]?.text ?? '') as Written;
  expect(typesOf(made)).toEqual(['IF_curr_exp', 'IF_curr_exp']);
  expect(made.projections).toMatchObject([
    { receptor_type: 'excitatory', synapse: { type: 'StaticSynapse', params: { weight: 0.08 } } },
  ]);
});
