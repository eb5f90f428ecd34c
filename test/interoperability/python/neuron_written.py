"""Runs written mechanisms in NEURON under a potential that stays, and prints what they compute.

    python neuron_written.py FOLDER RUNS

FOLDER holds .mod files. RUNS is a list in JSON, each item with `name`, `level` in mV, and `variables`. A density mechanism starts at -65 mV, and
then has the level; a point process has the level and receives events of weight 2 in the steps at 1 and 3 ms. Prints a list: for each item the rows of its
variables, the current last, each 0.5 ms from 0 on.
"""

import json
import subprocess
import sys
from pathlib import Path

OUTPUT_VERSION = 1


def run(h, name, level, variables):
    """Return rows of a mechanism."""
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    # So much that no current changes the potential.
    soma.cm = 1e12
    is_point = name.endswith("Synapse")
    if is_point:
        point = getattr(h, name)(soma(0.5))
        connection = h.NetCon(None, point)
        connection.weight[0], connection.delay = 2, 0
    else:
        soma.insert(name)
        point = getattr(soma(0.5), name)
    h.dt = 0.025
    h.finitialize(level if is_point else -65)
    soma.v = level
    if is_point:
        connection.event(1.01)
        connection.event(3.01)
    rows = []
    for k in range(11):
        h.fcurrent()
        rows.append([getattr(point, each) for each in variables] + [point.i])
        for _ in range(20):
            h.fadvance()
    return rows


def main(folder, runs):
    """Compile the files, and run each."""
    subprocess.run([Path(sys.executable).parent / "nrnivmodl", "."], cwd=folder, check=True, capture_output=True)
    from neuron import h

    h.nrn_load_dll(str(next(Path(folder).glob("*/libnrnmech.*"), None) or next(Path(folder).glob("*/.libs/libnrnmech.*"))))
    print(json.dumps([run(h, each["name"], each["level"], each["variables"]) for each in runs]))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
