"""Runs a script for Brian 2 or PyNN, and writes what its network recorded as JSON.

Usage: python run_script.py brian|pynn RESULTS SCRIPT [ARGUMENT...]
       python run_script.py pynn-as-it-is RESULTS SCRIPT SIMULATOR POPULATIONS

A script for Brian needs nothing for it: all monitors that are variables are read when it ends, by their names. Where it
collects what they have recorded before each return to the start in a list `segments`, that is read. A script for PyNN
writes Neo blocks into the current folder, by `write_data`, and these are read: it runs in its own folder, which should have
no others.

A script for PyNN that runs as it is may be for another simulator than SIMULATOR, and need not write its data. POPULATIONS lists
names and sizes in JSON, in the order in which the script makes the populations.
"""

import importlib
import json
import os
import pickle
import re
import runpy
import sys
from pathlib import Path


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def records_of_brian(names):
    """What monitors have recorded, by their names and their variables.

    Args:
        names: variables of a script that has run.

    Returns:
        for spikes `i` and `t` in s, for states `t` and each variable in SI units, [cell, time]; a list of these where the
        script has a list of segments.
    """
    import numpy as np
    from brian2 import EventMonitor, PopulationRateMonitor, StateMonitor

    def columns(monitor):
        if isinstance(monitor, EventMonitor):
            return ["i", "t", *sorted(set(monitor.record_variables) - {"i", "t"})]
        return ["t", "rate"] if isinstance(monitor, PopulationRateMonitor) else ["t", *monitor.record_variables]

    def values(monitor, variable, states):
        found = np.asarray(getattr(monitor, variable + "_") if states is None else states[variable])
        # States of a monitor have a row for each time.
        is_table = states is not None and isinstance(monitor, StateMonitor) and variable != "t"
        return (found.T if is_table else found).tolist()

    def records(states=None):
        return {
            name: {key: values(each, key, states and states[name]) for key in columns(each)}
            for name, each in monitors.items()
            if getattr(each, "record", True) is not False
        }

    kinds = (EventMonitor, StateMonitor, PopulationRateMonitor)
    # Brian calls what has no name of its own after its class.
    monitors = {
        variable if re.fullmatch(r"\w+monitor(_\d+)?", each.name) else each.name: each
        for variable, each in names.items()
        if isinstance(each, kinds)
    }
    segments = names.get("segments")
    return [records(each) for each in segments] if isinstance(segments, list) else records()


def records_of_pynn(names, folder):
    """What populations and synapses have recorded.

    Args:
        names: variables of a script that has run.
        folder: where it wrote its Neo blocks.

    Returns:
        `populations`: segments of each, with spike times (ms) by cell and signals in PyNN's units; `synapses`: samples of
        each projection, by variable; `recordings` of interneuron's backend, if any.
    """
    populations, synapses = {}, {}
    for path in sorted(Path(folder).glob("*.pkl")):
        block = pickle.loads(path.read_bytes())
        signals = [each for segment in block.segments for each in segment.analogsignals]
        if any("source_projection" in each.annotations for each in signals):
            synapses[block.name] = {each.name: each.magnitude.tolist() for each in signals}
        else:
            populations[block.name] = [_segment(each) for each in block.segments]
    for each in names.values():
        if type(each).__name__ == "SynapseRecorder":
            synapses.setdefault(each.projection.label, {})[each.variable] = each.values
    recordings = [json.loads(path.read_text()) for path in Path(folder).glob("*-recordings.json")]
    return {
        "populations": populations,
        "synapses": synapses,
        **({"recordings": recordings[0]} if recordings else {}),
    }


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
                cells = segments.setdefault(segment.name, {})
                for train in segment.spiketrains:
                    cells.setdefault(str(train.annotations["source_index"]), []).extend(_in_ms(train))

    def end(self):
        """Reads all spikes, once the script has made a network."""
        if self._populations and not self._ended:
            for population in self._populations:
                self._read(population.recorder)
            self._ended = True

    def of(self, populations):
        """Returns the segments of populations.

        Args:
            populations: name and size of each, in the order of their creation.
        """
        made, known = [each.size for each in self._populations], [size for _, size in populations]
        if made != known:
            raise SystemExit(f"this script makes populations of {made} cells here, but {known} when it was captured")
        return {
            name: [{"spikes": cells, "signals": {}} for _, cells in sorted(self._spikes[each.recorder].items())]
            for (name, _), each in zip(populations, self._populations)
        }


def run_pynn_as_it_is(script, simulator, populations):
    """Runs a script for any simulator of PyNN under one, and returns the spikes that it records."""
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
    return {"populations": recorded.of(json.loads(populations))}


#: Simulators of PyNN, by the names of their modules.
_simulators = {"nest", "neuron", "brian2", "brian", "genn", "moose", "nemo", "pcsim", "spiNNaker", "interneuron"}


def _segment(segment):
    return {
        "spikes": {str(train.annotations["source_index"]): _in_ms(train) for train in segment.spiketrains},
        "signals": {
            signal.name: {
                "cells": [int(index) for index in signal.array_annotations["channel_index"]],
                "times": _in_ms(signal.times),
                "values": signal.magnitude.tolist(),
            }
            for signal in segment.analogsignals
        }
        | {
            signal.name: {
                "cells": [int(index) for index in signal.array_annotations["channel_index"]],
                "times": _in_ms(signal.times),
                # Cells that pause while others are recorded.
                "values": [[None if value != value else value for value in row] for row in signal.magnitude.tolist()],
            }
            for signal in segment.irregularlysampledsignals
        },
    }


def _in_ms(times):
    return times.rescale("ms").magnitude.tolist()


def take_fine_steps():
    """Lets `pyNN.nest` take steps that are not whole tics of NEST, 0.001 ms: such runs have tics of 1/64000 ms."""
    import nest
    import pyNN.nest as sim

    setup, reset = sim.setup, nest.ResetKernel

    def reset_with_tics():
        reset()
        nest.SetKernelStatus({"tics_per_ms": 64000, "resolution": 0.1})

    def setup_with_tics(timestep=0.1, *others, **options):
        is_fine = isinstance(timestep, float) and abs(1000 * timestep - round(1000 * timestep)) > 1e-9
        # NEST's module refuses that its functions are replaced by assignment.
        vars(nest)["ResetKernel"] = reset_with_tics if is_fine else reset
        return setup(timestep, *others, **options)

    sim.setup = setup_with_tics


def main(notation, results, script, *arguments):
    """Runs a script with its arguments in its folder, and writes the file of results."""
    results, script = Path(results).resolve(), Path(script).resolve()
    if notation == "pynn" and "nest" in arguments:
        take_fine_steps()
    os.chdir(script.parent)
    if notation == "pynn-as-it-is":
        simulator, populations, *own = arguments
        # Most scripts ask for the name of the simulator, wherever it stands.
        sys.argv = [str(script), *([simulator if word in _simulators else word for word in own] or [simulator])]
        results.write_text(json.dumps(run_pynn_as_it_is(script, simulator, populations)))
        return
    sys.argv = [str(script), *arguments]
    names = runpy.run_path(str(script), run_name="__main__")
    found = records_of_brian(names) if notation == "brian" else records_of_pynn(names, ".")
    results.write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
