"""Runs one script of Brian's on one side, and writes what its monitors hold; `brian_conformance.py` compares the sides."""

import os
import re
import runpy
import sys
import time
import warnings

import brian2
import numpy as np
from brian2.core.namespace import get_local_namespace
from brian2.core.network import Network
from brian2.core.preferences import BrianGlobalPreferences
from brian2.core.variables import ArrayVariable
from brian2.devices import device as _  # noqa: F401

import brian2_interneuron  # noqa: F401
import brian_arithmetic
import brian_notes as notes


def _seed_torch(script):
    """What a script draws by PyTorch is the same on both sides."""
    with open(script, encoding="utf-8") as file:
        if "import torch" not in file.read():
            return
    import torch

    torch.manual_seed(11)


def _keep_target():
    """Scripts run on Brian's NumPy target, whatever they ask for: others need compilers and libraries."""
    name = "codegen.target"
    brian2.prefs[name] = "numpy"
    set_preference = BrianGlobalPreferences.__setitem__
    BrianGlobalPreferences.__setitem__ = lambda prefs, key, value: None if key == name else set_preference(prefs, key, value)


def run_script(script, side, steps):
    """Runs one script on one side, and writes what its monitors hold."""
    warnings.simplefilter("ignore")
    _keep_target()
    brian2.BrianLogger.log_level_error()
    if side == "extended":
        brian_arithmetic.extend_precision()
    if side == "rounded":
        brian_arithmetic.round_sums()
    devices = sys.modules["brian2.devices.device"]
    choose = devices.set_device
    if side == "device":
        choose("interneuron")

    #: A run that waits for `build` or `device.run`, and the one that these repeat.
    waiting, first, may_wait = [], [], False

    def set_device(_device, build_on_run=True, **_words):
        """Scripts for other devices run on this one; whether runs wait is theirs to say."""
        nonlocal may_wait
        may_wait = not build_on_run
        if side == "device" and may_wait:
            choose("interneuron", build_on_run=False)

    brian2.set_device = devices.set_device = brian2.devices.set_device = set_device
    kept = []
    usual, repeat = Network.run, getattr(type(devices.active_device), "run", None)

    def run(net, duration, *args, **words):
        clocks = {each.clock for each in net.sorted_objects if hasattr(each, "clock")} or {brian2.defaultclock}
        dt = min(float(each.dt_) for each in clocks)
        count = min(int(round(float(duration) / dt)), steps)
        kept.append(net)
        level = words.pop("level", 0) + 1
        names = words.pop("namespace", None)
        names = get_local_namespace(level) if names is None else names

        def carry_out():
            usual(net, count * dt * brian2.second, *args, namespace=names, **words)

        # A network that Brian makes by itself lets go of its objects when a run ends.
        asked = (net, list(net.sorted_objects), count, carry_out)
        perform_waiting()
        if may_wait and not first:
            first.append(asked)
            waiting.append(asked)
            if side == "device":
                carry_out()
            return
        carry_out()
        note_run(*asked)

    def perform_waiting():
        while waiting:
            asked = waiting.pop()
            if side == "device":
                devices.active_device.perform_awaited()
            else:
                of_now, asked[0].objects = asked[0].objects, set(asked[1])
                asked[3]()
                asked[0].objects = of_now
            note_run(*asked)

    def build(_device, *_args, run=True, **_words):
        if run:
            perform_waiting()

    def run_again(active, *args, run_args=None, **words):
        """What `device.run` does; Brian has it for devices that write programs alone."""
        net, objects, count, carry_out = first[0]
        if side == "device":
            repeat(active, *args, run_args=run_args, **words)
            # In another process it is a copy.
            copied = active._runs[0][0]
            objects = objects if copied is net else copied.sorted_objects
        else:
            net.objects = set(objects)
            (Network.store if waiting else Network.restore)(net, "before the first run")
            for view, value in (run_args or {}).items():
                net[view.group_name].variables[view.name].get_value()[:] = value
            carry_out()
        waiting.clear()
        note_run(net, objects, count, carry_out)

    type(devices.active_device).build, type(devices.active_device).run = build, run_again

    def note_run(_net, objects, count, _carry_out):
        active = devices.active_device
        notes.now.runs.append(
            {
                "steps": count,
                "native": getattr(active, "last_run_native", None),
                "reason": getattr(active, "last_reason", None),
                "random": bool(getattr(active, "last_draws", False)),
            }
        )
        note(objects)
        if notes.now.is_enough():
            raise notes.Enough

    def labels(objects):
        """Names for all of a run; Brian's own depend on how many objects of earlier runs are still alive."""
        parts = {each: re.fullmatch(r"(.*?)(?:_(\d+))?", each.name).groups("0") for each in objects}
        ranks, given = {}, {}
        for each in sorted(objects, key=lambda each: (parts[each][0], int(parts[each][1]))):
            base = parts[each][0]
            ranks[base] = ranks.get(base, 0) + 1
            given[each] = f"{base} {ranks[base]} of run {len(notes.now.runs)}"
        return given

    def note(objects):
        found = notes.now.found
        for each, label in labels(objects).items():
            if isinstance(each, brian2.EventMonitor):
                found[f"{label}.count"] = np.array(each.count[:])
                if each.record:
                    found[f"{label}.i"], found[f"{label}.t"] = np.array(each.i[:]), np.array(each.t_[:])
            elif isinstance(each, brian2.StateMonitor):
                for name in each.record_variables:
                    found[f"{label}:{name}"] = np.array(each.variables[name].get_value(), dtype=float)
            elif isinstance(each, brian2.PopulationRateMonitor):
                found[f"{label}.rate"] = np.array(each.rate_[:])
            elif isinstance(each, brian2.NeuronGroup):
                for name in (*each.equations.diff_eq_names, *each.equations.parameter_names):
                    if name in each.variables and name not in ("not_refractory", "lastspike"):
                        found[f"{label}={name}"] = np.array(each.variables[name].get_value(), dtype=float)
            elif isinstance(each, brian2.Synapses):
                for name in each.equations.diff_eq_names | each.equations.parameter_names:
                    if isinstance(each.variables.get(name), ArrayVariable) and each.variables[name].owner is not None:
                        found[f"{label}={name}"] = np.array(each.variables[name].get_value(), dtype=float)

    Network.run = run
    notes.note_processes(is_pickled=side == "device")
    brian2.seed(11)
    _seed_torch(script)
    import matplotlib

    matplotlib.use("Agg")
    os.chdir(os.path.dirname(script))
    sys.path.insert(0, os.path.dirname(script))
    sys.argv = [script]
    begin, error = time.time(), None
    try:
        runpy.run_path(script, run_name="__main__")
    except notes.Enough:
        pass
    except BaseException as given:  # noqa: BLE001
        error = f"{type(given).__name__}: {given}".splitlines()[0][:200]
    notes.now.write(error=error, seconds=time.time() - begin)


if __name__ == "__main__":
    script, side, output, steps = sys.argv[1:]
    notes.now = notes.Notes(output, int(steps))
    run_script(script, side, notes.now.steps)
