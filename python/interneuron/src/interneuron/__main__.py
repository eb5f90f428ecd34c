"""The command line: `python -m interneuron` is `interneuron`."""

from __future__ import annotations

import os
import subprocess
import sys

from ._errors import InterneuronError
from ._node import node, program


def main() -> int:
    """Runs one command with the words of this process."""
    try:
        words = sys.argv[1:]
        if words[:1] == ["pynn"]:
            return _pynn(words[1:])
        command = [node(), str(program()), *words]
    except InterneuronError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if sys.platform != "win32":
        os.execv(command[0], command)
    # Ctrl-C reaches the command too, which ends in order.
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _pynn(words: list[str]) -> int:
    """Runs a script of PyNN, which the package pynn-interneuron does."""
    try:
        from interneuron_pynn.launcher import run_script
    except ImportError as error:
        print(f"error: scripts of PyNN need the package pynn-interneuron ({error}); install it with pip", file=sys.stderr)
        return 2
    return int(run_script(words))


if __name__ == "__main__":
    sys.exit(main())
