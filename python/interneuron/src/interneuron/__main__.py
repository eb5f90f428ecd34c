"""The command line: `python -I -m interneuron` is `interneuron`; without `-I`, Python imports from the current folder first."""

from __future__ import annotations

import gc
import importlib
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ._errors import InterneuronError, ModelError, ServerError, UnsupportedError, UsageError
from ._node import node, program
from ._script_errors import explained
from ._script_words import read_words
from ._scripts import is_file
from ._search_path import packages_path
from ._server import prepare

#: Simulators whose scripts run here, by command: name, package, and the name that it is imported by.
_packages = {
    "pynn": ("PyNN", "pynn-interneuron", "interneuron_pynn"),
    "brian": ("Brian", "brian2-interneuron", "brian2_interneuron"),
    "neuron": ("NEURON", "neuron-interneuron", "interneuron_neuron"),
}


def main() -> int:
    """Runs one command with the words of this process."""
    sys.path[:] = packages_path()
    simulator = None
    try:
        words = sys.argv[1:]
        if words[:1] == ["help"] and words[1:] in (["pynn"], ["brian"]):
            words = [words[1], "--help"]
        if words[:1] == ["pynn"] or words[:1] == ["brian"]:
            return _run_script(words[0], words[1:])
        if words[:1] == ["neuron"] and not {"--help", "-h"} & set(words):
            # A model of NEURON is converted, to the canonical notation unless another one is given.
            simulator = "neuron"
            is_given = any(word.partition("=")[0] == "--to" for word in _split(words)[0])
            words = ["convert", *([] if is_given else ["--to", "canonical"]), *words[1:]]
        command = [node(), str(program()), *words]
        given, own = _split(words)
        if given[:1] and given[0] in _MODEL_COMMANDS:
            done = _with_scripts(given, own, command[:2], simulator)
            if done is not None:
                return done
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


#: Commands that take models, which may be scripts.
_MODEL_COMMANDS = ("run", "convert", "validate", "describe", "codegen", "verify", "matrix")
#: Options whose values are files that a command writes.
_OUTPUTS = ("-o", "--output", "--report")


def _with_scripts(words: list[str], own: list[str], program: list[str], simulator: str | None) -> int | None:
    """Runs a command on the networks of the scripts among its words.

    Args:
        words: the command, its models and options.
        own: arguments of the scripts.
        program: the program, as a list.
        simulator: the command for the scripts; None: read from each script.

    Returns:
        the largest exit code; None if there is no script.
    """
    # The program asks for it; here it is the rule.
    words = [word for word in words if word != "--execute"]
    places = [k for k in range(1, len(words)) if words[k - 1] not in _OUTPUTS]
    scripts = [k for k in places if words[k].endswith((".py", ".hoc", ".oc")) and not words[k].startswith("-")]
    standard_input = next((k for k in places if words[k] == "-"), None)
    if standard_input is not None:
        text = sys.stdin.buffer.read()
        if not simulator and not _simulator_of(text.decode("utf-8", "replace").splitlines()):
            return subprocess.run([*program, *words], input=text).returncode
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "stdin.py")
            Path(script).write_bytes(text)
            return _on_scripts([*words[:standard_input], script, *words[standard_input + 1 :]], [standard_input], own, program, simulator)
    return _on_scripts(words, scripts, own, program, simulator) if scripts else None


def _on_scripts(words: list[str], scripts: list[int], own: list[str], program: list[str], given: str | None) -> int:
    """Runs a command on each script, which has its place among the words, and on the other models together."""
    name, rest = words[0], [word for k, word in enumerate(words) if k > 0 and k not in scripts]
    models = [word for k, word in enumerate(rest) if os.path.exists(word) and (k == 0 or rest[k - 1] not in _OUTPUTS)]
    codes = []
    if name == "validate" and models:
        codes.append(subprocess.run([*program, name, *rest]).returncode)
        rest = [word for word in rest if word not in models]
    for k in scripts:
        if not is_file(words[k]):
            codes.append(2)
            continue
        with open(words[k], encoding="utf-8", errors="replace") as lines:
            simulator = given or ("neuron" if words[k].endswith((".hoc", ".oc")) else _simulator_of(lines) or "pynn")
        codes.append(int(_launcher(simulator).use_script([words[k], *rest], [*program, name], own)))
    return max(codes)


#: Commands for scripts, by the simulator, or framework on NEURON, that they import.
_IMPORTED = {
    "brian2": "brian",
    "pyNN": "pynn",
    **dict.fromkeys(("neuron", "netpyne", "bmtk", "LFPy", "bluepyopt", "hnn_core"), "neuron"),
}


def _simulator_of(lines: Iterable[str]) -> str | None:
    """The command for a script by what it imports; None if that is no known simulator.

    Scripts of PyNN may import Brian 2 in places, too: the import with the least indentation counts. Scripts for several
    simulators may import NEURON, too.
    """
    found = [re.match(rf"(\s*)(?:from|import)\s+({'|'.join(_IMPORTED)})\b", line) for line in lines]
    imports = [(_IMPORTED[each[2]] == "neuron", len(each[1]), each[2] == "pyNN", each[2]) for each in found if each]
    return _IMPORTED[min(imports)[3]] if imports else None


def _run_script(command: str, words: list[str]) -> int:
    """Runs a script of PyNN or Brian."""
    options, script = read_words(command, words)
    if not is_file(script[0]):
        return 2
    # The engine starts while the simulator is imported.
    prepare()
    launcher = _launcher(command)
    try:
        return int(launcher.run_script(script, **options))
    except Exception as error:
        if os.environ.get("INTERNEURON_STACK"):
            traceback.print_exception(error)
        print(explained(script[0], error), file=sys.stderr)
        return 2 if isinstance(error, (UsageError, ServerError)) else 1


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
        raise UsageError(f"scripts of {simulator} need the package {package} ({error})", "build and install its wheel (docs/python.md)") from error
    finally:
        gc.enable()
    return launcher


if __name__ == "__main__":
    sys.exit(main())
