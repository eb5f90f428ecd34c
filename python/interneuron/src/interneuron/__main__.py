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
        if words[:1] == ["brian"]:
            return _brian(words[1:])
        command = [node(), str(program()), *words]
        if words[:1] == ["convert"] and any(word.endswith(".py") for word in words[1:2]):
            if _imports_brian(words[1]):
                return _brian(words[1:], command[:2])
            return _pynn(words[1:], command[:2])
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


def _pynn(words: list[str], converts: list[str] | None = None) -> int:
    """Runs a script of PyNN, or converts its network, which the package pynn-interneuron does."""
    try:
        from interneuron_pynn.launcher import convert_script, run_script
    except ImportError as error:
        print(f"error: scripts of PyNN need the package pynn-interneuron ({error}); install it with pip", file=sys.stderr)
        return 2
    return int(run_script(words) if converts is None else convert_script(words, converts))


def _imports_brian(path: str) -> bool:
    """Whether a file is a script of Brian 2."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return any(line.split()[:2] in (["from", "brian2"], ["import", "brian2"]) for line in file)
    except OSError:
        return False


def _brian(words: list[str], converts: list[str] | None = None) -> int:
    """Runs a script of Brian 2, or converts its network, which the package brian2-interneuron does."""
    try:
        from brian2_interneuron.launcher import convert_script, run_script
    except ImportError as error:
        print(f"error: scripts of Brian need the package brian2-interneuron ({error}); install it with pip", file=sys.stderr)
        return 2
    return int(run_script(words) if converts is None else convert_script(words, converts))


if __name__ == "__main__":
    sys.exit(main())
