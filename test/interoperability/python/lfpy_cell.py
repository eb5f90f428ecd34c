"""A ball and stick in LFPy: synapses that get listed spikes, and a current into the soma.

The last line printed is JSON: times of spikes and the potential of the soma every 0.25 ms, in ms and mV.
"""

import json

import LFPy
import numpy as np
from neuron import h

soma, stick = h.Section(name="soma"), h.Section(name="stick")
for x in (-15, 15):
    soma.pt3dadd(x, 0, 0, 30)
for x in (15, 515):
    stick.pt3dadd(x, 0, 0, 3)
stick.connect(soma(1))
sections = h.SectionList()
for section in (soma, stick):
    sections.append(section)

cell = LFPy.Cell(
    morphology=sections,
    v_init=-65,
    Ra=120,
    cm=1,
    passive=True,
    passive_parameters={"g_pas": 1e-4, "e_pas": -65},
    nsegs_method="lambda_f",
    lambda_f=500,
    dt=2**-5,
    tstop=80,
    delete_sections=False,
)
soma.insert("hh")
h.usetable_hh = 0

excitation = {"syntype": "Exp2Syn", "tau1": 0.5, "tau2": 3, "e": 0, "weight": 0.015}
inhibition = {"syntype": "ExpSyn", "tau": 8, "e": -80, "weight": 0.01}
for x, kind, times in (
    (400, excitation, [5, 8.3, 30.125, 31, 60]),
    (200, excitation, [6, 30.5, 62]),
    (0, inhibition, [29, 58.7]),
):
    synapse = LFPy.Synapse(cell, idx=cell.get_closest_idx(x=x), **kind)
    synapse.set_spike_times(np.array(times, dtype=float))
LFPy.StimIntElectrode(cell, idx=0, pptype="IClamp", amp=0.9, dur=12, delay=42)
watch, spikes = h.NetCon(soma(0.5)._ref_v, None, sec=soma), h.Vector()
watch.threshold = 0
watch.record(spikes)

cell.simulate(rec_somav=True)
print(json.dumps({"spikes": [round(time, 6) for time in spikes], "potentials": [float(v) for v in cell.somav[::8]]}))
