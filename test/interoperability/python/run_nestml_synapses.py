"""Runs synapses of NESTML under NEST, which compiles them: `run_nestml_synapses.py FILE`.

FILE holds the `texts` of a neuron and its synapses by name, the `synapses` with the ports of their spikes of the target, and the
times of spikes of `pre` and of the `drive` of the target. Prints spikes and potentials of the target of each synapse.
"""

import json
import os
import sys
import tempfile

with open(sys.argv[1]) as file:
    given = json.load(file)
folder = tempfile.mkdtemp(prefix="nestml-")
os.environ["LTDL_LIBRARY_PATH"] = ":".join([folder, os.environ["LTDL_LIBRARY_PATH"]])

from pynestml.frontend.pynestml_frontend import generate_nest_target  # noqa: E402  it reads the folders of modules

paths = []
for name, text in given["texts"].items():
    paths.append(os.path.join(folder, f"{name}.nestml"))
    with open(paths[-1], "w") as file:
        file.write(text)
synapses = given["synapses"]
generate_nest_target(
    input_path=paths,
    target_path=os.path.join(folder, "target"),
    install_path=folder,
    module_name="interneuron_synapses_module",
    logging_level="ERROR",
    codegen_opts={
        "neuron_synapse_pairs": [
            {"neuron": given["neuron"], "synapses": {name: {"post_ports": one["ports"]} for name, one in synapses.items()}}
        ],
        "weight_variable": dict.fromkeys(synapses, "w"),
        "strictly_synaptic_vars": {name: one["traces"] for name, one in synapses.items()},
    },
)

import nest  # noqa: E402

nest.set_verbosity("M_ERROR")
outcomes = {}
for name in synapses:
    nest.ResetKernel()
    nest.set(resolution=given["dt"])
    nest.Install("interneuron_synapses_module")
    cells = [one for one in nest.node_models if one.startswith(given["neuron"] + "__with")]
    types = [one for one in nest.synapse_models if one.startswith(name + "__with")]
    cell = nest.Create(cells[0])
    source, relay, drive = (nest.Create(one) for one in ("spike_generator", "parrot_neuron", "spike_generator"))
    source.spike_times, drive.spike_times = given["pre"], given["drive"]
    nest.Connect(source, relay, syn_spec={"delay": 1.0})
    nest.Connect(relay, cell, syn_spec={"synapse_model": types[0], "delay": given["delay"]})
    nest.Connect(drive, cell, syn_spec={"weight": 100.0, "delay": 1.0})
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": given["dt"]})
    spikes = nest.Create("spike_recorder")
    nest.Connect(meter, cell)
    nest.Connect(cell, spikes)
    nest.Simulate(given["duration"])
    outcomes[name] = {"times": list(spikes.events["times"]), "V_m": list(meter.events["V_m"])}
print("\n" + json.dumps(outcomes))
