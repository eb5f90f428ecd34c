"""Runs a Brian 2 script with NumPy as its engine and prints the records of its monitors as JSON. What GSL integrates is
compiled: Brian has it so only. Compiling all else too would take a minute for each script.

Usage: python run_brian_script.py SCRIPT [DURATION_MS]
       python run_brian_script.py --each-line
With a duration, every call of run that would end later is cut short. `--each-line`: Brian is imported once, and each
line of standard input, a JSON list of arguments, is run in a process forked from there; its records are a line of
standard output, null where it fails.
"""
import contextlib
import gc
import json
import os
import runpy
import sys
import traceback
from pathlib import Path

import brian2
from brian2.stateupdaters.GSL import GSLContainer

from run_script import records_of_brian


# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1


def main(script, duration=None):
    brian2.prefs.codegen.target = 'numpy'
    brian2.BrianLogger.suppress_hierarchy('brian2')
    GSLContainer.get_codeobj_class = compiled
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.freeze()
    if duration is not None:
        shorten(float(duration) * brian2.ms)
    sys.argv = [script]
    with contextlib.redirect_stdout(sys.stderr):
        names = runpy.run_path(script, run_name='__main__')
    json.dump(records_of_brian(names), sys.stdout)


def compiled(_):
    from brian2.codegen.runtime.GSLcython_rt import GSLCythonCodeObject

    return GSLCythonCodeObject


def shorten(limit):
    whole = brian2.run

    def run(time, *arguments, **options):
        left = limit - brian2.magic_network.t
        return whole(min(time, left), *arguments, **options, level=1)

    brian2.run = run


def each_line():
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            failed = True
            try:
                main(*json.loads(line))
                failed = False
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(failed)
        print('null' if os.waitpid(child, 0)[1] else '', flush=True)


if __name__ == '__main__':
    each_line() if sys.argv[1:] == ['--each-line'] else main(*sys.argv[1:])
