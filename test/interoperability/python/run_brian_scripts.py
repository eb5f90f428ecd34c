"""Runs Brian 2 scripts one after another with NumPy as their engine, and prints a list of what their monitors recorded as JSON.

Usage: python run_brian_scripts.py SCRIPT...
A script writes its records to the file that its argument names, as exported scripts do. What a script raises takes the
place of its records, as {"error": text}.
"""
import contextlib
import gc
import json
import runpy
import sys
import tempfile
from pathlib import Path

import brian2


def records(script, results):
    brian2.device.reinit()
    brian2.device.activate()
    brian2.start_scope()
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.collect()
    gc.freeze()
    sys.argv = [script, str(results)]
    try:
        with contextlib.redirect_stdout(sys.stderr):
            runpy.run_path(script, run_name='__main__')
    except Exception as error:  # whatever it is, the test shows it
        return {'error': f'{type(error).__name__}: {error.__cause__ or error}'}
    return json.loads(results.read_text())


if __name__ == '__main__':
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    with tempfile.TemporaryDirectory() as folder:
        scripts = sys.argv[1:]
        json.dump([records(script, Path(folder) / f'{k}.json') for k, script in enumerate(scripts)], sys.stdout)
