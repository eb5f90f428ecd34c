/** Models of NEURON: read from its memory, they run here with its spikes. */

import { writeFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { openModel } from '../../src/session/open-model.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { missingEnvironment, python } from '../support/python.js';

const folder = temporaryFolder();
const missing = missingEnvironment('.venv-pynn');
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
});

/** Five cells in a ring, the first of which a train of NetStim drives, and a current into the third. */
const ring = `
from neuron import h
h.load_file('stdrun.hoc')
class Cell:
    def __init__(self):
        self.soma, self.dend = (h.Section(name=name, cell=self) for name in ('soma', 'dend'))
        self.dend.connect(self.soma(1))
        self.soma.L = self.soma.diam = 12.6157
        self.dend.L, self.dend.diam, self.dend.nseg = 200, 1, 5
        for section in (self.soma, self.dend):
            section.Ra, section.cm = 100, 1
        self.soma.insert('hh')
        self.dend.insert('pas')
        for segment in self.dend:
            segment.pas.g, segment.pas.e = 0.001, -65
        self.syn = h.ExpSyn(self.dend(0.5))
        self.syn.tau = 2
cells = [Cell() for _ in range(5)]
stim = h.NetStim()
stim.number, stim.start, stim.interval, stim.noise = 3, 9, 10, 0
connections = [h.NetCon(stim, cells[0].syn)]
connections[0].delay, connections[0].weight[0] = 1, 0.04
for a, b in zip(cells, cells[1:] + cells[:1]):
    connections.append(h.NetCon(a.soma(0.5)._ref_v, b.syn, sec=a.soma))
    connections[-1].weight[0], connections[-1].delay = 0.01, 5
clamp = h.IClamp(cells[2].soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 20, 5, 0.3
v = h.Vector().record(cells[0].dend(0.9)._ref_v)
m = h.Vector().record(cells[1].soma(0.5).hh._ref_m, 0.1)
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(60)
raise SystemExit(3)
`;

/** Times of the spikes of each cell in ms, and potentials in mV: NEURON 9.0.2, by the script itself. */
const inNeuron = {
  spikes: [
    [11.075, 21.475, 31.5, 43.05, 56.2],
    [17.675, 28.975, 39.725, 50.525],
    [21, 35.85, 47.125, 58.05],
    [27.6, 42.6, 54.35],
    [34.2, 49.35],
  ],
  potentials: { 15: -53.26339, 25: -53.01167, 35: -52.99803 },
};

describe.skipIf(missing !== null)(`scripts of NEURON${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('become models with the spikes of NEURON', { timeout: 120_000 }, async () => {
    writeFileSync(folder.file('ring.py'), ring);
    const path = folder.file('ring.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('ring.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.06);
    const { spikes, samples, spikeLabel } = await session.take();
    await session.dispose();
    const { steps, cells } = spikes.find(({ population }) => population === 'Cell') ?? { steps: [], cells: [] };
    for (const [cell, expected] of inNeuron.spikes.entries()) {
      const times = [...steps].filter((_, k) => cells[k] === cell).map((step) => (step + spikeLabel) * 0.025);
      expect(times.length).toBe(expected.length);
      for (const [k, time] of times.entries()) expect(Math.abs(time - (expected[k] ?? NaN))).toBeLessThan(1e-6);
    }
    expect(samples.map(({ variable }) => variable)).toEqual(['v', 'hh_na.m']);
    for (const [time, v] of Object.entries(inNeuron.potentials))
      expect(Number(samples[0]?.values[Number(time) * 40]) * 1e3).toBeCloseTo(v, 3);
  });

  it('name their mistakes', { timeout: 60_000 }, async () => {
    writeFileSync(folder.file('empty.py'), 'from neuron import h\nh.load_file("stdrun.hoc")\n');
    const words = ['-m', 'interneuron', 'neuron', folder.file('empty.py'), '-o', folder.file('empty.yaml')];
    await expect(python('.venv-pynn', words, program())).rejects.toThrow(/empty\.py makes no sections/);
  });
});
