"""`interneuron brian script.py`: runs a script of Brian 2 as it is, on this device; commands on its network have it captured."""

import gc
import os
import sys

import brian2
from interneuron._scripts import command_on_script, run_file

from .device import InterneuronDevice
from .stand_ins import DEVICES, stand_in


def run_script(words, **options):
    """Runs a script with its arguments.

    Args:
        words: the script and its own arguments.
        options: of `set_device`; `device` is a device of the engine.

    Returns:
        the exit code.
    """
    if "device" in options:
        options["engine_device"] = options.pop("device")
    # As an attribute of its package this name is the current device.
    devices = sys.modules["brian2.devices.device"]

    devices.set_device("interneuron", **options)
    # A script that chooses another device gets this one: its network is the same.
    chosen = devices.set_device

    def set_device(device, build_on_run=True, **kwargs):
        if device in DEVICES:
            return chosen("interneuron", build_on_run, **{**kwargs, **options})
        if isinstance(device, str) and device not in devices.all_devices:
            raise ValueError(f"there is no device '{device}'; there are {', '.join([*devices.all_devices, *DEVICES])}")
        return chosen(device, build_on_run, **kwargs)

    for module in (brian2, brian2.only, devices, brian2.devices):
        module.set_device = set_device
    stand_in()
    try:
        run_file(words)
        # Files are written here, where errors set the exit code.
        if isinstance(devices.get_device(), InterneuronDevice):
            devices.get_device().leave()
    except Exception:
        # Brian would warn of each object that is deleted without a run.
        brian2.BrianLogger.suppress_name("unused_brian_object")
        raise
    finally:
        # Python would look through all modules twice when it ends.
        gc.collect()
        gc.freeze()
    return 0


def use_script(words, command, arguments=()):
    """Runs a command on the network of a script: `interneuron convert script.py --to NOTATION -o FILE [-- ARGUMENT…]`.

    The script is executed, in a process of its own, until its network is known: the first that it runs, or
    another one with `--network 2`.

    Args:
        words: the script, and the options of the command.
        command: the program and the name of the command, as a list.
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
    return command_on_script(
        command,
        words,
        lambda captured: ["brian2_interneuron.capture", *options, captured, words[0], *arguments],
        {**os.environ, "MPLBACKEND": "Agg"},
        arguments,
    )
