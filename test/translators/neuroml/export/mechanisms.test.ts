/** Mechanisms of NMODL as channels of NeuroML. */

import { expect, test } from 'vitest';
import { convertModel, type ConvertedModel } from '../../../../src/convert/convert.js';
import { importModel } from '../../../../src/pipeline/pipeline.js';
import '../../../../translators/brian/road.js';
import '../../../../translators/neuroml/road.js';
import '../../../../translators/nmodl/road.js';

const converted = (text: string, to: 'neuroml' | 'brian' = 'neuroml'): Promise<ConvertedModel> =>
  convertModel(importModel({ name: 'channel.mod', text }).valid, to, { name: to === 'brian' ? 'c.py' : 'c.nml' });

const channel = (rates: string, breakpoint = '', gbar = '0.01'): string => `TITLE a channel
: after somebody, 1996
NEURON { SUFFIX chan USEION na READ ena WRITE ina RANGE gbar }
PARAMETER { gbar = ${gbar} (S/cm2) }
ASSIGNED { v (mV) ena (mV) ina (mA/cm2) inf tau (ms) alpha beta }
STATE { m }
BREAKPOINT { SOLVE states METHOD cnexp ${breakpoint} ina = gbar*m^3*(v - ena) }
INITIAL { rates() m = inf }
DERIVATIVE states { rates() m' = (inf - m)/tau }
UNITSOFF
PROCEDURE rates() { ${rates} }
UNITSON
`;

const plain = 'inf = 1/(1 + exp(-(v + 30)/8)) tau = 2 + 5*exp(-((v + 40)/20)^2)';

test('a conductance of 0 keeps the channel, with the comments of its file and its rates in mV and ms', async () => {
  const { files, outcome } = await converted(channel(plain, '', '0'));
  expect(outcome).toBe('not measured');
  const [nml, , types] = files.map(({ text }) => text);
  expect(nml).toContain('<channelDensity id="chan_density" ionChannel="chan" condDensity="0mS_per_cm2"');
  expect(nml).toMatch(/<ionChannelHH id="chan" [^]*<gateHHtauInf id="m" instances="3">/);
  expect(nml).toContain('<!-- after somebody, 1996 -->');
  expect(nml).toContain('<include href="c_types.xml"/>');
  expect(types).toContain('value="(2 + 5 * exp(-((v / mV + 40) / 20)^2)) * ms"');
  expect(types).not.toContain('<Dimension');
});

const guarded = `if (v == -38) { v = v + 0.0001 }
  alpha = 0.182*(v + 38)/(1 - exp(-(v + 38)/6)) beta = 0.124*(-v - 38)/(1 - exp((v + 38)/6))
  tau = 1/(alpha + beta) inf = alpha/(alpha + beta)`;

test('a guard of the potential leaves the limits of rates, and the potential of the current', async () => {
  const { files, report } = await converted(channel(guarded));
  expect(files[0]?.text).toMatch(/<forwardRate type="HHExpLinearRate" rate="1.092per_ms" midpoint="-38mV" scale="6mV"/);
  expect(report.filter(({ verdict }) => verdict !== 'exact').map(({ code }) => code)).not.toContain('lems/guard');
  // Here rates are computed with the current, too.
  const again = await converted(channel(guarded, 'rates()'));
  expect(again.outcome).toBe('not measured');
  expect(again.report.map(({ code }) => code)).toContain('lems/guard');
});

test('a mechanism of which nothing would be written is left out by name', async () => {
  const sensor = `NEURON { SUFFIX sensor }
ASSIGNED { v (mV) }
STATE { seen }
BREAKPOINT { SOLVE s METHOD cnexp }
INITIAL { seen = 0 }
DERIVATIVE s { seen' = (v/80 - seen)/5 }
`;
  const { outcome, report } = await converted(sensor);
  expect(outcome).toBe('incomplete');
  expect(report.find(({ verdict }) => verdict === 'notExpressible')?.pointer).toBe(
    '/neurons/sensor_cell/compartments/mechanisms/sensor',
  );
  const { files } = await converted(sensor, 'brian');
  expect(files[0]?.text).toContain('Im = 0*uA/cm**2 : amp/meter**2');
});
