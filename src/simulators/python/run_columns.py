"""Runs a script for Brian 2 or PyNN, or a circuit of SONATA, and writes the recordings of its network as columns in binary files.

Usage: python run_columns.py brian|pynn.SIMULATOR RESULTS THREADS RANKS SCRIPT [ARGUMENT...]
       python run_columns.py bmtk RESULTS THREADS RANKS CONFIG NODES
       python run_columns.py pynn-as-it-is RESULTS SIMULATOR POPULATIONS SCRIPT [ARGUMENT...]

RESULTS is a folder. Each rank writes its own files and a list of them, `columns-RANK.jsonl`. Lines that begin with
`interneuron-progress` give the model time of the run in s. With a file `stop` in RESULTS, the run ends and
writes what it has recorded.

A script for Brian needs nothing for it: all monitors that are variables are read when it ends, by their names. If it
collects its recordings before each return to the start in a list `segments`, that is read. `write_data` of a script for
PyNN writes columns instead of Neo's files, on each rank only those of its own cells.

BMTK runs a circuit: point neurons in NEST, cells with a shape in NEURON. NODES is a file in JSON with the populations that
the nodes are, and the ids of their elements in runs.

A script for PyNN that runs as it is may be for another simulator than SIMULATOR, and need not write its data. POPULATIONS
lists names and sizes in JSON, in the order in which the script makes the populations.
"""

import importlib
import json
import os
import re
import runpy
import sys
import time
from pathlib import Path

import numpy as np


class Columns:
    """Columns of numbers in files of a folder, and a list of them in JSON lines.

    Args:
        folder: where the files are written.
        rank: number of this process.
    """

    def __init__(self, folder, rank=0):
        self._folder, self._rank, self._count = Path(folder), rank, 0
        self._list = open(self._folder / f"columns-{rank}.jsonl", "w", encoding="utf-8")

    def write(self, facts, **columns):
        """Writes columns, 64-bit numbers in rows, and lists them with their facts."""
        stream = self.stream(*columns)
        stream.append(*columns.values())
        stream.end(facts)

    def stream(self, *names):
        """Returns columns that are written bit by bit."""
        files = [f"{self._rank}-{self._count + k}.bin" for k, _ in enumerate(names)]
        self._count += len(names)
        return Stream(self, self._folder, dict(zip(names, files)))

    def list(self, facts):
        """Lists columns that have been written."""
        self._list.write(json.dumps(facts) + "\n")

    def spikes(self, of, segment, times, cells, unit="s"):
        """Writes spikes in the order of their times."""
        times, cells = np.asarray(times, dtype=float), np.asarray(cells)
        order = np.lexsort((cells, times))
        facts = {"kind": "spikes", "of": of, "segment": segment, "unit": unit}
        self.write(facts, times=times[order], cells=cells[order])

    def samples(self, of, variable, segment, times, values, cells, unit=None, time_unit="s"):
        """Writes samples, a row for each time and a column for each cell. `unit`: None for SI."""
        facts = {"kind": "samples", "of": of, "variable": variable, "segment": segment, "unit": unit}
        facts |= {"time_unit": time_unit, "cells": [int(cell) for cell in cells]}
        self.write(facts, times=times, values=values)

    def close(self, **facts):
        """Ends the list; a list without its last line is of a run that did not end."""
        self._list.write(json.dumps({"kind": "end", **facts}) + "\n")
        self._list.close()


class Stream:
    """Columns of numbers that are written in pieces.

    Args:
        columns: where they are listed.
        folder: where the files are written.
        files: their names, by the names of the columns.
    """

    def __init__(self, columns, folder, files):
        self._columns, self._files, self._rows = columns, files, 0
        self._open = [open(folder / file, "wb") for file in files.values()]

    def append(self, *values):
        """Writes rows: 64-bit numbers of each column."""
        self._rows += len(values[0])
        for file, own in zip(self._open, values):
            # NumPy's `tofile` does not say that a disk is full.
            file.write(np.ascontiguousarray(own, dtype="<f8"))

    def end(self, facts):
        """Lists the columns with their facts."""
        for file in self._open:
            file.close()
        self._columns.list({**facts, "rows": self._rows, "files": self._files})


class Stopped(BaseException):
    """A run that was asked to stop."""


class Run:
    """How far the run is. If its folder has a file `stop`, it ends in order, and writes what it has recorded."""

    def __init__(self):
        self.folder, self.reached, self.is_stopped = Path(), None, False

    def report(self, seconds, rank=0, most=bool):
        """Reports the model time that the run has reached, and returns whether it is to stop.

        Args:
            most: returns the largest value of all ranks.
        """
        self.reached = seconds
        if rank == 0:
            print(f"\ninterneuron-progress {seconds:.9g}", flush=True)
        self.is_stopped = bool(most(int((self.folder / "stop").exists())))
        return self.is_stopped

    def facts(self):
        """Returns the facts that end a list of columns."""
        return {"reached": self.reached} if self.is_stopped else {}


run = Run()


# --- Brian


def write_brian(names, columns):
    """Writes all that the monitors among the variables of a script have recorded, in SI units."""
    from brian2 import EventMonitor, PopulationRateMonitor, StateMonitor

    kinds = (EventMonitor, StateMonitor, PopulationRateMonitor)
    # Brian calls what has no name of its own after its class.
    monitors = {
        variable if re.fullmatch(r"\w+monitor(_\d+)?", each.name) else each.name: each
        for variable, each in names.items()
        if isinstance(each, kinds) and getattr(each, "record", True) is not False
    }
    segments = names.get("segments")
    for segment, states in enumerate(segments if isinstance(segments, list) else [None]):
        for name, each in monitors.items():

            def value(variable, each=each, name=name):
                return np.asarray(getattr(each, variable + "_") if states is None else states[name][variable])

            if isinstance(each, EventMonitor):
                columns.spikes(name, segment, value("t"), value("i"))
                continue
            for variable in ["rate"] if isinstance(each, PopulationRateMonitor) else each.record_variables:
                values = value(variable)
                # Monitors have a row for each cell, stored states a row for each time.
                rows = values.reshape(len(values), -1) if states is not None or values.ndim == 1 else values.T
                columns.samples(name, variable, segment, value("t"), rows, range(rows.shape[1]))


def report_brian():
    """Lets Brian report its progress, unless the script asks for reports of its own."""
    from brian2 import second
    from brian2.core.network import Network

    run_network = Network.run

    def run_with_reports(network, duration, report=None, report_period=None, namespace=None, profile=None, level=0):
        if report is None:
            report_period = second / 2

            def report(elapsed, completed, start, all):
                if run.report(float(start / second) + completed * float(all / second)) and completed < 1:
                    raise Stopped

        period = {} if report_period is None else {"report_period": report_period}
        return run_network(network, duration, report=report, **period, namespace=namespace, profile=profile, level=level + 1)

    Network.run = run_with_reports


# --- PyNN


def write_pynn(columns):
    """Lets `write_data` write columns of the cells of this rank."""
    from pyNN.recording import Recorder

    def write(recorder, variables="all", file=None, gather=False, filter_ids=None, clear=False, **more):
        block = recorder.get(variables, gather=False, filter_ids=filter_ids, clear=clear, **more)
        for number, segment in enumerate(block.segments):
            _write_segment(columns, block.name, number, segment)

    Recorder.write = write


def _write_segment(columns, of, number, segment):
    trains = list(segment.spiketrains)
    if trains:
        times = np.concatenate([train.rescale("ms").magnitude for train in trains])
        cells = np.repeat([int(train.annotations["source_index"]) for train in trains], [len(train) for train in trains])
        columns.spikes(of, number, times, cells, unit="ms")
    regular = len(segment.analogsignals)
    for place, signal in enumerate((*segment.analogsignals, *segment.irregularlysampledsignals)):
        cells = signal.array_annotations["channel_index"]
        times, values = signal.times.rescale("ms").magnitude, signal.magnitude
        if place >= regular:
            # Cells that pause have no rows.
            is_on = ~np.isnan(values).all(axis=1)
            times, values = times[is_on], values[is_on]
        unit = signal.units.dimensionality.string
        columns.samples(of, signal.name, number, times, values, cells, unit, "ms")


def report_pynn(module, ranks):
    """Lets a simulator of PyNN report its progress about once a second, and stop if any rank was asked to."""

    def most(value):
        return value

    if ranks > 1:
        from mpi4py import MPI

        def most(value):
            return MPI.COMM_WORLD.allreduce(value, MPI.MAX)

    run_until = module.run_until

    def run_to(time_point, callbacks=None):
        start = module.get_current_time()
        dt = module.get_time_step()
        steps, latest = [10], [None]

        def report(now):
            took = None if latest[0] is None else most(time.monotonic() - latest[0])
            latest[0] = time.monotonic()
            if took is not None:
                steps[0] = max(10, round(steps[0] * min(4.0, max(0.1, 1 / max(took, 1e-9)))))
            ahead = now + steps[0] * dt
            if run.report(now / 1e3, module.rank(), most) and ahead < time_point:
                raise Stopped
            return ahead

        return run_until(time_point, [*(callbacks or []), report] if time_point > start else callbacks)

    module.run_until = run_to
    module.run = lambda simtime, callbacks=None: run_to(module.get_current_time() + simtime, callbacks)


def give_tics(step):
    """Lets NEST take a step in ms that is not whole tics of NEST, 0.001 ms: such runs have tics of 1/64000 ms."""
    import nest

    def reset_with_tics():
        reset()
        nest.SetKernelStatus({"tics_per_ms": 64000, "resolution": 0.1})

    reset = getattr(nest.ResetKernel, "usual", nest.ResetKernel)
    reset_with_tics.usual = reset
    is_fine = isinstance(step, float) and abs(1000 * step - round(1000 * step)) > 1e-9
    # NEST's module refuses that its functions are replaced by assignment.
    vars(nest)["ResetKernel"] = reset_with_tics if is_fine else reset


def take_fine_steps(sim):
    """Lets `pyNN.nest` take steps that are not whole tics of NEST."""
    setup = sim.setup

    def setup_with_tics(timestep=0.1, *others, **options):
        give_tics(timestep)
        return setup(timestep, *others, **options)

    sim.setup = setup_with_tics


def keep_listed_steps(module):
    """Lets NEST send listed spikes in their own steps.

    PyNN subtracts a delay from each time. In binary numbers, 8.4875 - 0.0125 is a bit more than 8.475, which NEST rounds
    up to the next step.
    """
    listed = module.SpikeSourceArray.translations["spike_times"]
    listed["forward_transform"] = lambda spike_times, **_: spike_times - (module.simulator.state.min_delay + 1e-9)


def prepare_pynn(simulator, threads, ranks):
    """Prepares a simulator of PyNN for a script. @raise SystemExit: it does not run on this number of processes"""
    module = importlib.import_module(f"pyNN.{simulator}")
    setup = module.setup

    def setup_here(*given, **options):
        rank = setup(*given, **({"threads": threads} if threads > 1 else {}), **options)
        if module.num_processes() != ranks:
            raise SystemExit(f"{module.num_processes()} of {ranks} ranks run the network together")
        return rank

    module.setup = setup_here
    if simulator == "nest":
        take_fine_steps(module)
        keep_listed_steps(module)
    report_pynn(module, ranks)
    return module


class RecordedSpikes:
    """Spikes of the first network of a script for PyNN, which are read before the script clears them.

    Args:
        module: the simulator of PyNN.
    """

    def __init__(self, module):
        from pyNN.common import Population
        from pyNN.recording import Recorder

        self._state = module.simulator.state
        self._populations, self._spikes, self._ended = [], {}, False
        self._get, make = Recorder.get, Population.__init__

        def get(recorder, variables, gather=False, filter_ids=None, clear=False, **more):
            if clear and not self._ended:
                self._read(recorder)
            return self._get(recorder, variables, gather, filter_ids, clear, **more)

        def make_known(population, *given, **named):
            make(population, *given, **named)
            if not self._ended:
                self._populations.append(population)

        Recorder.get, Population.__init__ = get, make_known
        for name in ("setup", "end"):
            setattr(module, name, self._after_the_end(getattr(module, name)))

    def _after_the_end(self, function):
        """Returns a function that ends the network before it calls another one."""

        def call(*given, **named):
            self.end()
            return function(*given, **named)

        return call

    def _read(self, recorder):
        segments = self._spikes.setdefault(recorder, {})
        if self._state.running or recorder.cache:
            for segment in self._get(recorder, "spikes").segments:
                segments.setdefault(segment.name, []).extend(segment.spiketrains)

    def end(self):
        """Reads all spikes, once the script has made a network."""
        if self._populations and not self._ended:
            for population in self._populations:
                self._read(population.recorder)
            self._ended = True

    def write(self, populations, columns):
        """Writes the spikes of populations.

        Args:
            populations: name and size of each, in the order of their creation.
            columns: where they are written.
        """
        made, known = [each.size for each in self._populations], [size for _, size in populations]
        if made != known:
            raise SystemExit(f"this script makes populations of {made} cells here, but {known} when it was captured")
        for (name, _), each in zip(populations, self._populations):
            for number, (_, trains) in enumerate(sorted(self._spikes[each.recorder].items())):
                times = np.concatenate([[], *(train.rescale("ms").magnitude for train in trains)])
                cells = [int(train.annotations["source_index"]) for train in trains for _ in range(len(train))]
                columns.spikes(name, number, times, cells, unit="ms")


#: Simulators of PyNN, by the names of their modules.
_simulators = {"nest", "neuron", "brian2", "brian", "genn", "moose", "nemo", "pcsim", "spiNNaker", "interneuron"}


def run_pynn_as_it_is(script, simulator, populations, columns):
    """Runs a script for any simulator of PyNN under one, and writes the spikes that it records."""
    import pyNN

    module = importlib.import_module(f"pyNN.{simulator}")
    text = script.read_text(encoding="utf-8", errors="replace")
    own = [name for name in sys.modules if re.match(rf"pyNN\.{simulator}\b", name)]
    for other in _simulators & set(re.findall(r"\b(?:pyNN\.|from\s+pyNN\s+import\s+)(\w+)", text)) - {simulator}:
        setattr(pyNN, other, module)
        for name in own:
            sys.modules[name.replace(simulator, other, 1)] = sys.modules[name]
    recorded = RecordedSpikes(module)
    runpy.run_path(str(script), run_name="__main__")
    recorded.end()
    recorded.write(populations, columns)


def main(notation, results, *words):
    """Runs a script in its folder, and writes its recordings into a folder."""
    results = Path(results).resolve()
    run.folder = results
    first, second, script, *arguments = words
    script = Path(script).resolve()
    if notation == "pynn-as-it-is":
        os.chdir(script.parent)
        # Most scripts ask for the name of the simulator, wherever it stands.
        sys.argv = [str(script), *([first if word in _simulators else word for word in arguments] or [first])]
        columns = Columns(results)
        run_pynn_as_it_is(script, first, json.loads(second), columns)
        columns.close()
        return
    if notation == "bmtk":
        os.chdir(script.parent)
        nodes = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        # Python that is isolated has no modules of this folder.
        sys.path.append(str(Path(__file__).parent))
        from bmtk_circuit import run_bmtk

        run_bmtk(script, nodes, (int(first), int(second)), run, give_tics, lambda rank: Columns(results, rank))
        return
    if notation != "brian":
        module = prepare_pynn(notation.removeprefix("pynn."), int(first), int(second))
        columns = Columns(results, module.rank())
        write_pynn(columns)
    else:
        columns = Columns(results)
        report_brian()
    os.chdir(script.parent)
    sys.argv = [str(script), *arguments]
    names = {"__name__": "__main__", "__file__": str(script)}
    try:
        exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), names)
    except Stopped:
        for recorder in [] if notation == "brian" else module.simulator.state.recorders:
            recorder.write()
    if notation == "brian":
        write_brian(names, columns)
    columns.close(**run.facts())


if __name__ == "__main__":
    main(*sys.argv[1:])
