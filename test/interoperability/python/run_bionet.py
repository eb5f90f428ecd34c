"""Runs a circuit of SONATA with BMTK's BioNet on NEURON.

The argument is its config, in a folder that may be written to. The last line printed is JSON: the potential of each
soma in mV at each step by population and node id, the spikes as population, node id and time in ms, and the sections of
each cell in the order in which edges count them: name, length, diameter at the middle, segments, and parent.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1

with contextlib.redirect_stdout(sys.stderr):
    import bmtk
    import h5py
    import numpy as np
    from bmtk.simulator import bionet
    from neuron import h


def add_indices(path):
    """Adds indices by node, without which BMTK reads no edges, to files without any."""
    with h5py.File(path, "r+") as file:
        for edges in [edges for edges in file["edges"].values() if "indices" not in edges]:
            for end, other in [("source", "target"), ("target", "source")]:
                nodes = edges[f"{end}_node_id"][:]
                order = np.argsort(nodes, kind="stable")
                ends = np.searchsorted(nodes[order], np.arange(nodes.max() + 2))
                index = edges.create_group(f"indices/{end}_to_{other}")
                index["node_id_to_range"] = np.stack([ends[:-1], ends[1:]], axis=1)
                index["range_to_edge_id"] = np.stack([order, order + 1], axis=1)


def section(each):
    parent = each.parentseg()
    return {
        "name": each.name().rpartition(".")[2],
        "length": each.L,
        "diameter": each(0.5).diam,
        "divisions": each.nseg,
        "parent": None if parent is None else [parent.sec.name().rpartition(".")[2], parent.x],
    }


def run(source):
    os.chdir(source.parent)  # BMTK resolves relative paths there
    for path in source.parent.glob("network/*_edges.h5"):
        add_indices(path)
    mechanisms = source.parent / "components/mechanisms"
    # The source of given spikes, which BMTK brings.
    shutil.copy(next(pathlib.Path(bmtk.__file__).parent.rglob("vecevent.mod")), mechanisms / "modfiles")
    subprocess.run(
        [pathlib.Path(sys.executable).with_name("nrnivmodl"), "modfiles"], cwd=mechanisms, check=True, capture_output=True
    )
    config = bionet.Config.from_json(source.name)
    config.build_env()
    network = bionet.BioNetwork.from_config(config)
    simulator = bionet.BioSimulator.from_config(config, network=network)
    # Cells without sections spike only.
    cells = {gid: cell for gid, cell in network.get_local_cells().items() if hasattr(cell.hobj, "soma")}
    potentials = {gid: h.Vector().record(cell.hobj.soma[0](0.5)._ref_v) for gid, cell in cells.items()}
    simulator.run()
    with h5py.File(next(source.parent.rglob("output/spikes.h5"))) as file:
        spikes = sorted(
            [name, int(cell), round(float(time), 4)]
            for name, own in file["spikes"].items()
            for cell, time in zip(own["node_ids"], own["timestamps"], strict=True)
        )
    return {
        "potentials": {f"{cells[gid].population_name} {cells[gid].node_id}": list(own) for gid, own in potentials.items()},
        "spikes": spikes,
        "sections": {
            f"{cell.population_name} {cell.node_id}": [section(each) for each in cell.hobj.all] for cell in cells.values()
        },
    }


with contextlib.redirect_stdout(sys.stderr):
    found = run(pathlib.Path(sys.argv[1]).resolve())
print(json.dumps(found))
