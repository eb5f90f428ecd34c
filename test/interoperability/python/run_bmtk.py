"""Runs circuits of SONATA with BMTK's PointNet on NEST, and reads them with libsonata.

Arguments are configs. The last line printed is a JSON list with an object for each circuit: its spikes, sorted, as
population, node id and time in ms; and the sizes of its populations of nodes and edges by libsonata.
"""

import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile

with contextlib.redirect_stdout(sys.stderr):
    import h5py
    import libsonata
    import nest
    from bmtk.simulator import pointnet


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def spikes_of(source):
    """Returns the spikes of a circuit, which is copied to a folder for temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder) / "circuit"
        shutil.copytree(source.parent, home)
        os.chdir(home)  # BMTK resolves relative paths there
        nest.ResetKernel()
        config = pointnet.Config.from_json(source.name)
        config.build_env()
        network = pointnet.PointNetwork.from_config(config)
        pointnet.PointSimulator.from_config(config, network).run()
        (results,) = home.rglob("output/spikes.h5")
        with h5py.File(results) as file:
            return sorted(
                [name, int(cell), round(float(time), 4)]
                for name, own in file["spikes"].items()
                for cell, time in zip(own["node_ids"], own["timestamps"], strict=True)
            )


def sizes_of(source):
    """Returns the sizes of all populations in the folder of a circuit."""
    storages = {"nodes": libsonata.NodeStorage, "edges": libsonata.EdgeStorage}
    return {
        f"{kind} {name}": storage.open_population(name).size
        for kind, opened in storages.items()
        for path in sorted(source.parent.rglob(f"*_{kind}.h5"))
        for storage in [opened(str(path))]
        for name in sorted(storage.population_names)
    }


with contextlib.redirect_stdout(sys.stderr):
    found = [{"spikes": spikes_of(path), "sizes": sizes_of(path)} for path in [pathlib.Path(name).resolve() for name in sys.argv[1:]]]
print(json.dumps(found))
