"""Runs Brian 2 scripts one after another with NumPy as their engine, and prints a list of what their monitors recorded as JSON.

Usage: python run_brian_scripts.py SCRIPT...
What a script raises takes the place of its records, as {"error": text}.
"""
import contextlib
import gc
import json
import runpy
import sys
from pathlib import Path

import brian2

from run_script import records_of_brian


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def records(script):
    brian2.device.reinit()
    brian2.device.activate()
    brian2.start_scope()
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.collect()
    gc.freeze()
    sys.argv = [script]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            names = runpy.run_path(script, run_name='__main__')
    except Exception as error:  # whatever it is, the test shows it
        return {'error': f'{type(error).__name__}: {error.__cause__ or error}'}
    return records_of_brian(names)


if __name__ == '__main__':
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    json.dump([records(script) for script in sys.argv[1:]], sys.stdout)
