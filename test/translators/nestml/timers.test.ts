/** Timers that code counts down. */

import { expect, test } from 'vitest';
import '../../../translators/nestml/road.js';
import { importModel } from '../../../src/pipeline/pipeline.js';
import { openModel } from '../../../src/session/open-model.js';

const text = `model gated_neuron:
    state:
        V_m mV = -62 mV
        h real = 0.3
        refr_t ms = 0 ms
    equations:
        V_m' = (-(V_m - E_L) + R * (I_e + I_stim)) / tau_m
        h' = -h / tau_h
    parameters:
        E_L mV = -62 mV
        R GOhm = 0.1 GOhm
        tau_m ms = 12 ms
        tau_h ms = 40 ms
        V_th mV = -48 mV
        I_e pA = 180 pA
        t_ref ms = 3 ms
        dV mV = 4 mV
        unit_psp mV = 1 mV
    input:
        spikes <- spike
        I_stim pA <- continuous
    output:
        spike
    update:
        if refr_t > 0 ms:
            refr_t -= resolution()
            integrate_odes(h)
        else:
            integrate_odes()
    onReceive(spikes):
        V_m += unit_psp * spikes * 1 s
    onCondition(refr_t <= 0 ms and V_m >= V_th + dV * h):
        V_m = -65 mV
        h += 0.5
        refr_t = t_ref
        emit_spike()
`;

test('end with the step of their period', async () => {
  const session = openModel(importModel({ name: 'gated.nestml', text }));
  await session.run();
  const { spikes, spikeLabel } = await session.take();
  await session.dispose();
  const [own] = spikes.filter(({ population }) => population === 'cell');
  // NEST 3.10.0 with NESTML 9.0.0, with a spike of weight 1 and a delay of 1 ms at 10 ms: 18.8, 46.8 and 76 ms.
  expect([...(own?.steps ?? [])].map((step) => step + spikeLabel)).toEqual([188, 468, 760]);
});
