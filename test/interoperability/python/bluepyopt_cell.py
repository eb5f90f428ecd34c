"""A cell in BluePyOpt: a shape in SWC, channels of the soma, and a step of current. BluePyOpt runs it in a child process.

The last line printed is JSON: times of spikes and the potential of the soma every 0.25 ms, in ms and mV.
"""

import json
import os
import tempfile

from bluepyopt import ephys

shape = os.path.join(tempfile.mkdtemp(), "cell.swc")
with open(shape, "w") as file:
    file.write("1 1 0 0 0 8 -1\n2 1 16 0 0 8 1\n3 3 24 0 0 1.2 2\n")
    file.write("4 3 120 30 0 0.8 3\n5 3 200 90 20 0.5 4\n6 3 190 -40 0 0.5 3\n")

somatic, basal = ([ephys.locations.NrnSeclistLocation(name, seclist_name=name)] for name in ("somatic", "basal"))
middle = ephys.locations.NrnSeclistCompLocation("soma", seclist_name="somatic", sec_index=0, comp_x=0.5)


def shared(name, value):
    return ephys.parameters.NrnGlobalParameter(name=name, param_name=name, value=value, frozen=True)


def local(name, value, places):
    return ephys.parameters.NrnSectionParameter(
        name=name, param_name=name, value=value, frozen=True, locations=places
    )


cell = ephys.models.CellModel(
    "cell",
    morph=ephys.morphologies.NrnFileMorphology(shape),
    mechs=[
        ephys.mechanisms.NrnMODMechanism("hh", suffix="hh", locations=somatic),
        ephys.mechanisms.NrnMODMechanism("pas", suffix="pas", locations=basal),
    ],
    params=[
        shared("v_init", -65),
        shared("celsius", 8),
        local("cm", 1, somatic + basal),
        local("Ra", 150, somatic + basal),
        local("g_pas", 2e-4, basal),
        local("e_pas", -65, basal),
        local("gnabar_hh", 0.11, somatic),
        local("gkbar_hh", 0.03, somatic),
    ],
)
step = ephys.stimuli.NrnSquarePulse(
    step_amplitude=0.15, step_delay=10, step_duration=50, total_duration=70, location=middle
)
trace = ephys.recordings.CompRecording(name="soma", location=middle, variable="v")
protocol = ephys.protocols.SweepProtocol("step", [step], [trace], cvode_active=False)
simulator = ephys.simulators.NrnSimulator(dt=0.025, cvode_active=False)
simulator.neuron.h.usetable_hh = 0

v = [float(each) for each in protocol.run(cell, {}, sim=simulator)["soma"]["voltage"]]
spikes = [round(k * 0.025, 6) for k in range(1, len(v)) if v[k] > 0 >= v[k - 1]]
print(json.dumps({"spikes": spikes, "potentials": v[::10]}))
