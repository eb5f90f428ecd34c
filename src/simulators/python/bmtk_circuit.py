"""Runs a circuit of SONATA with BMTK: point neurons in NEST, cells with a shape in NEURON."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

#: Rows that are read at once.
ROWS = 1 << 16


def compile_mechanisms(folder):
    """Compiles the mechanisms of a circuit, and the source of given spikes that BMTK brings."""
    import bmtk

    (folder / "modfiles").mkdir(parents=True, exist_ok=True)
    shutil.copy(next(Path(bmtk.__file__).parent.rglob("vecevent.mod")), folder / "modfiles")
    compiler = Path(sys.executable).with_name("nrnivmodl")
    done = subprocess.run([compiler, "modfiles"], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"nrnivmodl failed: {done.stderr[-1000:]}")


def simulator_of_bmtk(is_shaped, run):
    """Returns the modules of BMTK's simulator, its classes, and the number of processes."""
    if is_shaped:
        from bmtk.simulator import bionet
        from neuron import h

        class Progress:
            """Reports the progress of a run after each block of steps."""

            def initialize(self, simulator):
                pass

            finalize = initialize

            def step(self, simulator, step):
                pass

            def block(self, simulator, interval):
                context = h.ParallelContext()
                # The largest value of all ranks.
                if run.report(h.t / 1e3, context.id(), lambda value: context.allreduce(value, 2)):
                    h.stoprun = 1

        return bionet, bionet.BioNetwork, bionet.BioSimulator, int(h.ParallelContext().nhost()), Progress()
    import nest
    from bmtk.simulator import pointnet

    def simulate_in_parts(duration):
        steps = round(duration / nest.resolution)
        part = max(1, steps // 50)
        # Each call of `Simulate` would begin its files anew.
        with nest.RunManager():
            for begin in range(0, steps, part):
                nest.Run(min(part, steps - begin) * nest.resolution)
                if run.report(nest.biological_time / 1e3):
                    break

    vars(nest)["Simulate"] = simulate_in_parts
    return pointnet, pointnet.PointNetwork, pointnet.PointSimulator, nest.NumProcesses(), None


def run_bmtk(source, nodes, processes, run, give_tics, columns_of):
    """Runs a circuit of SONATA, and writes its spikes and reports by populations of the model.

    Args:
        nodes: for each node population, the populations that its nodes are, with the ids of their elements in runs.
        processes: the numbers of threads and ranks.
        run: receives the progress.
        give_tics: lets NEST take a step.
        columns_of: returns the columns of a rank.
    """
    threads, ranks = processes
    settings = json.loads(source.read_text(encoding="utf-8"))
    is_shaped = settings["target_simulator"] == "NEURON"
    if is_shaped and threads > 1:
        raise SystemExit("NEURON takes --ranks, not --threads")
    rank, wait = 0, lambda: None
    if ranks > 1:
        from mpi4py import MPI

        rank, wait = MPI.COMM_WORLD.rank, MPI.COMM_WORLD.barrier
    if is_shaped and rank == 0:
        compile_mechanisms(source.parent / "components/mechanisms")
    wait()
    module, network_class, simulator_class, here, progress = simulator_of_bmtk(is_shaped, run)
    if not is_shaped:
        give_tics(float(settings["run"]["dt"]))
    if here != ranks:
        raise SystemExit(f"{here} of {ranks} ranks run the network together")
    config = module.Config.from_json(source.name)
    config.build_env()
    network = network_class.from_config(config)
    simulator = simulator_class.from_config(config, network, **({} if is_shaped else {"n_thread": threads}))
    if progress is not None:
        simulator.add_mod(progress)
    simulator.run()
    wait()
    columns = columns_of(rank)
    if rank == 0:
        write_sonata(settings, source.parent, nodes, run, columns)
    columns.close(**run.facts())


def write_sonata(settings, folder, nodes, run, columns):
    """Writes the spikes and reports of a circuit in columns."""
    import h5py

    is_shaped = settings["target_simulator"] == "NEURON"

    elements = {}
    for population, parts in nodes.items():
        ids = [np.concatenate([np.arange(first, first + count) for first, count in runs]) for _, runs in parts]
        elements[population] = owner, element = np.full((2, 1 + max(each.max(initial=0) for each in ids)), -1)
        for number, own in enumerate(ids):
            owner[own], element[own] = number, np.arange(len(own))
    with h5py.File(folder / "output/spikes.h5") as file:
        for population, own in file.get("spikes", {}).items():
            owner, element = elements[population]
            for number, (name, _) in enumerate(nodes[population]):
                stream = columns.stream("times", "cells")
                for begin in range(0, len(own["node_ids"]), ROWS):
                    found = own["node_ids"][begin : begin + ROWS].astype(int)
                    is_own = owner[found] == number
                    stream.append(own["timestamps"][begin : begin + ROWS][is_own], element[found][is_own])
                stream.end({"kind": "spikes", "of": name, "segment": 0, "unit": "ms"})
    for name, report in settings["reports"].items():
        variable = report["variable_name"]
        with h5py.File(folder / "output" / report["file_name"]) as file:
            for population, own in file["report"].items():
                owner, element = elements[population]
                mapping = own["mapping"]
                found = mapping["node_ids"][:].astype(int)
                ends = mapping["index_pointer"][:].astype(int)
                # The middle of a section with several compartments.
                places = (ends[:-1] + ends[1:] - 1) // 2
                start, _, interval = mapping["time"][:]
                # BioNet takes its first sample at the end of the first step, and states the beginning.
                start += settings["run"]["dt"] if is_shaped else 0
                stream = columns.stream("times", "values")
                last = 1e3 * run.reached if run.is_stopped else settings["run"]["tstop"]
                rows = min(len(own["data"]), int((last - start) / interval + 1.5))
                for begin in range(0, rows, ROWS):
                    values = own["data"][begin : min(rows, begin + ROWS)]
                    stream.append(start + interval * np.arange(begin, begin + len(values)), values[:, places])
                unit = ("mV" if variable == "v" else "mM") if is_shaped else "dimensionless"
                facts = {"kind": "samples", "of": name, "variable": variable, "segment": 0, "unit": unit}
                stream.end({**facts, "time_unit": "ms", "cells": element[found].tolist()})
