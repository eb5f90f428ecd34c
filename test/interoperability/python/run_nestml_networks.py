"""Runs a network of PyNN on NEST, or on what stands for it, with cells and synapses in NESTML: `run_nestml_networks.py FILE`.

FILE holds the `texts` of models by name, spikes of `sources` and of a `drive`, and `traces` of synapses that NEST keeps. Prints spikes, potentials and weights.
"""

import json
import os
import sys
import tempfile

with open(sys.argv[1]) as file:
    given = json.load(file)

if len(sys.argv) > 2:
    # NEST compiles the models: in a folder of this run.
    folder = tempfile.mkdtemp(prefix="nestml-")
    os.environ["LTDL_LIBRARY_PATH"] = ":".join([folder, os.environ["LTDL_LIBRARY_PATH"]])
    from pynestml.frontend import pynestml_frontend

    compiled = pynestml_frontend.generate_nest_target

    def compile_in_folder(codegen_opts, **named):
        """Compiles by NESTML 9 what PyNN 0.13 asks for in the words of NESTML 8."""
        pairs = [
            {"neuron": pair["neuron"], "synapses": {pair["synapse"]: {"post_ports": pair["post_ports"]}}}
            for pair in codegen_opts["neuron_synapse_pairs"]
        ]
        options = {**codegen_opts, "neuron_synapse_pairs": pairs, "strictly_synaptic_vars": given["traces"]}
        compiled(**{**named, "codegen_opts": options, "install_path": folder, "logging_level": "ERROR"})

    pynestml_frontend.generate_nest_target = compile_in_folder

import numpy as np  # noqa: E402
import pyNN.nest as sim  # noqa: E402
from pyNN.nest.nestml import nestml_cell_type, nestml_synapse_type  # noqa: E402

texts = given["texts"]
current_neuron = nestml_cell_type("current_neuron", texts["current_neuron"])
pair_synapse = nestml_synapse_type(
    "pair_synapse", texts["pair_synapse"], postsynaptic_neuron_nestml_description=texts["driven_neuron"], weight_variable="w"
)
sim.setup(timestep=0.1, min_delay=1.0)
for cells in (current_neuron, pair_synapse.postsynaptic_cell_type):
    # PyNN 0.13 would hand this on as a bool of NumPy, which NEST 3.10 refuses.
    cells.default_parameters.pop("ignore_and_spike", None)

# Injected currents.
injected = sim.Population(2, current_neuron(I_e=[120.0, 170.0]))
sim.DCSource(amplitude=0.5, start=20.0, stop=80.0).inject_into(injected)
# Spikes by synapses of PyNN.
sources = sim.Population(5, sim.SpikeSourceArray(spike_times=given["sources"]))
driven = sim.Population(5, current_neuron(C_m=[180.0, 190.0, 200.0, 210.0, 220.0]))
for receptor, weight in (("excitatory", 1.5), ("inhibitory", -0.2)):
    connector = sim.FromListConnector([(i, (i + k) % 5) for i in range(5) for k in range(3)])
    sim.Projection(sources, driven, connector, sim.StaticSynapse(weight=weight, delay=1.0), receptor_type=receptor)
# Spikes by plastic synapses in NESTML.
plastic = sim.Population(5, pair_synapse.postsynaptic_cell_type())
weighted = sim.FromListConnector([(i, j, 1 + 0.1 * i + 0.2 * j, 1.0) for i in range(5) for j in range(5)])
changing = sim.Projection(sources, plastic, weighted, pair_synapse(), receptor_type="excitatory")
drive = sim.Population(5, sim.SpikeSourceArray(spike_times=given["drive"]))
sim.Projection(drive, plastic, sim.OneToOneConnector(), sim.StaticSynapse(weight=0.1, delay=1.0), receptor_type="excitatory")

populations = {"injected": injected, "driven": driven, "plastic": plastic}
for cells in populations.values():
    cells.record(["spikes", "V_m"])
sim.run(given["duration"])

found = {}
for name, cells in populations.items():
    segment = cells.get_data().segments[0]
    spikes = [np.round(np.asarray(train.magnitude), 6).tolist() for train in segment.spiketrains]
    found[name] = {"spikes": spikes, "V_m": segment.analogsignals[0].magnitude.T.tolist()}
weights = sorted(tuple(float(each) for each in row) for row in changing.get("weight", format="list"))
print("\n" + json.dumps({**found, "weights": weights}))
