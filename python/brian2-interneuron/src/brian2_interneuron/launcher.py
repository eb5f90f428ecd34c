"""`interneuron brian script.py`: runs a script of Brian 2 as it is, on this device; `interneuron convert` has it captured."""

import gc
import os
import sys

import brian2
from interneuron._scripts import convert_captured, is_file, run_file

from .stand_ins import DEVICES, stand_in

#: Options of the command, with what `set_device` calls them and how their text is read.
_OPTIONS = {
    "--target": ("target", str),
    "-t": ("target", str),
    "--threads": ("threads", int),
    "--device": ("device", str),
    "--precision": ("precision", str),
    "--seed": ("seed", int),
    "--connect": ("connect", str),
    "--output": ("output", str),
    "-o": ("output", str),
}


def run_script(words):
    """Runs a script with its arguments.

    Args:
        words: options of the command, the script, and its own arguments.

    Returns:
        the exit code.
    """
    words, options = list(words), {}
    while words and words[0].startswith("-"):
        word = words.pop(0)
        name, _, value = word.partition("=")
        if name == "--strict":
            options["strict"] = True
            continue
        if name not in _OPTIONS:
            print(f"error: brian has no option {name}; known: {', '.join([*_OPTIONS, '--strict'])}", file=sys.stderr)
            return 2
        if not value and not words:
            print(f"error: {name} needs a value", file=sys.stderr)
            return 2
        key, read = _OPTIONS[name]
        try:
            given = read(value or words.pop(0))
        except ValueError as error:
            print(f"error: {name}: {error}", file=sys.stderr)
            return 2
        options[key] = [*options.get(key, []), given] if key == "output" else given
    if not words:
        print("error: brian needs a script; write: interneuron brian [--target c] script.py", file=sys.stderr)
        return 2
    script = words[0]
    if not is_file(script):
        return 2
    # As an attribute of its package this name is the current device.
    devices = sys.modules["brian2.devices.device"]

    devices.set_device("interneuron", **options)
    # A script that chooses another device gets this one: its network is the same.
    chosen = devices.set_device

    def set_device(device, build_on_run=True, **kwargs):
        if device in DEVICES:
            return chosen("interneuron", build_on_run, **{**kwargs, **options})
        return chosen(device, build_on_run, **kwargs)

    for module in (brian2, brian2.only, devices, brian2.devices):
        module.set_device = set_device
    stand_in()
    try:
        run_file(words)
    finally:
        # Python would look through all modules twice when it ends.
        gc.collect()
        gc.freeze()
    return 0


def convert_script(words, program, arguments=()):
    """`interneuron convert script.py --to NOTATION -o FILE [-- ARGUMENT…]`: the network of a script.

    The script is executed, in a process of its own, until its network is known: the first that it runs, or
    another one with `--network 2`.

    Args:
        words: those after `convert`.
        program: the command of the program, as a list.
        arguments: the script's own.
    """
    words, options = [words[0], *words[1:]], ["--partial"] if "--partial" in words else []
    asked = next((k for k, word in enumerate(words) if word.partition("=")[0] == "--network"), None)
    if asked is not None:
        # `--network 2` or `--network=2`.
        given = words.pop(asked).partition("=")[2] or (words.pop(asked) if asked < len(words) else "")
        if not given.isdigit() or int(given) == 0:
            print("error: --network needs the number of a network that the script runs, 1 for the first", file=sys.stderr)
            return 2
        options.append(f"--network={given}")
    return convert_captured(
        words[0],
        lambda captured: ["brian2_interneuron.capture", *options, captured, words[0], *arguments],
        lambda captured: [*program, "convert", captured, *words[1:]],
        {**os.environ, "MPLBACKEND": "Agg"},
    )
