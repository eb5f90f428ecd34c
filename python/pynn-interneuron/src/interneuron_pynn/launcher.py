"""`interneuron pynn script.py`: runs a script that names another simulator, or asks for one, on this backend."""

import runpy
import sys


def run_script(words):
    """Runs a script with its arguments.

    Args:
        words: the script, its own arguments, and `--instead-of NAME` for a simulator that it imports by name.

    Returns:
        the exit code.
    """
    words = list(words)
    names = []
    while "--instead-of" in words:
        at = words.index("--instead-of")
        if at + 1 >= len(words):
            print("error: --instead-of needs the name of a simulator, such as nest", file=sys.stderr)
            return 2
        names.append(words[at + 1])
        del words[at : at + 2]
    if not words:
        print("error: pynn needs a script; write: interneuron pynn script.py [--instead-of nest]", file=sys.stderr)
        return 2
    import pyNN

    import interneuron_pynn

    for name in ["interneuron", *names]:
        sys.modules[f"pyNN.{name}"] = interneuron_pynn
        setattr(pyNN, name, interneuron_pynn)
    script = words[0]
    import os

    if not os.path.isfile(script):
        print(f"error: there is no file {script}", file=sys.stderr)
        return 2
    sys.argv = words
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    runpy.run_path(script, run_name="__main__")
    return 0
