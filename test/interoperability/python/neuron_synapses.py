"""Runs synapses on a cell in NEURON.

The argument is a file in JSON: `swc` (path), `modfiles` (path), `dL` in um, `dt` and `tstop` in ms, `v_init` in mV,
`spikes` (times in ms by source), and `synapses`, each with `process`, `section` (number), `pos`, `values` (by NEURON's
names), `weight` in uS, `delay` in ms and `source`. The last line printed is JSON: the potential in the middle of the
first section at each step.
"""

import contextlib
import json
import pathlib
import subprocess
import sys

# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1

with contextlib.redirect_stdout(sys.stderr):
    import bmtk
    from neuron import h


def run(given):
    folder = pathlib.Path(given["modfiles"])
    # The source of given spikes, which BMTK brings.
    source = next(pathlib.Path(bmtk.__file__).parent.rglob("vecevent.mod"))
    (folder / "vecevent.mod").write_text(source.read_text())
    subprocess.run(
        [pathlib.Path(sys.executable).with_name("nrnivmodl"), "."], cwd=folder, check=True, capture_output=True
    )
    h.nrn_load_dll(str(next(folder.rglob("libnrnmech.so"))))
    for name in ("stdrun.hoc", "import3d.hoc"):
        h.load_file(name)
    reader = h.Import3d_SWC_read()
    reader.input(given["swc"])
    h.Import3d_GUI(reader, 0).instantiate(None)
    sections = list(h.allsec())
    for each in sections:
        each.nseg = 1 + 2 * int(each.L / (2 * given["dL"]))
    kept = []
    trains = {}
    for name, times in given["spikes"].items():
        vector, trains[name] = h.Vector(times), h.VecStim()
        trains[name].play(vector)
        kept.append(vector)
    for one in given["synapses"]:
        synapse = getattr(h, one["process"])(one["pos"], sec=sections[one["section"]])
        for name, value in one["values"].items():
            setattr(synapse, name, value)
        connection = h.NetCon(trains[one["source"]], synapse)
        connection.weight[0], connection.delay = one["weight"], one["delay"]
        kept += [synapse, connection]
    potential = h.Vector().record(sections[0](0.5)._ref_v)
    h.dt, h.steps_per_ms, h.tstop, h.v_init = given["dt"], 1 / given["dt"], given["tstop"], given["v_init"]
    h.run()
    return list(potential)


with contextlib.redirect_stdout(sys.stderr):
    found = run(json.loads(pathlib.Path(sys.argv[1]).read_text()))
print(json.dumps(found))
