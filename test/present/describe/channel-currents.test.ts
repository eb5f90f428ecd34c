/** Currents of channels: the steady one by its definition, the peak by integrating the gates in small steps. */

import { expect, it } from 'vitest';
import { channelPlots } from '../../../src/present/describe/channel-currents.js';
import { neuromlParts } from '../../../src/present/describe/neuroml-parts.js';
import { decodeSource } from '../../../src/pipeline/read/read-source.js';
import '../../../translators/neuroml/road.js';

/** The sodium channel of Hodgkin and Huxley, at 6.3 degC. */
const text = `<neuroml xmlns="http://www.neuroml.org/schema/neuroml2" id="channels">
  <ionChannelHH id="na" conductance="10pS" species="na">
    <gateHHrates id="m" instances="3">
      <forwardRate type="HHExpLinearRate" rate="1per_ms" midpoint="-40mV" scale="10mV"/>
      <reverseRate type="HHExpRate" rate="4per_ms" midpoint="-65mV" scale="-18mV"/>
    </gateHHrates>
    <gateHHrates id="h" instances="1">
      <forwardRate type="HHExpRate" rate="0.07per_ms" midpoint="-65mV" scale="-20mV"/>
      <reverseRate type="HHSigmoidRate" rate="1per_ms" midpoint="-35mV" scale="10mV"/>
    </gateHHrates>
  </ionChannelHH>
</neuroml>`;

/** Rates of the gates in 1/ms at a potential in mV. */
const rates = {
  m: (v: number) => [(v + 40) / 10 / (1 - Math.exp(-(v + 40) / 10)), 4 * Math.exp((v + 65) / -18)] as const,
  h: (v: number) => [0.07 * Math.exp((v + 65) / -20), 1 / (1 + Math.exp(-(v + 35) / 10))] as const,
};
const steady = ([opening, closing]: readonly [number, number]): number => opening / (opening + closing);

/** The largest open share after a step from -80 mV, by steps of 0.1 us. */
function peakAt(v: number): number {
  let [m, h] = [steady(rates.m(-80)), steady(rates.h(-80))];
  let peak = m ** 3 * h;
  const [[am, bm], [ah, bh]] = [rates.m(v), rates.h(v)];
  for (let step = 0; step < 200_000; step += 1) {
    m += 1e-4 * (am * (1 - m) - bm * m);
    h += 1e-4 * (ah * (1 - h) - bh * h);
    peak = Math.max(peak, m ** 3 * h);
  }
  return peak;
}

it('draws gates and currents of a channel over the potential', () => {
  const parts = neuromlParts(decodeSource('na.channel.nml', new TextEncoder().encode(text)));
  const { plots, note } = channelPlots(parts!.lems);
  expect(plots.map(({ y }) => y)).toEqual(['steady state', 'time constant (ms)', 'current / largest conductance (mV)']);
  expect(note).toContain('reverse at 50 mV (usual for na, the channel states none)');
  const [peak, resting] = plots[2]!.curves.map(
    ({ points }) => new Map(points.map(([v, y]) => [Math.round(v * 2) / 2, y])),
  );
  for (const v of [-60, -20, 0, 30]) {
    expect(resting!.get(v)).toBeCloseTo(steady(rates.m(v)) ** 3 * steady(rates.h(v)) * (v - 50), 6);
    // Times of the peak lie 7% apart.
    expect(peak!.get(v)! / (peakAt(v) * (v - 50))).toBeCloseTo(1, 2);
  }
  expect(peak!.get(50)).toBeCloseTo(0, 9);
});
