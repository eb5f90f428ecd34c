"""Runs PyNN scripts on one simulator and prints what they recorded, or how they failed, as JSON.

    python run_pynn_scripts.py simulator folder script.py...
    python run_pynn_scripts.py --network simulator folder script.py...

The simulator is imported once; each script runs in a process of its own, forked from there. With --network, what is printed is the
network that each script builds: positions in um by population, and (i, j, weight, delay) of the synapses by projection.
"""

import contextlib
import json
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path

from run_script import records_of_pynn


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def load(simulator):
    """Imports the simulator quietly; Brian 2 without compiling, which would take minutes."""
    warnings.simplefilter('ignore')
    with contextlib.redirect_stdout(sys.stderr):
        if simulator == 'brian2':
            import brian2

            brian2.prefs.codegen.target = 'numpy'
            brian2.BrianLogger.suppress_hierarchy('brian2')
        return __import__('pyNN.' + simulator)


def network(names):
    """Positions and synapses of what the variables of a script hold."""
    positions, synapses = {}, {}
    for value in names.values():
        kind = type(value).__name__
        if kind == 'Population':
            positions[value.label] = value.positions.T.tolist()
        elif kind == 'Projection':
            rows = value.get(['weight', 'delay'], format='list')
            synapses[value.label] = [[int(row[0]), int(row[1]), float(row[2]), float(row[3])] for row in rows]
    return {'positions': positions, 'synapses': synapses}


def run(simulator, script, output, whole):
    """Runs a script in its folder; its failure is written in place of results."""
    sys.argv = [script, simulator]
    os.chdir(os.path.dirname(script))
    try:
        names = runpy.run_path(script, run_name='__main__')
        found = records_of_pynn(names, '.') if whole else network(names)
        with open(output, 'w') as file:
            json.dump(found, file)
    except BaseException as error:
        if isinstance(error, SystemExit) and not error.code:
            return
        with open(output, 'w') as file:
            lines = traceback.format_exc().strip().splitlines()
            json.dump({'error': f'{type(error).__name__}: {error}', 'trace': lines[-12:]}, file)


def main(simulator, folder, scripts, whole):
    load(simulator)
    results = []
    for number, script in enumerate(scripts):
        output = os.path.join(folder, f'{simulator}-{os.getpid()}-{number}.json')
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            run(simulator, script, output, whole)
            sys.stderr.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.path.exists(output):
            with open(output) as file:
                results.append(json.load(file))
        else:
            results.append({'error': f'the simulator ended with status {status}', 'trace': []})
    json.dump(results, sys.stdout)


if __name__ == '__main__':
    networks = sys.argv[1] == '--network'
    simulator, folder, *scripts = sys.argv[2:] if networks else sys.argv[1:]
    main(simulator, folder, scripts, not networks)
