"""Runs a script for Brian 2 or PyNN, and writes what its network recorded as JSON.

Usage: python run_script.py brian|pynn RESULTS SCRIPT [ARGUMENT...]

A script for Brian needs nothing for it: all monitors that are variables are read when it ends, by their names. Where it
collects what they have recorded before each return to the start in a list `segments`, that is read. A script for PyNN
writes Neo blocks into the current folder, by `write_data`, and these are read: it runs in its own folder, which should have
no others.
"""

import json
import os
import pickle
import re
import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "src/simulators/python"))
from run_columns import take_fine_steps

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


def main(notation, results, script, *arguments):
    """Runs a script with its arguments in its folder, and writes the file of results."""
    results, script = Path(results).resolve(), Path(script).resolve()
    if notation == "pynn" and "nest" in arguments:
        import pyNN.nest

        take_fine_steps(pyNN.nest)
    os.chdir(script.parent)
    sys.argv = [str(script), *arguments]
    names = runpy.run_path(str(script), run_name="__main__")
    found = records_of_brian(names) if notation == "brian" else records_of_pynn(names, ".")
    results.write_text(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
