/** Cells of NeuroML as people write them: usual names, numbers in the rates, one variable for what is the same. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertModel } from '../../src/run/convert.js';
import { checkConversion } from '../../src/run/check/check-conversion.js';
import { tidied } from '../../src/library/readable/tidied.js';
import { importModel, readSource } from '../../src/run/pipeline.js';
import { root } from '../support/import-graph.js';

interface Specification {
  readonly neuron_groups: Record<string, { readonly model: string }>;
  readonly namespace: Record<string, string | number>;
  readonly state_monitors: Record<string, { readonly variables: readonly string[] }>;
  readonly annotations: {
    readonly outputFiles: readonly { readonly columns?: readonly { readonly variable: string }[] }[];
  };
}

const point = (channels: string, populations: string, rest = ''): string => `<Lems>
  <Target component="run"/>
  <Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>
  ${channels}
  <pointCellCondBased id="cell" C="10pF" v0="-65mV" thresh="0mV">${populations}</pointCellCondBased>
  <network id="net" type="networkWithTemperature" temperature="16.3degC"><population id="cells" component="cell" size="1"/></network>
  <Simulation id="run" length="1ms" step="0.01ms" target="net">${rest}</Simulation>
</Lems>`;

const gate = (id: string, q10 = ''): string => `<gateHHrates id="${id}" instances="3">${q10}
  <forwardRate type="HHExpLinearRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/>
  <reverseRate type="HHExpRate" rate="0.125per_ms" midpoint="-65mV" scale="-80mV"/></gateHHrates>`;
const channel = (id: string, gates: string): string =>
  `<ionChannelHH id="${id}" conductance="10pS" species="na">${gates}</ionChannelHH>`;
const population = (id: string, of: string): string =>
  `<channelPopulation id="${id}" ionChannel="${of}" number="1000" erev="50mV" ion="na"/>`;

async function inBrian(text: string): Promise<Specification> {
  const { valid } = importModel({ name: 'model.xml', text });
  const { files } = await convertModel(valid, 'brian-json');
  return JSON.parse(files[0]?.text ?? '') as Specification;
}
const linesOf = ({ neuron_groups }: Specification): readonly string[] =>
  (neuron_groups['cells']?.model ?? '').split('\n');

test('a channel is a current, a conductance with its gates, and their rates with numbers', async () => {
  const lines = linesOf(await inBrian(point(channel('naChan', gate('m')), population('naPop', 'naChan'))));
  expect(lines).toEqual([
    'dv/dt = i_na/C : volt',
    '# na',
    'i_na = g_na*(E_na - v) : amp',
    'g_na = gamma_na*N_na*m**3 : siemens',
    'dm/dt = (m_inf - m)/tau_m : 1',
    'm_inf = alpha_m/(alpha_m + beta_m) : 1',
    'tau_m = 1/(alpha_m + beta_m) : second',
    'alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms : Hz',
    'beta_m = 0.125*exp(-(v + 65*mV)/(80*mV))/ms : Hz',
  ]);
});

test('gates of the same id are called after their channels', async () => {
  const channels = channel('na', gate('m')) + channel('ca', gate('m') + gate('s'));
  const lines = linesOf(await inBrian(point(channels, population('one', 'na') + population('two', 'ca'))));
  const states = lines.flatMap((line) => /^d(\w+)\/dt/.exec(line)?.[1] ?? []);
  expect(states).toEqual(['v', 'm_na', 'm_ca', 's']);
  expect(lines).toContain('tau_m_ca = 1/(alpha_m_ca + beta_m_ca) : second');
});

test('the temperature stays, and what follows from it is computed once', async () => {
  const q10 = '<q10Settings type="q10ExpTemp" q10Factor="3" experimentalTemp="6.3degC"/>';
  const specification = await inBrian(point(channel('na', gate('m', q10) + gate('h', q10)), population('naPop', 'na')));
  const lines = linesOf(specification);
  expect(specification.namespace['temperature']).toBe('289.45 kelvin');
  expect(lines.filter((line) => line.includes('temperature'))).toEqual([
    'q10 = 3**((temperature - 279.45*kelvin)/(10*kelvin)) : 1',
  ]);
  expect(lines).toContain('tau_h = 1/((alpha_h + beta_h)*q10) : second');
});

test('what is recorded has its new name in monitors and files, and is compared', async () => {
  const source = readSource(join(root, 'fixtures/neuroml/channels.xml'));
  const { valid } = importModel(source);
  const { files } = await convertModel(valid, 'brian-json');
  const { state_monitors, annotations } = JSON.parse(files[0]?.text ?? '') as Specification;
  const variables = ['v', 'm', 'h', 'n', 'a', 'b', 'c', 'd_inf', 'e_kFast', 'g_kTau_single', 'I_m'];
  expect(state_monitors['pop_traces']?.variables).toEqual(variables);
  expect(annotations.outputFiles[0]?.columns?.map(({ variable }) => variable)).toEqual(variables);
  const check = await checkConversion(valid, 'brian-json', { seconds: 0.005 });
  expect(check.absent).toEqual([]);
  expect(check.variables?.length).toBe(variables.length);
});

test('rates of kinetic schemes are called after the states between which they lead', async () => {
  const scheme = `<ionChannelKS id="k" conductance="20pS" species="k"><gateKS id="n" instances="1">
    <closedState id="c"/><openState id="o"/><openState id="p"/>
    <vHalfTransition from="c" to="o" vHalf="-55mV" z="1.5" gamma="0.75" tau="3.2ms" tauMin="0.3ms"/>
    <tauInfTransition from="o" to="p">
      <steadyState type="HHSigmoidVariable" rate="1" midpoint="-45mV" scale="9mV"/><timeCourse type="fixedTimeCourse" tau="2ms"/>
    </tauInfTransition></gateKS></ionChannelKS>`;
  const lines = linesOf(await inBrian(point(scheme, population('kPop', 'k'))));
  expect(lines).toEqual(
    expect.arrayContaining([
      'do/dt = k_c_o*c - k_o_c*o - (k_o_p*o - k_p_o*p) : 1',
      'dc/dt = k_o_c*o - k_c_o*c : 1',
      'k_c_o = 1/(1/k0_c_o + 0.3*ms) : Hz',
      'k_o_p = inf_o_p/(2*ms) : Hz',
    ]),
  );
});

test('synapses have no constants that nothing reads, no second names, and no names of the parts that they are made of', async () => {
  const { valid } = importModel(readSource(join(root, 'fixtures/neuroml/synapses.xml')));
  const { files } = await convertModel(valid, 'brian-json');
  const { synapses } = JSON.parse(files[0]?.text ?? '') as {
    synapses: Record<string, { model?: string; on_pre: string; initializers?: Record<string, unknown> }>;
  };
  expect(synapses['regulars_cells_facilitating']).toMatchObject({
    model: 'dR/dt = (1 - R)/tauRec : 1 (clock-driven)\ndU/dt = (initReleaseProb - U)/tauFac : 1 (clock-driven)',
    on_pre: 'A_facilitating_post += R*U*waveformFactor\nR *= 1 - U\nU += initReleaseProb*(1 - U)',
    initializers: { R: 1, U: 0.2 },
  });
  expect(synapses['regulars_cells_nmda']?.model?.split('\n')).toContain(
    'blockFactor = 1/(1 + blockConcentration/scalingConc*exp(-v_post/scalingVolt)) : 1',
  );
  expect(JSON.stringify(synapses)).not.toMatch(/tauRise|peakTime|Mechanisms_[A-Z]/);
});

test('expressions lose factors of 1.0, zeros and double signs, and whole numbers stay as they are', () => {
  const parameter = { unit: '1', value: 1, shared: false } as const;
  const type = {
    parameters: { a: { ...parameter, type: 'real' }, n: { ...parameter, type: 'integer' } },
    state: {},
    derived: {},
    derivatives: { a: { rate: '1.0*a/ms + -(a*2)/ms' }, b: { rate: '-(a - 1)/ms + 1.0*n/ms' } },
    pathways: { pre: { on: 'pre.spike', do: ['a = a + 2*a', 'a = 2*a + a'] } },
  } as unknown as Parameters<typeof tidied>[0];
  expect(tidied(type)).toMatchObject({
    derivatives: { a: { rate: 'a/ms - a*2/ms' }, b: { rate: '(1 - a)/ms + 1.0*n/ms' } },
    pathways: { pre: { do: ['a += 2*a', 'a = 2*a + a'] } },
  });
});

test('NESTML has the same names, and rates that have a value where their quotient has none', async () => {
  const document = point(channel('naChan', gate('m')), population('naPop', 'naChan'));
  const { files } = await convertModel(importModel({ name: 'model.xml', text: document }).valid, 'pynn-nestml');
  const text = files.map((file) => file.text).join('\n');
  expect(text).toContain("m' = (m_inf - m)/tau_m");
  expect(text).toContain('-(v + 40 mV)/10 mV != 0.0 ? (exp(-(v + 40 mV)/10 mV) - 1)/(-(v + 40 mV)/10 mV) : 1');
  expect(text).not.toMatch(/naPop|forwardRate/);
});
