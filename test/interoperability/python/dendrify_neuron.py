"""A neuron of three compartments by Dendrify: potentials in each step, as JSON.

Arguments: the folder that Dendrify is installed in; a script to run in place of the neuron, if any. Its plots need Matplotlib, which nothing here does.
"""

import json
import runpy
import sys
import types

import brian2
from brian2 import (
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    cm,
    defaultclock,
    mV,
    ms,
    nS,
    nA,
    ohm,
    pA,
    prefs,
    run,
    uF,
    um,
    uS,
)

sys.modules["matplotlib"] = types.ModuleType("matplotlib")
for part, names in {"pyplot": ["draw", "show", "subplots", "rcParams"], "widgets": ["Button", "Slider", "TextBox"]}.items():
    stand_in = types.ModuleType(f"matplotlib.{part}")
    for name in names:
        setattr(stand_in, name, {})
    sys.modules[f"matplotlib.{part}"] = stand_in
sys.path.append(sys.argv[1])

from dendrify import Dendrite, NeuronModel, Soma  # noqa: E402

prefs.codegen.target = "numpy"
brian2.BrianLogger.suppress_hierarchy("brian2")
defaultclock.dt = 0.1 * ms


def built():
    """Builds and runs the neuron; returns its monitors."""
    soma = Soma("soma", length=25 * um, diameter=25 * um)
    trunk = Dendrite("trunk", length=100 * um, diameter=2.5 * um)
    tuft = Dendrite("tuft", length=100 * um, diameter=1 * um)
    trunk.synapse("AMPA", tag="x", g=2 * nS, t_decay=2 * ms)
    trunk.synapse("NMDA", tag="x", g=1 * nS, t_rise=2 * ms, t_decay=60 * ms, scale_g=True)
    tuft.synapse("GABA", tag="y", g=0.5 * nS, t_rise=0.5 * ms, t_decay=15 * ms)
    tuft.synapse("AMPA", tag="y", g=1 * nS, t_decay=2 * ms)
    trunk.dspikes(
        "Na",
        threshold=-45 * mV,
        g_rise=12 * nS,
        g_fall=9 * nS,
        duration_rise=1.2 * ms,
        duration_fall=2.4 * ms,
        reversal_rise="E_Na",
        reversal_fall="E_K",
        offset_fall=0.2 * ms,
        refractory=5 * ms,
    )
    model = NeuronModel(
        [(soma, trunk, 15 * nS), (trunk, tuft)],
        cm=1 * uF / (cm**2),
        gl=50 * uS / (cm**2),
        v_rest=-65 * mV,
        r_axial=150 * ohm * cm,
        scale_factor=2.8,
        spine_factor=1.5,
    )
    neuron, again = model.make_neurongroup(
        1,
        method="euler",
        threshold="V_soma > -50*mV",
        reset="V_soma = 40*mV",
        second_reset="V_soma = -55*mV",
        spike_width=0.8 * ms,
        refractory=4 * ms,
    )
    neuron.I_ext_soma = 0.02 * nA
    source = SpikeGeneratorGroup(2, [0, 1, 0, 0, 0, 1], [10, 12, 20, 20.5, 21, 40] * ms)
    first = Synapses(source, neuron, on_pre="s_AMPA_x_trunk += 2; s_NMDA_x_trunk += 1")
    first.connect(i=0, j=0)
    second = Synapses(source, neuron, on_pre="s_GABA_y_tuft += 1; s_AMPA_y_tuft += 3")
    second.connect(i=1, j=0)
    monitor = StateMonitor(neuron, ["V_soma", "V_trunk", "V_tuft"], record=True)
    spikes = SpikeMonitor(neuron)
    run(80 * ms)
    return monitor, spikes


def scripted(path):
    """Runs a script; returns its monitors `trace` and `spikes`."""
    names = runpy.run_path(path)
    return names["trace"], names["spikes"]


monitor, spikes = scripted(sys.argv[2]) if len(sys.argv) > 2 else built()
json.dump(
    {
        **{name: list(getattr(monitor, name + "_")[0]) for name in ["V_soma", "V_trunk", "V_tuft"]},
        "spikes": list(spikes.t_),
    },
    sys.stdout,
)
