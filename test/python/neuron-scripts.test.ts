/** Models of NEURON: read from its memory, they run here with its spikes. */

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { openModel } from '../../src/session/open-model.js';
import { importModel, readSource } from '../../src/pipeline/pipeline.js';
import { temporaryFolder } from '../support/command.js';
import { peerRecords, peers } from '../support/peer-records.js';
import { root } from '../support/import-graph.js';
import { missingEnvironment, python, variables } from '../support/python.js';

const run = promisify(execFile);
const folder = temporaryFolder();
/** Apart, because a script compiles the mechanisms in the folders of its own. */
const withMechanisms = temporaryFolder();
const missing = missingEnvironment('.venv-pynn');
const program = (): Readonly<Record<string, string>> => ({
  INTERNEURON_PROGRAM: inject('program'),
  INTERNEURON_NODE: process.execPath,
});

/** A cell of Hodgkin and Huxley that a regular source drives, by CVode. */
const variable = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
soma.insert('hh')
source, synapse = h.NetStim(), h.ExpSyn(soma(0.5))
source.start, source.interval, source.number = 5, 7, 5
connection, detector = h.NetCon(source, synapse), h.NetCon(soma(0.5)._ref_v, None, sec=soma)
connection.weight[0], connection.delay = 0.05, 1
h.CVode().active(1)
h.tstop = 50
h.run()
`;

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

/** The ring with a regular and a random train instead, which start and arrive between two steps. */
const trains = ring
  .replace('= 3, 9, 10, 0', '= 3, 9.013, 10.31, 0')
  .replace(
    /connections = .*\n.*\n/,
    `noisy = h.NetStim()
noisy.number, noisy.start, noisy.interval, noisy.noise = 300, 0, 3, 1
ends = [(stim, cells[0].syn), (stim, cells[3].syn), (noisy, cells[2].syn), (noisy, cells[3].syn), (noisy, None)]
connections = [h.NetCon(*each) for each in ends]
for one, delay in zip(connections, (1, 1.007, 1.014, 0.06, 1)):
    one.delay, one.weight[0] = delay, 0.04
`,
  )
  .replace(/clamp.*\n/g, '')
  .replace('.delay = 0.01, 5', '.delay = 0.01, 5.007')
  .replace('continuerun(60)', 'continuerun(100)');

/** Times of the spikes of each cell in ms: NEURON 9.0.2, by the script itself. */
const driven = [
  [11.1, 21.85, 32.075, 59.35, 74.125],
  [17.7, 29.2, 39.975, 65.95, 80.9],
  [2.625, 21.175, 46.875, 61.425],
  [1.675, 20.95, 46.15, 60.575],
  [8.275, 27.575, 52.75, 67.35],
];

/** Four cells of different sizes. Spikes of three are recorded, each in another way. */
const recorders = {
  python: `
from neuron import h
h.load_file('stdrun.hoc')
times, numbers, parallel = h.Vector(), h.Vector(), h.ParallelContext()
connected, numbered, counted, unwatched = cells = [h.Section(name=name) for name in ('connected', 'numbered', 'counted', 'unwatched')]
clamps = []
for size, cell in zip((20, 22, 24, 26), cells):
    cell.L = cell.diam = size
    cell.insert('hh')
    clamps.append(h.IClamp(cell(0.5)))
    clamps[-1].delay, clamps[-1].dur, clamps[-1].amp = 5, 50, 0.3
detector = h.NetCon(connected(0.5)._ref_v, None, sec=connected)
detector.threshold = -15
detector.record(times)
parallel.set_gid2node(812, parallel.id())
parallel.cell(812, h.NetCon(numbered(0.5)._ref_v, None, sec=numbered))
parallel.threshold(812, -15)
parallel.spike_record(812, times, numbers)
counter = h.APCount(counted(0.5))
counter.thresh = -15
counter.record(times)
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(60)
`,
  hoc: `
load_file("stdrun.hoc")
create connected, numbered, counted, unwatched
objref clamps[4], detector, nil, times, numbers, parallel, counter
k = 0
forall {
  L = 20 + 2*k
  diam = L
  insert hh
  clamps[k] = new IClamp(0.5)
  clamps[k].del = 5
  clamps[k].dur = 50
  clamps[k].amp = 0.3
  k += 1
}
times = new Vector()
numbers = new Vector()
parallel = new ParallelContext()
parallel.set_gid2node(812, parallel.id())
numbered detector = new NetCon(&v(0.5), nil, -15, 1, 0)
parallel.cell(812, detector)
parallel.spike_record(-1, times, numbers)
connected detector = new NetCon(&v(0.5), nil)
detector.threshold = -15
detector.record(times)
counted counter = new APCount(0.5)
counter.thresh = -15
counter.record(times)
usetable_hh = 0
tstop = 60
v_init = -65
run()
`,
};

/** Times of their spikes in ms: NEURON 9.0.2. */
const recordedInNeuron = {
  connected: [6.125, 17.625, 28.625, 39.6, 50.575],
  numbered: [6.25, 18.375, 30.1, 41.775, 53.45],
  counted: [6.375, 19.15, 31.525, 43.875],
};

/** A channel of calcium, a pool that it fills, and a channel of potassium with a gate that reads the pool. */
const mechanisms = {
  cachan: `NEURON { SUFFIX cachan USEION ca READ eca WRITE ica RANGE gbar }
PARAMETER { gbar = 0.0005 (S/cm2) }
ASSIGNED { v (mV) eca (mV) ica (mA/cm2) minf mtau (ms) }
STATE { m }
BREAKPOINT { SOLVE states METHOD cnexp ica = gbar*m*m*(v - eca) }
INITIAL { rates() m = minf }
DERIVATIVE states { rates() m' = (minf - m)/mtau }
PROCEDURE rates() { minf = 1/(1 + exp(-(v + 20)/6)) mtau = 0.5 + 2/(1 + exp((v + 30)/8)) }
`,
  capool: `NEURON { SUFFIX capool USEION ca READ ica WRITE cai RANGE tau }
PARAMETER { tau = 60 (ms) rest = 1e-4 (mM) share = 0.02 (mM cm2/mA/ms) }
ASSIGNED { ica (mA/cm2) }
STATE { cai (mM) }
BREAKPOINT { SOLVE states METHOD cnexp }
INCLUDE "rest.inc"
DERIVATIVE states { cai' = -share*ica - (cai - rest)/tau }
`,
  kca: `NEURON { SUFFIX kca USEION ca READ cai USEION k READ ek WRITE ik RANGE gbar }
PARAMETER { gbar = 0.002 (S/cm2) }
ASSIGNED { v (mV) ek (mV) cai (mM) ik (mA/cm2) }
STATE { w }
BREAKPOINT { SOLVE states METHOD cnexp ik = gbar*w*(v - ek) }
INITIAL { w = cai/(cai + 0.0005) }
DERIVATIVE states { w' = (cai/(cai + 0.0005) - w)/2 }
`,
};

/** One compartment with them and an artificial cell, for which NEURON runs the model to its end. */
const pool = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
for name in ('hh', 'cachan', 'capool', 'kca'):
    soma.insert(name)
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 2, 1, 1.0
stim = h.NetStim()
listener = h.NetCon(stim, None)
traces = [h.Vector().record(each) for each in (soma(0.5)._ref_v, soma(0.5)._ref_cai, soma(0.5).kca._ref_w)]
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(10)
`;

/** Potentials in mV, concentrations in mM, and the gate, by time in ms: NEURON 9.0.2. */
const pooled = {
  0: [-65.0, 0.0001, 0.1666666666667],
  3: [42.62442992486, 0.0001332361432041, 0.1693825355301],
  4: [-3.162974545548, 0.0006823183851255, 0.2658854783816],
  5: [-50.1211968304, 0.00140399629851, 0.4307529728899],
  10: [-74.67643506453, 0.002011827573523, 0.768279895119],
};

/** A stimulus that draws its intervals, and a mechanism that does not compile. */
const stimuli = {
  drawstim: `: A stimulus at a place that draws its intervals.
NEURON { POINT_PROCESS DrawStim RANGE interval, start }
PARAMETER { interval = 5 (ms) start = 2 (ms) }
INITIAL { set_seed(3) net_send(start, 1) }
NET_RECEIVE (w) {
  if (flag == 1) {
    net_event(t)
    net_send(interval*exprand(1), 1)
  }
}
`,
  broken: `NEURON { SUFFIX broken RANGE g }
PARAMETER { g = 1 }
STATE { m }
BREAKPOINT { SOLVE states METHOD cnexp }
DERIVATIVE states { m' = g + ( }
`,
};

/** A cable that is joined to the soma by its end 1, with points, conductances, a branch, and currents at its ends. */
const joined = `
from neuron import h
h.load_file('stdrun.hoc')
soma, trunk, twig = (h.Section(name=name) for name in ('soma', 'trunk', 'twig'))
trunk.connect(soma(1), 1)
twig.connect(trunk(0.2), 0)
for section, length, diameter, parts in ((soma, 20, 20, 1), (trunk, 300, 2, 5), (twig, 100, 1, 3)):
    section.L, section.diam, section.nseg, section.Ra = length, diameter, parts, 120
    section.insert('pas')
    section.e_pas = -65
trunk.pt3dadd(310, 0, 0, 1)
trunk.pt3dadd(150, 0, 0, 2)
trunk.pt3dadd(10, 0, 0, 4)
soma.insert('hh')
for segment in trunk:
    segment.pas.g = 0.0005*(1 + segment.x)
synapse = h.ExpSyn(trunk(0.3))
stim = h.DrawStim(soma(0.5))
connection = h.NetCon(stim, synapse)
connection.weight[0] = 0.002
clamp = h.IClamp(trunk(0.1))
clamp.delay, clamp.dur, clamp.amp = 5, 5, 0.2
ends = [h.IClamp(place) for place in (trunk(0), trunk(1), twig(1), soma(0))]
for start, end in enumerate(ends):
    end.delay, end.dur, end.amp = 7 + start, 4, 0.1
traces = [h.Vector().record(each._ref_v) for each in (soma(0.5), trunk(0.1), trunk(0.9), twig(0.5))]
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(30)
`;

/** Potentials in mV, by time in ms: NEURON 9.0.2. */
const joinedInNeuron = {
  6: [-64.1768818647, -56.1785992072, -62.9478273557, -59.3176397905],
  10: [-54.4132323584, -44.2741430423, -53.8550524059, -43.3701088268],
  25: [-65.7587945546, -65.3222475087, -65.5985954005, -65.2890096316],
};

/** A dendrite whose diameter jumps, of a length that the script sets. NEURON rounds its points to single precision. */
const scaled = `
from neuron import h
h.load_file('stdrun.hoc')
soma, dend = h.Section(name='soma'), h.Section(name='dend')
dend.connect(soma(1))
soma.L = soma.diam = 20
for x, d in ((0.1, 2), (50.7, 2), (50.7, 6), (100.3, 1)):
    dend.pt3dadd(x, 0.3*x, 7.7, d)
dend.L, dend.nseg = 123.4, 3
for section in (soma, dend):
    section.insert('hh')
clamp = h.IClamp(dend(0.9))
clamp.delay, clamp.dur, clamp.amp = 1, 5, 0.4
traces = [h.Vector().record(each._ref_v) for each in (soma(0.5), dend(0.1), dend(0.9))]
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(10)
`;

/** Potentials in mV, by time in ms: NEURON 9.0.2. */
const scaledInNeuron = {
  2: [-47.58234583504, -46.96038664943, -45.04973828005],
  3: [30.03164174456, 29.93557205143, 30.06837456698],
  5: [-69.1162116428, -68.75716105674, -67.4879507914],
  10: [-72.97142673234, -72.97293580343, -72.97665862349],
};

/** A gap junction by pointers, and a synapse that follows the potential of another cell. */
const pairs = {
  gap: `NEURON { POINT_PROCESS Gap POINTER vgap RANGE g, i NONSPECIFIC_CURRENT i }
PARAMETER { g = 0.001 (uS) }
ASSIGNED { v (mV) vgap (mV) i (nA) }
BREAKPOINT { i = g*(v - vgap) }
`,
  graded: `NEURON { POINT_PROCESS Graded RANGE vpre, e, gmax, s NONSPECIFIC_CURRENT i }
PARAMETER { e = 0 (mV) gmax = 0.002 (uS) half = -40 (mV) }
ASSIGNED { v (mV) vpre (mV) i (nA) }
STATE { s }
INITIAL { s = release(vpre) }
BREAKPOINT { SOLVE states METHOD cnexp i = gmax*s*(v - e) }
DERIVATIVE states { s' = (release(vpre) - s)/4 }
FUNCTION release(u (mV)) { release = 1/(1 + exp((half - u)/5)) }
`,
};

/** Three cells: the first two share a gap junction, one side of which is at the end of a dendrite. */
const coupled = `
from neuron import h
h.load_file('stdrun.hoc')
class Cell:
    def __init__(self, length):
        self.soma, self.dend = (h.Section(name=name, cell=self) for name in ('soma', 'dend'))
        self.dend.connect(self.soma(1))
        self.soma.L = self.soma.diam = 20
        self.dend.L, self.dend.diam, self.dend.nseg = length, 1, 5
        for section in (self.soma, self.dend):
            section.Ra = 100
        self.soma.insert('hh')
        self.dend.insert('pas')
        self.dend.e_pas = -65
a, b, c = cells = [Cell(length) for length in (200, 200, 150)]
# A gap junction has a side on each cell. Pointers of the first one are set one by one.
pair = [h.Gap(a.dend(0.7)), h.Gap(b.dend(1))]
h.setpointer(b.dend(1)._ref_v, 'vgap', pair[0])
h.setpointer(a.dend(0.7)._ref_v, 'vgap', pair[1])
pair[1].g = pair[0].g = 0.003
# A graded synapse follows the soma of the first cell.
parallel = h.ParallelContext()
graded = h.Graded(c.soma(0.5))
parallel.source_var(a.soma(0.5)._ref_v, 5, sec=a.soma)
parallel.target_var(graded, graded._ref_vpre, 5)
parallel.setup_transfer()
clamp = h.IClamp(a.soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 2, 20, 0.5
traces = [h.Vector().record(each._ref_v) for each in (a.soma(0.5), b.dend(0.9), c.soma(0.5))]
traces.append(h.Vector().record(graded._ref_s))
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(30)
`;

/** Potentials in mV of three places and the state of the graded synapse, by time in ms: NEURON 9.0.2. */
const coupledInNeuron = {
  1: [-64.9814649158, -64.994319572, -64.9383707074, 0.00669609741471],
  5: [-34.0663098238, -56.4538949891, -61.8141525346, 0.434390100585],
  10: [-60.5317808321, -64.8751110158, -63.6938594328, 0.14040977734],
  30: [-66.4022095195, -65.2808573781, -65.0858295221, 0.0177280082131],
};

/** A cell under VClamp, with the amplifier's time constant tau1, and a current after the clamp. */
const clamped = `
from neuron import h
h.load_file('stdrun.hoc')
soma, dend = h.Section(name='soma'), h.Section(name='dend')
soma.L = soma.diam = 20
dend.L, dend.diam, dend.nseg, dend.Ra = 200, 1, 3, 100
dend.connect(soma(1))
soma.insert('hh')
dend.insert('pas')
dend.e_pas = -65
clamp = h.VClamp(soma(0.5))
for k, (dur, amp) in enumerate(((1, -60), (5, -30), (10, 40))):
    clamp.dur[k], clamp.amp[k] = dur, amp
clamp.tau1 = 0.1
clamp.rstim = 2
after = h.IClamp(soma(0.5))
after.delay, after.dur, after.amp = 25, 10, 0.5
detector, times = h.NetCon(soma(0.5)._ref_v, None, sec=soma), h.Vector()
detector.threshold = 0
detector.record(times)
traces = [h.Vector().record(each._ref_v) for each in (soma(0.5), dend(0.5))]
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(40)
`;

/** Potentials in mV of the soma and the dendrite, by time in ms: NEURON 9.0.2. It fires at 6.075 and 26.325 ms. */
const clampedInNeuron = {
  0.025: [-63.9992447318, -64.9785592958],
  1.025: [-53.9994811079, -62.0702109144],
  6.05: [-4.80010025773, -42.2897605636],
  16: [39.997326825, 0.164517943702],
  16.025: [-10.9344604163, -0.92667130593],
  40: [-68.5485730101, -67.4054957746],
};

/** A synapse that watches the potential of its cell: spikes after an arrival strengthen it. */
const plastic = {
  stdp: `NEURON { POINT_PROCESS Stdp RANGE tau, e, theta, rate NONSPECIFIC_CURRENT i }
PARAMETER { tau = 2 (ms) e = 0 (mV) theta = -20 (mV) rate = 0.4 down = 0.3 window = 17 (ms) }
ASSIGNED { v (mV) i (nA) tpost (ms) }
STATE { g (uS) }
INITIAL { g = 0 tpost = -1e9 net_send(0, 1) }
BREAKPOINT { SOLVE decay METHOD cnexp i = g*(v - e) }
DERIVATIVE decay { g' = -g/tau }
NET_RECEIVE (w (uS), a, tpre (ms)) {
  INITIAL { a = 0 tpre = -1e9 }
  if (flag == 0) {
    g = g + w*(1 + a)
    tpre = t
    a = a*(1 - down*exp((tpost - t)/window))
  } else if (flag == 2) {
    tpost = t
    FOR_NETCONS (w1, a1, t1) { a1 = a1 + rate*exp((t1 - t)/window) }
  } else {
    WATCH (v > theta) 2
  }
}
`,
};

/** Two of them on a cell, with different rates. NEURON runs the model to its end, which changes their variables. */
const plasticCell = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
soma.insert('hh')
synapses = [h.Stdp(soma(0.5)) for _ in range(2)]
stims = [h.NetStim() for _ in range(2)]
connections = [h.NetCon(*ends) for ends in zip(stims, synapses)]
for k, (stim, one) in enumerate(zip(stims, connections)):
    stim.start, stim.interval, stim.number = 3 + 2.3*k, 12 + 7*k, 20
    one.delay, one.weight[0] = 1, 0.004 + 0.003*k
synapses[1].rate = 0.7
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 20, 60, 0.15
detector, times = h.NetCon(soma(0.5)._ref_v, None, sec=soma), h.Vector()
detector.record(times)
traces = [h.Vector().record(each) for each in (soma(0.5)._ref_v, synapses[0]._ref_g, synapses[1]._ref_g)]
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(120)
`;

/** Potentials in mV by time in ms, and times of spikes: NEURON 9.0.2. */
const plasticInNeuron = {
  potentials: { 10: -73.9243122551, 30: -71.1895106787, 50: -62.9344792708, 100: -66.3029866594, 120: -72.9870371546 },
  spikes: [5.575, 17.8, 26.775, 40.975, 53.275, 64.1, 77.025, 84.075, 101.125, 113.25],
};

/** Cells in the lists of NetPyNE, `netpyne.sim.net.cells`: `pop`, `gid`, sections and stimuli of each. */
const framework = `
import sys, types
from neuron import h
h.load_file('stdrun.hoc')
class CompartCell:
    def __init__(self, gid, pop):
        self.gid, self.tags = gid, {'cellType': 'PV', 'pop': pop, 'x': 10.0*gid, 'y': 5.0, 'z': 0.5}
        soma = h.Section(name='soma', cell=self)
        soma.L = soma.diam = 20
        soma.insert('hh')
        self.synapse = h.ExpSyn(soma(0.5))
        stim = h.NetStim()
        stim.start, stim.number = 2 + gid, 1
        self.connection = h.NetCon(stim, self.synapse)
        self.connection.weight[0] = 0.05
        self.watch = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
        self.secs = {'cell body': {'hObj': soma}}
        self.stims = [{'source': 'drive', 'type': 'NetStim', 'hObj': stim}]
sim = sys.modules['netpyne.sim'] = types.ModuleType('netpyne.sim')
sim.net = types.SimpleNamespace(cells=[CompartCell(gid, pop) for gid, pop in ((2, 'inhibitory'), (1, 'excitatory'), (0, 'inhibitory'))])
h.usetable_hh = 0
h.finitialize(-65)
h.continuerun(10)
`;

/** Cells in a network of BMTK and in a population of LFPy, with the attributes that the frameworks give them. */
const networks = `
import sys, types
from neuron import h
h.load_file('stdrun.hoc')
class Hobj:
    def __init__(self):
        self.soma = h.Section(name='soma', cell=self)
        self.soma.L = self.soma.diam = 20
        self.soma.insert('hh')
        self.all = [self.soma]
class BioCell(dict):
    def __init__(self, **properties):
        super().__init__(properties)
        self.hobj, self.population_name, self.soma_position = Hobj(), 'v1', types.SimpleNamespace(flat=[1.0, 2.0, 3.0])
class BioNetwork:
    def __init__(self):
        # Gids need not be in the order in which cells were built.
        self.cells = {1: BioCell(pop_name='Pvalb'), 0: BioCell(pop_name='Scnn1a'), 2: BioCell(pop_name='Scnn1a')}
        stim = h.NetStim()
        stim.number = 1
        self._virtual_nodes = {'lgn': {0: types.SimpleNamespace(hobj=stim)}}
        self.synapse = h.ExpSyn(self.cells[2].hobj.soma(0.5))
        self.connection = h.NetCon(stim, self.synapse)
        self.connection.weight[0] = 0.05
    def get_local_cells(self):
        return self.cells
class NetworkPopulation:
    def __init__(self):
        cell = Hobj()
        self.name, self.gids, self.soma_pos = 'L5', [7], [{'x': 4, 'y': 5, 'z': 6}]
        self.cells = [types.SimpleNamespace(allseclist=cell.all, hobj=cell)]
sys.modules['bmtk.simulator.bionet.bionetwork'] = types.SimpleNamespace(BioNetwork=BioNetwork)
sys.modules['LFPy.network'] = types.SimpleNamespace(NetworkPopulation=NetworkPopulation)
network, population = BioNetwork(), NetworkPopulation()
h.finitialize(-65)
h.continuerun(10)
`;

/** A cell that drives three IntFire1, which also a train drives, and which one another and the cell receive. */
const integrators = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
soma.insert('hh')
h.usetable_hh = 0
clamp = h.IClamp(soma(0.5))
clamp.delay, clamp.dur, clamp.amp = 5, 90, 0.3
stim = h.NetStim()
stim.number, stim.start, stim.interval, stim.noise = 20, 3, 4.5, 0
counters = [h.IntFire1() for _ in range(3)]
for k, each in enumerate(counters):
    each.tau, each.refrac = 20 + 5 * k, 3 + k
synapse = h.ExpSyn(soma(0.5))
synapse.tau = 2
connections = [h.NetCon(soma(0.5)._ref_v, counters[k], sec=soma) for k in (0, 1)]
connections += [h.NetCon(*ends) for ends in ((stim, counters[0]), (stim, counters[1]), (counters[0], counters[2]))]
connections += [h.NetCon(counters[1], counters[2]), h.NetCon(counters[2], synapse)]
for one, (delay, weight) in zip(connections, [(1, 0.6), (2, 0.45), (1, 0.35), (1, 0.5), (1.5, 0.7), (1, 0.6), (1, 0.02)]):
    one.delay, one.weight[0] = delay, weight
times = [h.Vector() for _ in counters]
watch = [h.NetCon(each, None) for each in counters]
for one, each in zip(watch, times):
    one.record(each)
h.finitialize(-65)
h.continuerun(100)
`;

/** Times of the spikes of the three in ms: NEURON 9.0.2, by the script itself. */
const integrated = [
  [8.5, 24.15, 39.65, 55.15, 72.675, 88.15],
  [8.5, 22, 35.5, 44.5, 56.15, 71.5, 85],
  [10, 25.65, 41.15, 57.15, 74.175, 89.65],
];

/** Two cells that drive IntFire2 and IntFire4, one of them by inhibition, which also drive one another. */
const solved = `
from neuron import h
h.load_file('stdrun.hoc')
cells, clamps = [h.Section(name=f'cell{k}') for k in range(2)], []
for k, cell in enumerate(cells):
    cell.L = cell.diam = 20
    cell.insert('hh')
    clamps.append(h.IClamp(cell(0.5)))
    clamps[-1].delay, clamps[-1].dur, clamps[-1].amp = 5 + 3*k, 290, 0.3 + 0.1*k
h.usetable_hh = 0
slow, biased = h.IntFire2(), h.IntFire2()
slow.taus, slow.taum, biased.ib = 30, 12, 0.4
excited, balanced = h.IntFire4(), h.IntFire4()
excited.taue, balanced.taum = 2, 30
outputs = [h.NetCon(cell(0.5)._ref_v, None, sec=cell) for cell in cells]
ends = [(0, slow, 1.513, 0.7), (1, slow, 3.02, 0.4), (0, biased, 2.007, 0.5), (1, excited, 1, 0.4), (0, balanced, 4.31, 0.9), (1, balanced, 2.6, -0.3)]
connections = [h.NetCon(cells[k](0.5)._ref_v, target, sec=cells[k]) for k, target, *_ in ends]
for one, (*_, delay, weight) in zip(connections, ends):
    one.delay, one.weight[0] = delay, weight
between = [(slow, excited, 1.77, 0.6), (biased, balanced, 0.031, -0.4), (excited, biased, 5.043, 0.3)]
for source, target, delay, weight in between:
    connections.append(h.NetCon(source, target))
    connections[-1].delay, connections[-1].weight[0] = delay, weight
integrators = (slow, biased, excited, balanced)
times, watch = [h.Vector() for _ in integrators], [h.NetCon(each, None) for each in integrators]
for one, each in zip(watch, times):
    one.record(each)
h.finitialize(-65)
h.continuerun(300)
`;

/** Times of the first spikes of the IntFire2 and IntFire4 in ms, between steps: NEURON 9.0.2, by the script itself. */
const solvedInNeuron = [
  [
    27.2098, 36.1683, 43.8544, 50.67, 56.4071, 62.898, 67.8575, 73.7724, 78.5475, 84.0667, 88.7789, 93.9965, 98.7305,
    103.7146, 108.5505, 113.3385,
  ],
  [
    35.4397, 46.3592, 55.1432, 63.3117, 70.1395, 76.8783, 83.34, 89.5561, 96.099, 101.678, 107.7894, 113.2111, 119.1295,
    124.5192, 130.4497, 135.798,
  ],
  [
    30.0965, 38.9109, 46.4226, 53.3417, 60.8197, 66.7543, 72.4937, 80.5845, 85.9395, 91.421, 96.8739, 102.1929, 108.561,
    113.4916, 120.6726, 125.1846,
  ],
  [23.0972, 36.2715],
];
/** Events that a script puts into connections: without a source, and with one that sends nothing. */
const put = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
soma.insert('hh')
stim = h.NetStim()
stim.number = 0
synapses = [h.ExpSyn(soma(0.5)) for _ in range(2)]
connections = [h.NetCon(None, synapses[0]), h.NetCon(stim, synapses[1])]
for k, each in enumerate(connections):
    each.weight[0], each.delay = 0.01*(k + 1), 3
v = h.Vector().record(soma(0.5)._ref_v)
h.usetable_hh = 0
h.finitialize(-65)
for connection, time in zip((0, 0, 0, 1, 1), (0.05, 2.012, 7.98, 12, 1.5)):
    connections[connection].event(time)
while h.t < 20:
    h.fadvance()
`;

/** Potentials in mV, by time in ms: NEURON 9.0.2. */
const putInNeuron = {
  1: -60.23896696731525,
  2: -48.22311874720989,
  3: 29.871334453556383,
  10: -72.78970615972332,
  15: -67.13984291367004,
  20: -65.72605455827131,
};

/** A conductance that is a function of the time, which begins between two steps. */
const alpha = `
from neuron import h
h.load_file('stdrun.hoc')
soma = h.Section(name='soma')
soma.L = soma.diam = 20
soma.insert('pas')
synapse = h.AlphaSynapse(soma(0.5))
synapse.onset, synapse.tau, synapse.gmax = 2.03, 0.5, 0.01
v = h.Vector().record(soma(0.5)._ref_v)
h.finitialize(-70)
h.continuerun(5)
`;

/** Potentials in mV, by time in ms: NEURON 9.0.2. */
const alphaInNeuron = {
  2.025: -70,
  2.05: -69.94546978695583,
  2.5: -56.553397253626756,
  3: -47.63531976471348,
  5: -60.68251546551005,
};

/** A section that a script leaves to its user, with one more statement. */
const section = (statement: string): string =>
  `from neuron import h\nsoma = h.Section(name='soma')\nsoma.insert('pas')\n${statement}\n`;

/** A cell that runs in a child process, for which the script waits. */
const child = section(`import multiprocessing
clamp = h.IClamp(soma(0.5))
clamp.dur, clamp.amp = 5, 0.1
def run():
    h.load_file('stdrun.hoc')
    h.finitialize(-70)
    h.continuerun(3)
process = multiprocessing.get_context('fork').Process(target=run)
process.start()
process.join()
raise SystemExit(3)
`);

describe.skipIf(missing !== null)(`scripts of NEURON${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('become models with the spikes of NEURON', async () => {
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

  it('have regular sources, and lists of what others draw, which arrive at the steps of NEURON', async () => {
    writeFileSync(folder.file('trains.py'), trains);
    const path = folder.file('trains.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('trains.py'), '-o', path], program());
    const model = importModel(readSource(path));
    const { populations } = model.valid.model;
    expect(populations['NetStim']?.values).toEqual({ start: 0.009013, interval: 0.01031, number: 3 });
    const session = openModel(model);
    await session.run(0.1);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    const { steps, cells } = spikes.find(({ population }) => population === 'Cell')!;
    expect(
      driven.map((_, cell) =>
        [...steps].flatMap((step, k) => (cells[k] === cell ? [Math.round((step + spikeLabel) * 25) / 1000] : [])),
      ),
    ).toEqual(driven);
    // The random train is recorded at its own times, to the step.
    expect([...spikes.find(({ population }) => population === 'NetStim_2')!.steps].slice(0, 3)).toEqual([20, 58, 221]);
  });

  it.each([
    ['python', 'recorders.py'],
    ['hoc', 'recorders.hoc'],
  ] as const)('in %s have spikes by NetCon, gid and APCount', async (language, script) => {
    writeFileSync(folder.file(script), recorders[language]);
    const path = folder.file(`${script}.yaml`);
    const words = ['-m', 'interneuron', 'neuron', folder.file(script), '-o', path];
    const { stderr } = await run(join(root, '.venv-pynn/bin/python'), words, { cwd: root, env: variables(program()) });
    expect(stderr.match(/(?<=no spikes of )\w+/g)).toEqual(['unwatched']);
    const session = openModel(importModel(readSource(path)));
    await session.run(0.06);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    const found = spikes.map(({ population, steps }) => [
      population,
      [...steps].map((step) => Math.round((step + spikeLabel) * 25) / 1000),
    ]);
    expect(Object.fromEntries(found)).toEqual(recordedInNeuron);
  });

  it("take NEURON's fixed step instead of CVode's, and keep its regular sources", async () => {
    // A section that is gone when the run begins, and a process that the script makes after it.
    const text = variable.replace('soma =', "first = h.Section(name='first')\nh.finitialize()\ndel first\nsoma =");
    const split = 'import os\nchild = os.fork()\nif child == 0: os._exit(0)\nos.waitpid(child, 0)\n';
    writeFileSync(folder.file('variable.py'), `${text}${split}`);
    const path = folder.file('variable.yaml');
    const words = ['-m', 'interneuron', 'neuron', folder.file('variable.py'), '--check', '-o', path];
    const { stdout, stderr } = await run(join(root, '.venv-pynn/bin/python'), words, {
      cwd: root,
      env: variables(program()),
    });
    expect(stderr).toContain("variable time step of CVode, which becomes NEURON's fixed one of 0.025 ms");
    expect(`${stdout}${stderr}`).toMatch(
      /the same model as in NEURON: potentials of 1 compartments at most .* in 50 ms/,
    );
    const session = openModel(importModel(readSource(path)));
    await session.run(0.05);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    // NEURON 9.0.2 at 0.025 ms. By CVode, its spikes are at 6.775, 20.884 and 34.885 ms.
    const { steps } = spikes.find(({ population }) => population === 'soma')!;
    expect([...steps].map((step) => Math.round((step + spikeLabel) * 25) / 1000)).toEqual([6.75, 20.85, 34.85]);
  });

  it('have pools that fill as in NEURON, from their first values on', async () => {
    const own = withMechanisms.file('pools');
    mkdirSync(own);
    for (const [name, text] of Object.entries(mechanisms)) writeFileSync(join(own, `${name}.mod`), text);
    writeFileSync(join(own, 'rest.inc'), 'INITIAL { cai = rest }\n');
    writeFileSync(join(own, 'pool.py'), pool);
    const path = join(own, 'pool.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', join(own, 'pool.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.01);
    const { samples } = await session.take();
    await session.dispose();
    expect(samples.map(({ variable }) => variable)).toEqual(['v', 'ca_i', 'kca.w']);
    for (const [time, expected] of Object.entries(pooled))
      for (const [k, value] of expected.entries())
        expect(Number(samples[k]?.values[Number(time) * 40]) * (k === 0 ? 1e3 : 1)).toBeCloseTo(
          value,
          k === 0 ? 9 : 12,
        );
  });

  it('may join sections by their ends, and have stimuli that nobody reads', async () => {
    const own = withMechanisms.file('joined');
    mkdirSync(own);
    for (const [name, text] of Object.entries(stimuli)) writeFileSync(join(own, `${name}.mod`), text);
    writeFileSync(join(own, 'joined.py'), joined);
    const path = join(own, 'joined.yaml');
    const words = ['-m', 'interneuron', 'neuron', join(own, 'joined.py'), '-o', path];
    const { stderr } = await run(join(root, '.venv-pynn/bin/python'), words, { cwd: root, env: variables(program()) });
    expect(stderr).toMatch(/nrnivmodl does not compile broken\.mod, which is left out: .* line 5 in file broken\.mod/);
    const session = openModel(importModel(readSource(path)));
    await session.run(0.03);
    const { samples } = await session.take();
    await session.dispose();
    for (const [time, expected] of Object.entries(joinedInNeuron))
      for (const [k, v] of expected.entries())
        // Sections of 0.1 nm, which stand for ends, add 1e-6 mV.
        expect(Number(samples[k]?.values[Number(time) * 40]) * 1e3).toBeCloseTo(v, 5);
  });

  it('have sections of the lengths and areas of NEURON', async () => {
    writeFileSync(folder.file('scaled.py'), scaled);
    const path = folder.file('scaled.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('scaled.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.01);
    const { samples } = await session.take();
    await session.dispose();
    for (const [time, expected] of Object.entries(scaledInNeuron))
      for (const [k, v] of expected.entries())
        expect(Number(samples[k]?.values[Number(time) * 40]) * 1e3).toBeCloseTo(v, 9);
  });

  it('have gap junctions and synapses that follow potentials, by pointers and by target_var', async () => {
    const own = withMechanisms.file('coupled');
    mkdirSync(own);
    for (const [name, text] of Object.entries(pairs)) writeFileSync(join(own, `${name}.mod`), text);
    writeFileSync(join(own, 'coupled.py'), coupled);
    const path = join(own, 'coupled.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', join(own, 'coupled.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.03);
    const { samples } = await session.take();
    await session.dispose();
    for (const [time, expected] of Object.entries(coupledInNeuron))
      for (const [k, value] of expected.entries())
        // The end of the dendrite is a section of 0.1 nm.
        expect(Number(samples[k]?.values[Number(time) * 40]) * (k < 3 ? 1e3 : 1)).toBeCloseTo(value, k < 3 ? 5 : 7);
  });

  it('have clamps with an amplifier, that are solved for together with the potential', async () => {
    writeFileSync(folder.file('clamped.py'), clamped);
    const path = folder.file('clamped.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('clamped.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.04);
    const { samples, spikes, spikeLabel } = await session.take();
    await session.dispose();
    for (const [time, expected] of Object.entries(clampedInNeuron))
      for (const [k, v] of expected.entries())
        expect(Number(samples[k]?.values[Math.round(Number(time) * 40)]) * 1e3).toBeCloseTo(v, 8);
    expect([...(spikes[0]?.steps ?? [])].map((step) => Math.round((step + spikeLabel) * 25) / 1000)).toEqual([
      6.075, 26.325,
    ]);
  });

  it('have events that the script puts into connections', async () => {
    writeFileSync(folder.file('put.py'), put);
    const path = folder.file('put.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('put.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.02);
    const { samples } = await session.take();
    await session.dispose();
    for (const [time, v] of Object.entries(putInNeuron))
      expect(Number(samples[0]?.values[Number(time) * 40]) * 1e3).toBeCloseTo(v, 9);
  });

  it('may run in a child process', async () => {
    writeFileSync(folder.file('child.py'), child);
    const path = folder.file('child.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('child.py'), '-o', path], program());
    expect(importModel(readSource(path)).valid.model.experiment.protocol).toEqual([{ run: 0.003 }]);
  });

  it('have synapses that watch the potential, with the first values of their variables', async () => {
    const own = withMechanisms.file('plastic');
    mkdirSync(own);
    for (const [name, text] of Object.entries(plastic)) writeFileSync(join(own, `${name}.mod`), text);
    writeFileSync(join(own, 'plastic.py'), plasticCell);
    const path = join(own, 'plastic.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', join(own, 'plastic.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.12);
    const { samples, spikes, spikeLabel } = await session.take();
    await session.dispose();
    const { steps } = spikes.find(({ population }) => population === 'soma')!;
    expect([...steps].map((step) => Math.round((step + spikeLabel) * 25) / 1000)).toEqual(plasticInNeuron.spikes);
    for (const [time, v] of Object.entries(plasticInNeuron.potentials))
      expect(Number(samples[0]?.values[Number(time) * 40]) * 1e3).toBeCloseTo(v, 8);
  });

  it('have currents at the middle of each step, if these are functions of the time', async () => {
    writeFileSync(folder.file('alpha.py'), alpha);
    const path = folder.file('alpha.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('alpha.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.005);
    const { samples } = await session.take();
    await session.dispose();
    for (const [time, v] of Object.entries(alphaInNeuron))
      expect(Number(samples[0]?.values[Math.round(Number(time) * 40)]) * 1e3).toBeCloseTo(v, 10);
  });

  it('are compared with the run of NEURON by --check, compartment by compartment', async () => {
    const checked = async (name: string, text: string): Promise<string> => {
      writeFileSync(folder.file(`${name}.py`), text);
      const words = ['neuron', folder.file(`${name}.py`), '-o', folder.file(`${name}.yaml`), '--check', '--partial'];
      const command = run(join(root, '.venv-pynn/bin/python'), ['-m', 'interneuron', ...words], {
        cwd: root,
        env: variables(program()),
      });
      const { stdout } = await command.catch((error: unknown) => error as { readonly stdout: string });
      return stdout;
    };
    expect(await checked('followed', alpha)).toMatch(
      /the same model as in NEURON: potentials of 1 compartments at most \S+e-1\d mV apart in 5 ms\n/,
    );
    const changing = (what: string): string =>
      alpha.replace('h.continuerun(5)', `h.continuerun(4)\n${what}\nh.continuerun(5)`);
    expect(await checked('changed', changing('synapse.gmax = 0.1'))).toMatch(
      /the same model as in NEURON: potentials of 1 compartments at most \S+e-1\d mV apart in 5 ms\n/,
    );
    // A capacitance that changes during the run is not in the model.
    expect(await checked('other', changing('soma.cm = 3'))).toMatch(
      /another model than in NEURON: potentials of 1 compartments .* in soma\(0\.5\) of soma\[0\] at \S+ ms; half of its step/,
    );
  });

  it('name what the script changes during the run and no phase sets, with its line', async () => {
    const text = alpha.replace('h.continuerun(5)', 'h.continuerun(4)\nsoma.cm = 3\nh.continuerun(5)');
    writeFileSync(folder.file('between.py'), text);
    const words = ['-m', 'interneuron', 'neuron', folder.file('between.py')];
    await expect(python('.venv-pynn', words, program())).rejects.toThrow(
      'not read: cm of soma(0.5), which the script sets to 3 at 4 ms, in line 12 of between.py',
    );
  });

  it('have cells of IntFire1, if cells drive them', async () => {
    writeFileSync(folder.file('integrators.py'), integrators);
    const path = folder.file('integrators.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('integrators.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.1);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    const { steps, cells } = spikes.find(({ population }) => population === 'IntFire1')!;
    expect(
      integrated.map((_, cell) =>
        [...steps].flatMap((step, k) => (cells[k] === cell ? [Math.round((step + spikeLabel) * 25) / 1000] : [])),
      ),
    ).toEqual(integrated);
  });

  it('have cells of IntFire2 and IntFire4, which fire in the steps of NEURON', async () => {
    writeFileSync(folder.file('solved.py'), solved);
    const path = folder.file('solved.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('solved.py'), '-o', path], program());
    const session = openModel(importModel(readSource(path)));
    await session.run(0.3);
    const { spikes, spikeLabel } = await session.take();
    await session.dispose();
    const found = ['IntFire2', 'IntFire4'].flatMap((name) => {
      const { steps, cells } = spikes.find(({ population }) => population === name)!;
      return [0, 1].map((cell) => [...steps].filter((_, k) => cells[k] === cell).map((step) => step + spikeLabel));
    });
    // A spike belongs to the end of its step.
    const expected = solvedInNeuron.map((times) => times.map((time) => Math.ceil(time * 40)));
    expect(found.map((steps, k) => steps.slice(0, expected[k]?.length))).toEqual(expected);
    expect(found.map(({ length }) => length)).toEqual([55, 46, 47, 2]);
  });

  it('keep the names of a framework: populations in order of gid, sections, stimuli, places', async () => {
    writeFileSync(folder.file('framework.py'), framework);
    const path = folder.file('framework.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('framework.py'), '-o', path], program());
    const model = importModel(readSource(path));
    const { populations, neurons } = model.valid.model;
    expect(Object.entries(populations).map(([name, { size }]) => [name, size])).toEqual([
      ['inhibitory', 2],
      ['excitatory', 1],
      ['drive', 3],
    ]);
    expect(Object.keys(neurons['inhibitory']?.compartments?.sections ?? {})).toEqual(['cell_body']);
    expect(readFileSync(path, 'utf8')).toContain('positions: [ 0, 0.000005, 5.0e-7, 0.00002, 0.000005, 5.0e-7 ]');
    const session = openModel(model);
    await session.run(0.01);
    const { spikes } = await session.take();
    await session.dispose();
    // The stimuli of the cells 0 and 2 come at 2 and 4 ms.
    expect([...(spikes.find(({ population }) => population === 'inhibitory')?.cells ?? [])]).toEqual([0, 1]);
  });

  it('keep the populations of networks that frameworks hold in objects', async () => {
    writeFileSync(folder.file('networks.py'), networks);
    const path = folder.file('networks.yaml');
    await python('.venv-pynn', ['-m', 'interneuron', 'neuron', folder.file('networks.py'), '-o', path], program());
    const { populations, projections } = importModel(readSource(path)).valid.model;
    expect(Object.entries(populations).map(([name, { size }]) => [name, size])).toEqual([
      ['v1_Scnn1a', 2],
      ['v1_Pvalb', 1],
      ['L5', 1],
      ['lgn', 1],
    ]);
    expect(Object.values(projections).map(({ from, to }) => [from.of, to.of])).toEqual([
      [{ population: 'lgn' }, { population: 'v1_Scnn1a' }],
    ]);
    expect(readFileSync(path, 'utf8')).toContain('positions: [ 0.000004, 0.000005, 0.000006 ]');
  });

  it('may leave the run to their users, hide functions of NEURON, and give a cylinder several points', async () => {
    const points = [0, 5, 10].map((x) => `soma.pt3dadd(${x}, 0, 0, 10)`).join('\n');
    writeFileSync(folder.file('left.py'), section(`h('ref = 3')\n${points}`));
    const words = ['-m', 'interneuron', 'neuron', folder.file('left.py'), '-o', folder.file('left.yaml')];
    await python('.venv-pynn', words, program());
    // NEURON's `run` ends at 5 ms.
    const { experiment, neurons } = importModel(readSource(folder.file('left.yaml'))).valid.model;
    expect(experiment.protocol).toEqual([{ run: 0.005 }]);
    expect(neurons['soma']?.compartments?.sections['soma']?.points).toHaveLength(2);
  });

  it.each([
    [
      'makes no sections',
      ['neuron'],
      'from neuron import h\nh.load_file("stdrun.hoc")\n',
      /empty\.py makes no sections/,
    ],
    ['imports no simulator', ['neuron'], 'x = 1\n', /empty\.py makes no sections/],
    [
      'leaves a thread that does not end, and no sections',
      ['neuron'],
      'import threading\nthreading.Thread(target=threading.Event().wait).start()\n',
      /empty\.py makes no sections/,
    ],
    [
      'sets NaN',
      ['neuron'],
      section("soma(0.5).pas.g = float('nan')"),
      /\/neurons\/soma\/compartments\/mechanisms\/pas\/values\/soma\/g\/0 is not a number \(NaN\)/,
    ],
    [
      'inserts a mechanism without its .mod file',
      ['neuron'],
      section("soma.insert('nosuch')"),
      /empty\.py:4: ValueError: argument not a density mechanism name/,
    ],
    [
      'has variables that follow others than potentials',
      ['neuron'],
      section(
        `gap, parallel = h.ExpSyn(soma(0.5)), h.ParallelContext()
parallel.source_var(soma(0.5).pas._ref_g, 1, sec=soma)
parallel.target_var(gap, gap._ref_e, 1)
parallel.setup_transfer()`,
      ),
      /e of ExpSyn\[0\], which follows a variable other than a potential/,
    ],
    [
      'has events and the potential of another cell in one point process',
      ['neuron'],
      section(
        `gap, parallel, stim = h.ExpSyn(soma(0.5)), h.ParallelContext(), h.NetStim()
connection = h.NetCon(stim, gap)
parallel.source_var(soma(0.5)._ref_v, 1, sec=soma)
parallel.target_var(gap, gap._ref_e, 1)
parallel.setup_transfer()`,
      ),
      /ExpSyn\[0\], which follows the potential of one place and has events or the potential of another/,
    ],
    [
      'has a clamp with two time constants',
      ['neuron'],
      section('clamp = h.VClamp(soma(0.5))\nclamp.tau2 = 0.1'),
      /VClamp\[0\], a clamp with tau2, with fac, or without tau1/,
    ],
    [
      'sends spikes of a cell to an artificial cell that does not integrate them',
      ['neuron'],
      section(
        `stim, synapse = h.NetStim(), h.ExpSyn(soma(0.5))
connections = [h.NetCon(soma(0.5)._ref_v, stim, sec=soma), h.NetCon(stim, synapse)]`,
      ),
      /events that NetStim\[0\] receives, an artificial cell/,
    ],
    [
      'puts events into a connection to an artificial cell',
      ['neuron'],
      section(
        `cell = h.IntFire1()
connection = h.NetCon(None, cell)
handler = h.FInitializeHandler(lambda: connection.event(2))`,
      ),
      /events that the script puts into NetCons \(NetCon\.event\) to IntFire1\[0\], an artificial cell/,
    ],
    [
      'runs statements at set times',
      ['neuron'],
      section('handler = h.FInitializeHandler(lambda: h.CVode().event(2, lambda: None))'),
      /statements that the script runs at set times \(CVode\.event\)/,
    ],
    [
      'plays values in hoc',
      ['neuron'],
      section(`import os
path = os.path.join(os.path.dirname(__file__), 'played.hoc')
open(path, 'w').write('objref played\\nplayed = new Vector(5)\\nplayed.play("x = $1", 1)\\n')
h.load_file(path)`),
      /values that vectors or random numbers play in hoc, in line 3 of played\.hoc/,
    ],
    [
      'loads a file that does not exist',
      ['neuron'],
      section("h.load_file('nosuch.hoc')"),
      /nosuch\.hoc, which empty\.py loads and which does not exist/,
    ],
    [
      'executes hoc that ends with an error',
      ['neuron'],
      section(`import os
path = os.path.join(os.path.dirname(__file__), 'fails.hoc')
open(path, 'w').write('create other\\nx = nosuch + 1\\n')
h.load_file(1, path)`),
      /empty\.py:7: .*undefined variable nosuch, in line 2 of fails\.hoc/,
    ],
    [
      'ends its process',
      ['neuron'],
      section('import os; os._exit(0)'),
      /empty\.py ended its process before its network was known/,
    ],
    ['imports a framework', ['describe'], 'from netpyne import sim\n', /empty\.py:1: .*No module named 'netpyne'/],
  ])('name a mistake: a script that %s', async (_what, command, text, message) => {
    writeFileSync(folder.file('empty.py'), text);
    await expect(
      python('.venv-pynn', ['-m', 'interneuron', ...command, folder.file('empty.py')], program()),
    ).rejects.toThrow(message);
  });
});

/** What a run of a framework gives. */
interface Found {
  /** ms */
  readonly spikes: readonly number[];
  /** mV at the soma every 0.25 ms. */
  readonly potentials: readonly number[];
}

const records = peerRecords('neuron-frameworks');

/** Neither framework need be installed: their runs are recorded, and so are the models that are read. */
describe.each([
  ['LFPy', peers.lfpy, 'lfpy_cell', 2 ** -5, 80, 4],
  ['BluePyOpt', peers.bluepyopt, 'bluepyopt_cell', 0.025, 70, 3],
] as const)('a cell of %s', (what, peer, name, dt, duration, count) => {
  const runner = join('test/interoperability/python', `${name}.py`);

  it('has its spikes, and its potentials within 1e-8 mV', async () => {
    const theirs = await records.output<Found>(peer, { what, texts: [], runners: [runner] }, async () => {
      const lines = (await python('.venv-frameworks', [runner])).trim().split('\n');
      return JSON.parse(lines.at(-1)!) as Found;
    });
    const input = { what: `${what}, as interneuron reads it`, texts: [], runners: [runner] };
    const text = await records.output<string>(peer, input, async () => {
      const path = folder.file(`${name}.yaml`);
      const words = ['-m', 'interneuron', 'neuron', runner, '-o', path];
      await python('.venv-frameworks', words, program());
      return readFileSync(path, 'utf8');
    });
    const session = openModel(importModel({ name: `${name}.yaml`, text }));
    await session.run(duration / 1000);
    const { samples } = await session.take();
    await session.dispose();
    const { values } = samples.find(({ variable }) => variable === 'v')!;
    const ours = [...values].map((v) => Number(v) * 1e3);
    expect(ours).toHaveLength(duration / dt + 1);
    const spikes = ours.flatMap((v, k) => (v > 0 && ours[k - 1]! <= 0 ? [Number((k * dt).toFixed(6))] : []));
    expect(theirs.spikes).toHaveLength(count);
    expect(spikes).toEqual(theirs.spikes);
    for (const [k, v] of theirs.potentials.entries()) expect(ours[Math.round((k * 0.25) / dt)]).toBeCloseTo(v, 8);
  });
});
