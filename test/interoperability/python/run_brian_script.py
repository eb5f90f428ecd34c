"""Runs a Brian 2 script with NumPy as its engine and prints the records of its monitors as JSON.

Usage: python run_brian_script.py SCRIPT [DURATION_MS]
SCRIPT writes its records to the file that its argument names, as exported scripts do. With a duration, every call of run
that would end later is cut short.
"""
import contextlib
import gc
import json
import runpy
import sys
import tempfile
from pathlib import Path

import brian2


def main(script, duration=None):
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.freeze()
    if duration is not None:
        shorten(float(duration) * brian2.ms)
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / 'results.json'
        sys.argv = [script, str(results)]
        with contextlib.redirect_stdout(sys.stderr):
            runpy.run_path(script, run_name='__main__')
        json.dump(json.loads(results.read_text()), sys.stdout)


def shorten(limit):
    whole = brian2.run

    def run(time, *arguments, **options):
        left = limit - brian2.magic_network.t
        return whole(min(time, left), *arguments, **options, level=1)

    brian2.run = run


if __name__ == '__main__':
    main(*sys.argv[1:])
