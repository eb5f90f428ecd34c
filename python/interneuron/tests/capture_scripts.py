"""Captures the networks of all scripts in a folder, each in a fork, as commands do: NAME.json, and NAME.err for stderr.

Arguments: brian or pynn, and the folder.
"""

import os
import sys
import warnings
from pathlib import Path

from interneuron._scripts import captured_by

warnings.simplefilter("ignore")
if sys.argv[1] == "brian":
    from brian2_interneuron.capture import capture
else:
    from interneuron_pynn.launcher import _named_simulators, capture


def captured(script):
    """Captures one script. Gives the exit code."""
    words = [str(script.with_suffix(".json")), str(script)]
    if sys.argv[1] == "pynn":
        words += [word for name in _named_simulators(script) for word in ("--instead-of", name)] + ["--", "interneuron"]
    return captured_by(capture, words, str(script))


for script in sorted(Path(sys.argv[2]).glob("*.py")):
    process = os.fork()
    if process == 0:
        os.dup2(os.open(script.with_suffix(".err"), os.O_CREAT | os.O_WRONLY), 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = 99
        try:
            code = captured(script)
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.waitpid(process, 0)
print("captured")
