/**
 * Core types at gaps of their formulas: equal time constants, no rise, a potential at the midpoint, at zero. Expected
 * values follow from limits of the published definitions, not from the core types.
 */

import { describe, expect, it } from 'vitest';
import { simulate, trace } from '../../../support/simulate.js';
import '../../../../translators/neuroml/road.js';

const includes = '<Include file="Cells.xml"/><Include file="Networks.xml"/><Include file="Simulation.xml"/>';
const simulation = (columns: readonly string[], length: string, step: string): string =>
  `<Simulation id="sim" length="${length}" step="${step}" target="net"><OutputFile id="of" ` +
  `fileName="x.dat">${columns.map((quantity, k) => `<OutputColumn id="c${k}" quantity="${quantity}"/>`).join('')}</OutputFile></Simulation><Target ` +
  'component="sim"/>';

describe('conductances after one event', () => {
  /** A synapse that gets one event in the step after 1 ms, on a cell that does not move. */
  const g = async (synapse: string): Promise<{ readonly at: (ms: number) => number; readonly peak: number }> => {
    const text = `<Lems>${includes}${synapse}<spikeArray id="once"><spike id="0" time="1ms"/></spikeArray>
<iafCell id="cell" C="1F" thresh="0mV" reset="-70mV" leakConductance="1nS" leakReversal="-65mV"/>
<network id="net"><population id="s" component="once" size="1"/><population id="p" component="cell" size="1"/>
<projection id="j" presynapticPopulation="s" postsynapticPopulation="p" synapse="syn"><connection id="0" preCellId="../s[0]" postCellId="../p[0]"/></projection></network>
${simulation(['p[0]/syn/g'], '60 ms', '0.01 ms')}</Lems>`;
    const values = trace(await simulate(text, { timing: 'grid' }), 'j.g');
    const first = values.findIndex((value, row) => row > 0 && (value !== 0 || values[row + 1] !== 0));
    return { at: (ms) => values[first + Math.round(ms * 100)]! * 1e9, peak: Math.max(...values) * 1e9 };
  };
  const two = (rise: number, decay: number): string =>
    `<expTwoSynapse id="syn" gbase="2nS" erev="0mV" tauRise="${rise}ms" tauDecay="${decay}ms"/>`;
  const points = [0.5, 1, 2, 3, 5, 8, 15];

  it('rise and decay to a peak of gbase', async () => {
    const { at, peak } = await g(two(2, 5));
    expect(peak).toBeCloseTo(2, 4);
    // At tp = ln(5/2)*2*5/3 ms.
    expect(at((Math.log(2.5) * 10) / 3)).toBeCloseTo(2, 4);
  });

  it('with equal time constants are an alpha function', async () => {
    const { at, peak } = await g(two(3, 3));
    expect(peak).toBeCloseTo(2, 3);
    // One step between the event and the first row is in the tolerance: 2*e/3 nS/ms * 0.01 ms.
    for (const t of points) expect(Math.abs(at(t) - 2 * (t / 3) * Math.exp(1 - t / 3)), `${t} ms`).toBeLessThan(0.02);
  });

  it('without a rise jump to gbase', async () => {
    const { at, peak } = await g(two(0, 4));
    expect(peak).toBeCloseTo(2, 2);
    for (const t of points) expect(Math.abs(at(t) - 2 * Math.exp(-t / 4)), `${t} ms`).toBeLessThan(0.02);
  });

  it('equal two synapses, for two decays with one of them equal to the rise', async () => {
    const { at } = await g(
      '<expThreeSynapse id="syn" gbase1="1nS" gbase2="3nS" erev="0mV" tauRise="3ms" tauDecay1="3ms" tauDecay2="9ms"/>',
    );
    const peakTime = (Math.log(9 / 3) * 27) / 6;
    const factor = 1 / (Math.exp(-peakTime / 9) - Math.exp(-peakTime / 3));
    for (const t of points) {
      const expected = (t / 3) * Math.exp(1 - t / 3) + 3 * factor * (Math.exp(-t / 9) - Math.exp(-t / 3));
      // One step of the steepest rise, e/3 + 3*2.6*(1/3 - 1/9) nS/ms, is in the tolerance.
      expect(Math.abs(at(t) - expected), `${t} ms`).toBeLessThan(0.03);
    }
  });
});

describe('rates and currents at a given potential', () => {
  /** Something that needs a potential, calcium and a temperature, and is read by name. */
  const probe = async (
    potentials: readonly number[],
    child: string,
    type: string,
    path: string,
    dimension: string,
    more = '',
  ): Promise<readonly number[]> => {
    const cells = potentials.map((v, k) => `<Probe id="c${k}" at="${v}mV">${child}</Probe>`).join('');
    const text = `<Lems>${includes}<ComponentType name="Probe"><Parameter name="at" dimension="voltage"/><Children name="inner" type="${type}"/><Exposure name="v" dimension="voltage"/>
<Constant name="temperature" dimension="temperature" value="300K"/><Constant name="caConc" dimension="concentration" value="1e-4mM"/><Constant name="caConcExt" dimension="concentration" value="2mM"/>
<Dynamics><StateVariable name="idle" dimension="none"/><DerivedVariable name="v" dimension="voltage" exposure="v" value="at"/>
<DerivedVariable name="found" dimension="${dimension}" select="inner[*]/${path}" reduce="add"/></Dynamics></ComponentType>${more}${cells}
<network id="net">${potentials.map((_, k) => `<population id="p${k}" component="c${k}" size="1"/>`).join('')}</network>
${simulation(
  potentials.map((_, k) => `p${k}[0]/found`),
  '1 ms',
  '0.1 ms',
)}</Lems>`;
    const run = await simulate(text, { timing: 'grid' });
    return potentials.map((_, k) => trace(run, `p${k}.found`).at(-1)!);
  };
  /** Returns x/(1 - exp(-x)), by its series if the quotient loses digits. */
  const linear = (x: number): number =>
    Math.abs(x) < 1e-3 ? 1 + x / 2 + (x * x) / 12 - x ** 4 / 720 : x / (1 - Math.exp(-x));
  const near = [-75, -40.001, -40.0000001, -40, -39.9999999, -39.999, 5];

  it('exponential-linear rates, through the midpoint', async () => {
    const child = '<forwardRate type="HHExpLinearRate" rate="2per_ms" midpoint="-40mV" scale="10mV"/>'.replace(
      'forwardRate',
      'Component',
    );
    const found = await probe(near, child, 'baseHHRate', 'r', 'per_time');
    near.forEach((v, k) => expect(found[k]! / 2000 / linear((v + 40) / 10), `${v} mV`).toBeCloseTo(1, 9));
  });

  it('exponential-linear variables, through the midpoint', async () => {
    const child = '<Component type="HHExpLinearVariable" rate="0.5" midpoint="-40mV" scale="10mV"/>';
    const found = await probe(near, child, 'baseVoltageDepVariable', 'x', 'none');
    near.forEach((v, k) => expect(found[k]! / 0.5 / linear((v + 40) / 10), `${v} mV`).toBeCloseTo(1, 9));
  });

  const passive = '<ionChannelPassive id="open" conductance="1pS"/>';
  const zero = [-60, -0.001, -0.0000001, 0, 0.0000001, 0.001, 30];
  const [R, F, T, inside, outside] = [8.3144621, 96485.3, 300, 1e-4, 2];

  it('currents by permeability, through 0 mV', async () => {
    const child = '<channelDensityGHK id="d" ionChannel="open" permeability="1e-6cm_per_s" ion="ca"/>';
    const found = await probe(zero, child, 'baseChannelDensity', 'iDensity', 'currentDensity', passive);
    // -P z F (Kv/(1 - exp(-Kv))) (in - out exp(-Kv)), Kv = zFv/(RT).
    zero.forEach((v, k) => {
      const x = (2 * F * v * 1e-3) / (R * T);
      const expected = -1e-8 * 2 * F * linear(x) * (inside - outside * Math.exp(-x));
      expect(found[k]! / expected, `${v} mV`).toBeCloseTo(1, 8);
    });
  });

  it('currents by conductance with rectification, through 0 mV', async () => {
    const child = '<channelDensityGHK2 id="d" ionChannel="open" condDensity="1 mS_per_cm2" ion="ca"/>';
    const found = await probe(zero, child, 'baseChannelDensity', 'iDensity', 'currentDensity', passive);
    zero.forEach((v, k) => {
      const half = (25 * T) / (293.15 * 2);
      const x = v / half;
      // x/(exp(x) - 1) is linear(-x).
      const expected = 10 * half * 1e-3 * (1 - (inside / outside) * Math.exp(x)) * linear(-x);
      expect(found[k]! / expected, `${v} mV`).toBeCloseTo(1, 8);
    });
  });
});
