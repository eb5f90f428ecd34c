/** Neurons of a few compartments in a specification, against Dendrify with Brian's runtime. */

import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportBrianScript } from '../../translators/brian/export-script.js';
import { simulate } from '../support/simulate.js';
import { valid } from '../translators/brian/support.js';
import { missingPython, runPython } from './python-environment.js';
import '../../translators/brian/road.js';

const folder = '.venv/dendrify';

/** The model that `dendrify_neuron.py` builds. */
const specification = `
format: interneuron/brian
dt: 0.1 ms
dendritic_neurons:
  neuron:
    N: 1
    cm: 1 uF/cm**2
    gl: 50 uS/cm**2
    v_rest: -65 mV
    r_axial: 150 ohm*cm
    scale_factor: 2.8
    spine_factor: 1.5
    compartments:
      soma: { model: leakyIF, length: 25 um, diameter: 25 um }
      trunk:
        length: 100 um
        diameter: 2.5 um
        synapses:
          - { channel: AMPA, tag: x, g: 2 nS, t_decay: 2 ms }
          - { channel: NMDA, tag: x, g: 1 nS, t_rise: 2 ms, t_decay: 60 ms, scale_g: true }
        dspikes:
          Na:
            threshold: -45 mV
            g_rise: 12 nS
            g_fall: 9 nS
            duration_rise: 1.2 ms
            duration_fall: 2.4 ms
            reversal_rise: E_Na
            reversal_fall: E_K
            offset_fall: 0.2 ms
            refractory: 5 ms
      tuft:
        length: 100 um
        diameter: 1 um
        synapses:
          - { channel: GABA, tag: y, g: 0.5 nS, t_rise: 0.5 ms, t_decay: 15 ms }
          - { channel: AMPA, tag: y, g: 1 nS, t_decay: 2 ms }
    couplings: [[soma, trunk, 15 nS], [trunk, tuft]]
    threshold: V_soma > -50*mV
    reset: V_soma = 40*mV
    second_reset: { code: V_soma = -55*mV, after: 0.8 ms }
    refractory: 4 ms
    initializers: { I_ext_soma: 0.02 nA }
spike_generators:
  source: { N: 2, indices: [0, 1, 0, 0, 0, 1], times: [10 ms, 12 ms, 20 ms, 20.5 ms, 21 ms, 40 ms] }
synapses:
  first: { source: source, target: neuron, on_pre: s_AMPA_x_trunk += 2; s_NMDA_x_trunk += 1, connect: { i: 0, j: 0 } }
  second: { source: source, target: neuron, on_pre: s_GABA_y_tuft += 1; s_AMPA_y_tuft += 3, connect: { i: 1, j: 0 } }
state_monitors: { trace: { source: neuron, variables: [V_soma, V_trunk, V_tuft] } }
spike_monitors: { spikes: { source: neuron } }
run: 80 ms
`;

const missing =
  missingPython(['brian2']) ?? (existsSync(folder) ? null : `scripts/python-environment.sh makes ${folder}`);

describe.skipIf(missing !== null)(`Dendrify${missing === null ? '' : ` (${missing})`}`, () => {
  test('has the potentials and spikes of its native form', async () => {
    const theirs = (await runPython('dendrify_neuron.py', [folder])) as Readonly<Record<string, readonly number[]>>;
    const { samples, events } = await simulate(specification, { engines: [{ target: 'wasm', threads: 1 }] });
    const rows = samples.get('neuron.V_soma')!;
    expect(rows.length).toBeGreaterThanOrEqual(800);
    for (const name of ['V_soma', 'V_trunk', 'V_tuft']) {
      const ours = samples.get(`neuron.${name}`)!.map(([v = NaN]) => v);
      const largest = Math.max(...theirs[name]!.map((v, k) => Math.abs(v - ours[k]!)));
      expect(largest).toBeLessThan(1e-12);
    }
    const spikes = (events.get('neuron.spike') ?? []).map(([step]) => step);
    expect(theirs['spikes']!.length).toBeGreaterThan(0);
    expect(spikes).toEqual(theirs['spikes']!.map((time) => Math.round(time / 1e-4)));
    // A dendritic spike passes.
    expect(Math.max(...theirs['V_trunk']!)).toBeGreaterThan(-0.03);
  });

  test('runs the script that the specification becomes, with the same potentials', async () => {
    const files = exportBrianScript(valid(specification)).files;
    const path = join(mkdtempSync(join(tmpdir(), 'dendrify-')), 'model.py');
    writeFileSync(path, files[0]!.text);
    const [built, written] = (await Promise.all(
      [[folder], [folder, path]].map((args) => runPython('dendrify_neuron.py', args)),
    )) as Readonly<Record<string, readonly number[]>>[];
    expect(written!['spikes']).toEqual(built!['spikes']);
    for (const name of ['V_soma', 'V_trunk', 'V_tuft']) {
      const largest = Math.max(...built![name]!.map((v, k) => Math.abs(v - written![name]![k]!)));
      expect(largest).toBeLessThan(1e-12);
    }
  });
});
