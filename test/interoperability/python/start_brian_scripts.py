"""Starts Brian 2 scripts: each run is one step long. Prints a list of what they raise as JSON, null where nothing.

Usage: python start_brian_scripts.py SCRIPT...
"""
import contextlib
import gc
import json
import os
import runpy
import sys
from pathlib import Path

import brian2


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def one_step(self, duration, *words, **options):
    options['level'] = options.get('level', 0) + 1
    run(self, min(duration, brian2.defaultclock.dt), *words, **options)


run = brian2.Network.run
brian2.Network.run = one_step


def failure(script):
    brian2.device.reinit()
    brian2.device.activate()
    brian2.start_scope()
    gc.collect()
    gc.freeze()
    sys.argv = [script]
    os.chdir(Path(script).parent)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            runpy.run_path(script, run_name='__main__')
    except Exception as error:  # whatever it is, the test shows it
        return f'{type(error).__name__}: {error.__cause__ or error}'
    return None


if __name__ == '__main__':
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    json.dump([failure(script) for script in sys.argv[1:]], sys.stdout)
