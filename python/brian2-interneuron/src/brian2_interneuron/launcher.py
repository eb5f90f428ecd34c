"""`interneuron brian script.py`: runs a script of Brian 2 as it is, on this device, or writes its network."""

import json
import os
import re
import sys
from pathlib import Path

from interneuron._scripts import Captured, convert_captured, is_file, run_file

#: Options of the command, with what `set_device` calls them and how their text is read.
_OPTIONS = {
    "--target": ("target", str),
    "-t": ("target", str),
    "--threads": ("threads", int),
    "--device": ("device", str),
    "--precision": ("precision", str),
    "--seed": ("seed", int),
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
    import brian2

    import brian2_interneuron  # noqa: F401

    # As an attribute of its package this name is the current device.
    devices = sys.modules["brian2.devices.device"]

    devices.set_device("interneuron", **options)
    # A script that chooses a device of Brian's own gets this one: its network is the same.
    chosen = devices.set_device

    def set_device(device, build_on_run=True, **kwargs):
        if device in ("runtime", "cpp_standalone", "interneuron"):
            return chosen("interneuron", build_on_run, **{**kwargs, **options})
        return chosen(device, build_on_run, **kwargs)

    for module in (brian2, brian2.only, devices, brian2.devices):
        module.set_device = set_device
    run_file(words)
    return 0


def capture(words):
    """Runs a script until its network runs for the first time, and writes it as a specification with its arrays.

    Args:
        words: the file to write, the script, and its own arguments.
    """
    from .device import InterneuronDevice
    from .script_names import connect_by_rules, name_by_variables

    output = Path(words[0])
    prepare = InterneuronDevice._prepare

    def prepared(device, net, *rest):
        name_by_variables(net.objects)
        return prepare(device, net, *rest)

    def captured(_device, net, document, start, duration):
        if start:
            print("error: the network is not at its beginning", file=sys.stderr)
            raise SystemExit(1)
        name = Path(words[1]).stem if re.fullmatch(r"(magic)?network(_\d+)?", net.name) else net.name
        connect_by_rules(document, net.objects)
        text = json.dumps({**document.parts, "name": name, "run": f"{duration!r}*second"})
        output.write_text(text, encoding="utf-8")
        folder = output.with_suffix(".data")
        for name, array in document.data.items():
            if name in text:
                folder.mkdir(exist_ok=True)
                array.tofile(folder / name)
        raise Captured

    InterneuronDevice.run_document = captured
    InterneuronDevice._prepare = prepared
    try:
        run_script(["--strict", *words[1:]])
    except Captured:
        return 0
    except NotImplementedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"error: {words[1]} runs no network", file=sys.stderr)
    return 1


def convert_script(words, program, arguments=()):
    """`interneuron convert script.py --to NOTATION -o FILE [-- ARGUMENT…]`: the network of a script.

    The script is executed, in a process of its own, until it first runs its network; what it does later is not
    converted.

    Args:
        words: those after `convert`.
        program: the command of the program, as a list.
        arguments: the script's own.
    """
    return convert_captured(
        words[0],
        lambda captured: ["brian2_interneuron.launcher", captured, words[0], *arguments],
        lambda captured: [*program, "convert", captured, *words[1:]],
        {**os.environ, "MPLBACKEND": "Agg"},
    )


if __name__ == "__main__":
    sys.exit(capture(sys.argv[1:]))
