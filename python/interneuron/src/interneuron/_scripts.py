"""Scripts of other simulators: run as they are, or until their network is known."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class Captured(BaseException):
    """The network is known: the script need not go on."""


def is_file(script: str) -> bool:
    """Whether a script is there; says so where it is not."""
    if os.path.isfile(script):
        return True
    print(f"error: there is no file {script}", file=sys.stderr)
    return False


def run_file(words: list[str]) -> None:
    """Runs a script as Python does.

    Args:
        words: the script and its own arguments.
    """
    script = words[0]
    sys.argv = words
    sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
    runpy.run_path(script, run_name="__main__")


def convert_captured(
    script: str,
    launcher: Callable[[str], Sequence[str]],
    convert: Callable[[str], Sequence[str]],
    environment: Mapping[str, str] | None = None,
) -> int:
    """Converts the network of a script.

    The script is executed, in a process of its own, until it first runs its network; what it does later is not
    converted.

    Args:
        script: its path.
        launcher: the module of the process and its arguments, for the file that it is to write.
        convert: the command that converts that file.
        environment: of the process; None: that of this one.

    Returns:
        the exit code.
    """
    print(f"executing {script} until it first runs its network; what it does later is not converted", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        captured = os.path.join(folder, f"{Path(script).stem}.json")
        child = [sys.executable, "-W", "ignore", "-m", *launcher(captured)]
        code = subprocess.run(child, stdout=subprocess.DEVNULL, env=environment).returncode
        if code != 0 or not os.path.exists(captured):
            print(f"error: {script} ended before its network was known", file=sys.stderr)
            return code or 1
        # What the process leaves out of the file, a line for each part.
        gone = Path(left_out_beside(captured))
        sentences = gone.read_text(encoding="utf-8").splitlines() if gone.exists() else []
        words = [word for sentence in sentences for word in ("--left-out", sentence)]
        return subprocess.run([*convert(captured), *words]).returncode


def left_out_beside(captured: str) -> str:
    """The file in which a process notes what it leaves out of what it writes.

    Args:
        captured: the file that it writes.
    """
    return f"{captured}.left-out"
