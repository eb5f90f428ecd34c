"""Runs models of NESTML under NEST, which compiles them: `run_nestml_models.py FILE [MODULE]`.

FILE holds `texts`, the models by the names of their files, and `cases`, the runs. MODULE is a compiled module in place of
the texts, in a folder of LTDL_LIBRARY_PATH. Prints spikes and variables of each case as JSON.
"""

import json
import os
import sys
import tempfile


def compiled(texts):
    """Compiles models, and returns the name of their module."""
    from pynestml.frontend.pynestml_frontend import generate_nest_target

    folder = tempfile.mkdtemp(prefix="nestml-")
    paths = []
    for name, text in texts.items():
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "w") as file:
            file.write(text)
    generate_nest_target(
        input_path=paths,
        target_path=os.path.join(folder, "target"),
        install_path=os.environ["LTDL_LIBRARY_PATH"].split(":")[0],
        module_name="interneuron_test_module",
        logging_level="ERROR",
    )
    return "interneuron_test_module"


def run(case, module):
    nest.ResetKernel()
    nest.set(resolution=case["dt"], overwrite_files=True)
    nest.Install(module)
    name = case["model"]
    cell = nest.Create(name, params={key: float(value) for key, value in case["parameters"].items()})
    receptors = nest.GetDefaults(name).get("receptor_types", {})
    for port in case["ports"]:
        source = nest.Create("spike_generator", params={"spike_times": [float(time) for time in port["times"]]})
        synapse = {"weight": float(port["weight"]), "delay": 1.0}
        number = receptors.get(port["name"].upper())
        if number is not None:
            synapse["receptor_type"] = number
        nest.Connect(source, cell, syn_spec=synapse)
    if case["current"]:
        source = nest.Create("dc_generator", params={"amplitude": float(case["current"]), "start": 30.0, "stop": 70.0})
        nest.Connect(source, cell, syn_spec={"delay": 1.0})
    recorded = [one for one in case["record"] if one in cell.recordables]
    meter = nest.Create("multimeter", params={"record_from": recorded, "interval": case["dt"]}) if recorded else None
    spikes = nest.Create("spike_recorder")
    if meter:
        nest.Connect(meter, cell)
    if case["emits"]:
        nest.Connect(cell, spikes)
    nest.Simulate(case["duration"])
    return {
        "times": list(spikes.events["times"]),
        "variables": {one: list(meter.events[one]) for one in recorded},
        "first": float(meter.events["times"][0]) if meter else None,
    }


def attempt(case, module):
    try:
        return run(case, module)
    except Exception as error:  # NEST's own errors are results.
        return {"error": str(error)[:300]}


with open(sys.argv[1]) as file:
    given = json.load(file)
os.environ["LTDL_LIBRARY_PATH"] = ":".join([tempfile.mkdtemp(prefix="modules-"), os.environ["LTDL_LIBRARY_PATH"]])
module = sys.argv[2] if len(sys.argv) > 2 else compiled(given["texts"])

import nest  # noqa: E402  it reads the folders of modules

nest.set_verbosity("M_ERROR")
print("\n" + json.dumps([attempt(case, module) for case in given["cases"]]))
