"""Cells of 100 compartments with Hodgkin and Huxley's channels in NEURON: seconds of the processor in the run phase, and spikes of one cell.

Arguments: cells, milliseconds, and whether rates are looked up in tables (1 or 0).
"""

import sys
import time

from neuron import h

h.load_file("stdrun.hoc")


def cell(name):
    soma = h.Section(name=name + "soma")
    soma.L = soma.diam = 20
    soma.nseg = 1
    trunk = h.Section(name=name + "trunk")
    trunk.L, trunk.diam, trunk.nseg = 330, 2, 33
    trunk.connect(soma(1))
    branches = []
    for k in range(2):
        branch = h.Section(name=f"{name}branch{k}")
        branch.L, branch.diam, branch.nseg = 330, 1, 33
        branch.connect(trunk(1))
        branches.append(branch)
    sections = [soma, trunk, *branches]
    for section in sections:
        section.cm, section.Ra = 1, 100
        section.insert("hh")
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 1e9, 0.5
    return sections, clamp


def main(cells, duration, tables):
    h.celsius = 6.3
    h.usetable_hh = tables
    h.dt = 0.025
    h.steps_per_ms = 40
    everything = [cell(str(k)) for k in range(cells)]
    spikes = h.Vector()
    detector = h.NetCon(everything[0][0][0](0.5)._ref_v, None, sec=everything[0][0][0])
    detector.threshold = 0
    detector.record(spikes)
    h.finitialize(-65)
    h.continuerun(1)
    began = time.process_time()
    h.continuerun(1 + duration)
    print(time.process_time() - began, len(spikes))


main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
