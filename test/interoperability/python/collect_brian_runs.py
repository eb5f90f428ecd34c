"""Runs a Brian 2 script once for each of several seeds, with NumPy as its engine, and prints the records of all runs as JSON.

Usage: python collect_brian_runs.py SCRIPT SEED...
SCRIPT calls `seed(n)` once, at the start of a line, as exported scripts do; another number is put there for each run. One
process for all seeds, since Brian's analysis of equations is kept from one run to the next.
"""
import contextlib
import gc
import json
import re
import sys
from pathlib import Path

import brian2

from run_script import records_of_brian


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def main(script, *seeds):
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    json.dump([records(Path(script).read_text(), seed) for seed in seeds], sys.stdout)


def records(text, seed):
    text, found = re.subn(r'^seed\(\d+\)$', f'seed({int(seed)})', text, flags=re.MULTILINE)
    assert found == 1, f'{found} lines of the script set a seed'
    # What an earlier script made is no part of this one's network.
    brian2.start_scope()
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.collect()
    gc.freeze()
    sys.argv, names = ['script'], {'__name__': '__main__'}
    with contextlib.redirect_stdout(sys.stderr):
        exec(compile(text, 'script', 'exec'), names)
    return records_of_brian(names)


if __name__ == '__main__':
    main(*sys.argv[1:])
