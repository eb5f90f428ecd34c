/** NeuroML's abstract cells and synapses, found in equations of Brian's users. */

import { describe, expect, it } from 'vitest';
import { checkConversion } from '../../../../src/run/check/check-conversion.js';
import { convertModel } from '../../../../src/run/convert.js';
import { importModel } from '../../../../src/run/pipeline.js';

const head = `format: interneuron/brian
dt: 0.1 ms
`;

interface Found {
  readonly text: string;
  readonly codes: readonly string[];
  readonly types: number;
  readonly outcome: string;
  /** Spikes of the model and of the document, and how many of them are in the same steps. */
  readonly spikes: readonly (number | undefined)[];
}

async function converted(model: string): Promise<Found> {
  const { valid } = importModel({ name: 'm.yaml', text: head + model });
  const { files, report, outcome } = await convertModel(valid, 'lems');
  const text = files[0]?.text ?? '';
  const { matched, spikes } = await checkConversion(valid, 'lems');
  return {
    text,
    codes: report.map(({ code }) => code),
    outcome,
    types: [...text.matchAll(/<ComponentType /g)].length,
    spikes: [...spikes, matched],
  };
}

const lif = (more: string): string => `
namespace: { tau: 10 ms, R: 100 Mohm, El: -70 mV }
neuron_groups:
  G:
    N: 2
    model: |
      dv/dt = (El - v + R*I)/tau : volt ${more.includes('refractory') ? '(unless refractory)' : ''}
      I : amp
    threshold: v > -55*mV
    reset: v = -65*mV
    method: euler
    initializers: { v: El, I: 0.2*nA + 0.1*nA*i }
    ${more}
spike_monitors: { M: { source: G } }
run: 60 ms
`;

describe('cells', () => {
  it('a leaky cell with a resistance and a current has its capacitance, conductance and a pulse', async () => {
    const { text, types, spikes } = await converted(lif(''));
    // C = tau/R, g = 1/R.
    expect(text).toContain(
      '<iafCell id="G_cells" C="0.1nF" thresh="-55mV" reset="-65mV" leakConductance="10nS" leakReversal="-70mV"/>',
    );
    expect(text).toContain('<pulseGenerator id="G_current" delay="0ms" duration="1e9s" amplitude="0.2nA"/>');
    expect(types).toBe(0);
    // The first after tau*ln(20/5) and tau*ln(30/15), others tau*ln(15/5) and tau*ln(25/15) apart.
    expect(spikes).toEqual([16, 16, 16]);
  });

  it('keeps its refractory period, whose steps the report says LEMS counts by accumulated time', async () => {
    const { text, codes } = await converted(lif('refractory: 2 ms'));
    expect(text).toContain('refract="2ms"');
    expect(codes).toContain('convention/refractory');
  });

  it('many currents are one with a weight for each cell', async () => {
    const { text, spikes } = await converted(lif('').replace('N: 2', 'N: 7'));
    expect(text).toContain('<inputW id="6" target="../G[6]" destination="synapses" weight="0.8"/>');
    expect(new Set(spikes).size).toBe(1);
  });

  it('a time constant and a drive in volts are an iafTauCell, and a first value of its own is a parameter', async () => {
    const { text, types, spikes } = await converted(`
neuron_groups:
  G: { N: 1, model: "dv/dt = (20*mV - v)/(10*ms) : volt", threshold: v >= 10*mV, reset: v = 0*mV, method: euler }
spike_monitors: { M: { source: G } }
run: 30 ms
`);
    expect(text).toContain(
      '<iafTauCell_started id="G_cells" thresh="10mV" reset="0mV" leakReversal="20mV" tau="10ms" v0="0mV"/>',
    );
    expect(types).toBe(1);
    // After tau*ln(2) each.
    expect(spikes).toEqual([4, 4, 4]);
  });

  it("Izhikevich's cell in volts has pure numbers, and one with a capacitance its conductances", async () => {
    const simple = await converted(`
neuron_groups:
  G:
    N: 1
    model: |
      dvm/dt = (0.04/ms/mV)*vm**2 + (5/ms)*vm + 140*mV/ms - w + 10*mV/ms : volt
      dw/dt = (0.02/ms)*(0.2/ms*vm - w) : volt/second
    threshold: vm > 30*mV
    reset: |
      vm = -65*mV
      w += 8*mV/ms
    method: euler
    initializers: { vm: -70*mV, w: -14*mV/ms }
spike_monitors: { M: { source: G } }
run: 100 ms
`);
    expect(simple.text).toContain(
      '<izhikevichCell id="G_cells" v0="-70mV" thresh="30mV" a="0.02" b="0.2" c="-65" d="8"/>',
    );
    expect(simple.text).toMatch(/<pulseGeneratorDL .* amplitude="10"\/>/);
    expect(simple.types).toBe(0);
    expect(new Set(simple.spikes).size).toBe(1);
    const { text, types, spikes } = await converted(`
neuron_groups:
  G:
    N: 1
    model: |
      dv/dt = (0.7*nS/mV*(v + 60*mV)*(v + 40*mV) - u + 100*pA)/C : volt
      du/dt = (0.03/ms)*(-2*nS*(v + 60*mV) - u) : amp
      C : farad
    threshold: v > 35*mV
    reset: |
      v = -50*mV
      u += 100*pA
    method: euler
    initializers: { v: -60*mV, C: 100*pF }
spike_monitors: { M: { source: G } }
run: 100 ms
`);
    expect(text).toMatch(
      /<izhikevich2007Cell .*C="0.1nF" v0="-60mV" vr="-60mV" vt="-40mV" vpeak="35mV" c="-50mV" k="0.7nS_per_mV"/,
    );
    expect(types).toBe(0);
    expect(spikes[0]).toBeGreaterThan(0);
    expect(new Set(spikes).size).toBe(1);
  });

  it('a current that changes between runs is a pulse', async () => {
    const { text, types, spikes } = await converted(`
neuron_groups:
  G:
    N: 2
    model: |
      dv/dt = (10*nS*(-70*mV - v) + I)/(100*pF) : volt
      I : amp
    threshold: v > -50*mV
    reset: v = -60*mV
    method: euler
    initializers: { v: -70*mV }
spike_monitors: { M: { source: G } }
run:
  - duration: 20 ms
  - set: { G.I: 0.3 nA }
    duration: 50 ms
  - set: { G.I: 0 nA }
    duration: 20 ms
`);
    expect(text).toContain('<pulseGenerator id="G_I" delay="20ms" duration="50ms" amplitude="0.3nA"/>');
    expect(types).toBe(0);
    // After 10 ms*ln(30/10), then each 10 ms*ln(20/10).
    expect(spikes.slice(0, 2)).toEqual([12, 12]);
  });

  it('an adaptive exponential cell that is not refractory says that NeuroML holds it for a step', async () => {
    const { text, codes } = await converted(`
neuron_groups:
  G:
    N: 1
    model: |
      dv/dt = (30*nS*(-70*mV - v) + 30*nS*2*mV*exp((v + 50*mV)/(2*mV)) + 1*nA - w)/(281*pF) : volt
      dw/dt = (4*nS*(v + 70*mV) - w)/(144*ms) : amp
    threshold: v > -40*mV
    reset: |
      v = -70*mV
      w += 0.08*nA
    method: euler
    initializers: { v: -70*mV }
spike_monitors: { M: { source: G } }
run: 1 ms
`);
    expect(text).toMatch(/<adExIaFCell .*refract="0ms"/);
    expect(codes).toContain('lems/one-step-held');
  });

  it('an adaptive exponential cell says that it advances v first', async () => {
    const { text, codes, types } = await converted(`
neuron_groups:
  G:
    N: 1
    model: |
      dv/dt = (30*nS*(-70*mV - v) + 30*nS*2*mV*exp((v + 50*mV)/(2*mV)) + 1*nA - w)/(281*pF) : volt (unless refractory)
      dw/dt = (4*nS*(v + 70*mV) - w)/(144*ms) : amp
    threshold: v > -40*mV
    reset: |
      v = -70*mV
      w += 0.08*nA
    refractory: 1 ms
    method: euler
    initializers: { v: -70*mV }
spike_monitors: { M: { source: G } }
run: 30 ms
`);
    expect(text).toMatch(
      /<adExIaFCell .*EL="-70mV" VT="-50mV" thresh="-40mV" reset="-70mV" delT="2mV" tauw="144ms" refract="1ms"/,
    );
    expect(codes).toContain('lems/order-in-step');
    expect(types).toBe(0);
  });

  it.each([
    ['noise', 'dv/dt = -v/(10*ms) + 1*mV*xi/sqrt(10*ms) : volt', 'v = 0*mV'],
    ['a reset that adds', 'dv/dt = (20*mV - v)/(10*ms) : volt', 'v -= 10*mV'],
    ['a rate with a cube', 'dv/dt = (20*mV - v**3/mV**2)/(10*ms) : volt', 'v = 0*mV'],
  ])('%s is in none of them', async (_, model, reset) => {
    const { text } = await converted(`
neuron_groups: { G: { N: 1, model: "${model}", threshold: v > 10*mV, reset: ${reset}, method: euler } }
run: 1 ms
`);
    expect(text).toContain('<ComponentType name="G_cell"');
  });
});

describe('synapses', () => {
  const network = (equations: string, on: string, delay: string): string => `
namespace: { gl: 10 nS, El: -70 mV, C: 200 pF, tau: 5 ms }
neuron_groups:
  G:
    N: 3
    model: |
      ${equations.split('\n').join('\n      ')}
      I : amp
    threshold: v > -50*mV
    reset: v = -60*mV
    method: euler
    initializers: { v: El, I: 0.3*nA*int(i == 0) }
synapses: { S: { source: G, target: G, on_pre: ${on}, delay: ${delay}, connect: { condition: i < j } } }
spike_monitors: { M: { source: G } }
run: 60 ms
`;

  it('an exponential current keeps its delay, whose convention the report states', async () => {
    for (const delay of ['0 ms', '1.5 ms']) {
      const { text, types, codes } = await converted(
        network('dv/dt = (gl*(El - v) + s + I)/C : volt\nds/dt = -s/tau : amp', 's += 0.7*nA', delay),
      );
      expect(text).toContain('<expCurrSynapse id="S_synapses" tau_syn="5"/>');
      expect(text).toContain(`weight="0.7" delay="${delay.replace(' ', '')}"`);
      expect(types).toBe(0);
      expect(codes.includes('convention/zero-delay')).toBe(delay === '0 ms');
    }
  });

  it('a conductance is an expOneSynapse, which says whose potential it sees', async () => {
    const { text, codes, types } = await converted(
      network('dv/dt = (gl*(El - v) + g*(0*mV - v) + I)/C : volt\ndg/dt = -g/tau : siemens', 'g += 6*nS', '1 ms'),
    );
    expect(text).toContain('<expOneSynapse id="S_synapses" gbase="6nS" erev="0mV" tauDecay="5ms"/>');
    expect(codes).toContain('lems/synapse-potential');
    expect(types).toBe(0);
  });

  it('an alpha function has its peak, and two time constants theirs', async () => {
    const rise = (time: string): string =>
      network(
        `dv/dt = (gl*(El - v) + g*(0*mV - v) + I)/C : volt\ndg/dt = (x - g)/tau : siemens\ndx/dt = -x/${time} : siemens`,
        'x += 1*nS',
        '1 ms',
      );
    // g = x0*t/tau*exp(-t/tau) is x0/e at its peak.
    expect((await converted(rise('tau'))).text).toMatch(/<alphaSynapse .*gbase="3.6787944/);
    expect((await converted(rise('(2*ms)'))).text).toMatch(/<expTwoSynapse .*erev="0mV" tauRise="2ms" tauDecay="5ms"/);
  });

  it('a step of the potential has no word', async () => {
    const { text } = await converted(network('dv/dt = (gl*(El - v) + I)/C : volt', 'v += 3*mV', '1 ms'));
    expect(text).toContain('<ComponentType name="G_cell"');
  });
});
