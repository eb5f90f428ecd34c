"""The command line: `python -m interneuron` is `interneuron`."""

from __future__ import annotations

import gc
import importlib
import os
import re
import subprocess
import sys
from typing import Any

from ._errors import InterneuronError, ModelError, UnsupportedError, UsageError
from ._node import node, program
from ._script_words import read_words
from ._scripts import is_file
from ._server import prepare

#: Simulators whose scripts run here, by command: name, package, and the name that it is imported by.
_packages = {
    "pynn": ("PyNN", "pynn-interneuron", "interneuron_pynn"),
    "brian": ("Brian", "brian2-interneuron", "brian2_interneuron"),
}


def main() -> int:
    """Runs one command with the words of this process."""
    try:
        words = sys.argv[1:]
        if words[:1] == ["pynn"] or words[:1] == ["brian"]:
            return _run_script(words[0], words[1:])
        command = [node(), str(program()), *words]
        given, own = _split(words)
        script = _script_to_convert(given)
        if script is not None:
            rest = [*given[1:script], *given[script + 1 :]]
            simulator = "brian" if _imports_brian(given[script]) else "pynn"
            return int(_launcher(simulator).convert_script([given[script], *rest], command[:2], own))
    except InterneuronError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, (ModelError, UnsupportedError)) else 2
    if sys.platform != "win32":
        os.execv(command[0], command)
    # Ctrl-C reaches the command too, which ends in order.
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The words before `--`, and those after it, which are a script's own."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]


def _script_to_convert(words: list[str]) -> int | None:
    """Where the script stands among the words of `convert`, if they name one: options may precede it."""
    if words[:1] != ["convert"]:
        return None
    for place in range(1, len(words)):
        if words[place].endswith(".py") and not words[place].startswith("-"):
            if words[place - 1] not in ("-o", "--output", "--report"):
                return place
    return None


def _imports_brian(path: str) -> bool:
    """Whether a file is a script of Brian 2: those of PyNN may import it in places, too."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = [re.match(r"(\s*)(?:from|import)\s+(brian2|pyNN)\b", line) for line in file]
    except OSError:
        return False
    first = min((len(each[1]), each[2] != "brian2") for each in found if each) if any(found) else (0, True)
    return not first[1]


def _run_script(command: str, words: list[str]) -> int:
    """Runs a script of PyNN or Brian."""
    options, script = read_words(command, words)
    if not is_file(script[0]):
        return 2
    # The engine starts while the simulator is imported.
    prepare()
    return int(_launcher(command).run_script(script, **options))


def _launcher(command: str) -> Any:
    """Imports the module of a package that runs and converts scripts.

    Raises:
        UsageError: if the package is not installed.
    """
    simulator, package, module = _packages[command]
    # Nothing of what is imported is garbage: neither looked for now, nor whenever a simulator collects it.
    gc.disable()
    try:
        launcher = importlib.import_module(f"{module}.launcher")
        gc.freeze()
    except ImportError as error:
        raise UsageError(f"scripts of {simulator} need the package {package} ({error})", "install it with pip") from error
    finally:
        gc.enable()
    return launcher


if __name__ == "__main__":
    sys.exit(main())
