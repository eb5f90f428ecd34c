"""Runs each scenario with Brian's runtime and with the device, and compares what monitors and variables hold.

    python conformance.py [NAME ...]      writes the outcome of each as JSON on the last line

Arrays of Brian's runtime are recorded in test/recorded/brian-runtime.npz, each scenario under a digest of its code and the versions of
Brian and NumPy. Scenarios without a record are run, and outside CI recorded; in CI, a record of another code is a failure. INTERNEURON_PEERS=fresh runs all.
"""

import gc
import hashlib
import inspect
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import warnings
import weakref
from pathlib import Path

import brian2
import numpy as np
from brian2 import BrianLogger, Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, Synapses, ms, prefs, run, seed, set_device, start_scope
from brian2.devices.device import get_device, reset_device

import brian2_interneuron  # noqa: F401
import drawn
import random_networks
import scenarios

#: State after a run differs by the rounding of other orders of the same arithmetic.
TOLERANCE = 1e-12

#: Seeds of the networks that are tried; `RANDOM_NETWORKS=100-200` tries others.
_first, _last = (int(seed) for seed in os.environ.get("RANDOM_NETWORKS", "0-6").split("-"))
RANDOM_NETWORKS = range(_first, _last + 1)


def results(function, on):
    """What a scenario gives on a device, as arrays by name."""
    start_scope()
    # Brian collects garbage around every run: what is here to stay need not be looked at again.
    gc.collect()
    gc.freeze()
    # An engine that is asked for never leaves a network to Brian's runtime.
    lenient = on != "interneuron" or getattr(function, "lenient", False)
    set_device(on, **({} if lenient else {"target": "wasm"}))
    device = get_device()
    try:
        seed(7)
        # In Brian 2.10 the arrays that monitors return are freed with the monitors, which `function` leaves.
        device.arrays = dict(device.arrays)
        given = function()
        return {name: np.array(value, dtype=float) for name, value in given.items()}
    finally:
        device.arrays = weakref.WeakKeyDictionary(device.arrays)
        reset_device()


def thinned(array, name):
    """All numbers of a short array; of a long one, unless it has spikes, its shape and every so many-th number."""
    if array.size < 600 or name.endswith((".i", ".t", ".count")):
        return array
    return np.concatenate([array.shape, array.ravel()[:: 1 + array.size // 300]])


_spikes = scenarios.spikes


def _copied_spikes(*given):
    """Spikes of a monitor, copied: in Brian 2.10 arrays of monitors are freed when more is recorded."""
    return {name: np.array(values) for name, values in _spikes(*given).items()}


scenarios.spikes = _copied_spikes


class Records:
    """Arrays of Brian's runtime by scenario and name, each scenario with the digest of what they depend on."""

    path = Path(__file__).parents[3] / "test/recorded/brian-runtime.npz"
    fresh = os.environ.get("INTERNEURON_PEERS") == "fresh"

    def __init__(self, functions):
        shared = Path(scenarios.__file__).read_text(encoding="utf-8")
        sources = {name: inspect.getsource(function) for name, function in scenarios.ALL.items()}
        for source in sources.values():
            shared = shared.replace(source, "")
        # Scenarios that are added leave blank lines.
        shared = "\n".join(filter(str.strip, shared.splitlines()))
        drawn_networks = Path(random_networks.__file__).read_text(encoding="utf-8")
        self.peers = [brian2.__version__, np.__version__, str(scenarios.EVERY)]
        self.digests = {
            name: hashlib.sha256("\0".join([*self.peers, shared, sources.get(name, drawn_networks)]).encode()).hexdigest()
            for name in functions
        }
        self.arrays = {}
        self.is_changed = False
        self.is_of_these_peers = False
        if self.path.exists():
            with np.load(self.path) as file:
                self.arrays = {name: file[name] for name in file.files if name.split("/")[0] in self.digests}
                self.is_of_these_peers = list(file["peers"]) == self.peers

    def of(self, name, function):
        """The arrays of a scenario, from the records or from a run."""
        recorded = self.arrays.get(f"{name}/")
        if self.fresh or str(recorded) != self.digests[name]:
            if recorded is not None and self.is_of_these_peers and "CI" in os.environ and not self.fresh:
                raise AssertionError("its code has changed since it was recorded: run conformance.py without CI, and commit its records")
            found = {key: thinned(value, key) for key, value in results(function, "runtime").items()}
            others = {key: value for key, value in self.arrays.items() if not key.startswith(f"{name}/")}
            self.arrays = {**others, f"{name}/": np.array(self.digests[name]), **{f"{name}/{key}": value for key, value in found.items()}}
            self.is_changed = True
        return {key[len(name) + 1 :]: value for key, value in self.arrays.items() if key.startswith(f"{name}/") and key != f"{name}/"}

    def save(self):
        """Writes the records if some are new."""
        if self.is_changed and not {"CI", "INTERNEURON_TESTS", "RANDOM_NETWORKS"} & set(os.environ):
            np.savez_compressed(self.path, peers=np.array(self.peers), **dict(sorted(self.arrays.items())))


def difference(ours, theirs, name, tolerance=TOLERANCE):
    """In words, or None where both are the same."""
    if ours.shape != theirs.shape:
        return f"{name}: shapes {ours.shape} and {theirs.shape}"
    exact = name.endswith((".i", ".t", ".count"))
    # Values that have left the range of numbers are the same when both have.
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    scale = np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)
    worst = np.abs(ours[~same] - theirs[~same]).max(initial=0.0)
    if np.isnan(worst) or worst > (0.0 if exact else tolerance * scale):
        return f"{name}: {worst:.3g} of {scale:.3g}"
    return None


def refusal(function, on):
    """The exception that a mistake raises, and the one behind it."""
    start_scope()
    set_device(on, **({"target": "wasm"} if on == "interneuron" else {}))
    try:
        function()
    except Exception as error:  # noqa: BLE001
        return [type(error).__name__, type(error.__cause__).__name__]
    finally:
        reset_device()
    return ["nothing"]


def left_over():
    """Whether a process goes on after a script that dies."""
    script = (
        "import os, signal, interneuron, brian2_interneuron; from brian2 import *; prefs.codegen.target = 'numpy'; "
        "set_device('interneuron', target='wasm'); Network(NeuronGroup(1, 'dv/dt = -v/ms : 1', method='exact')).run(1*ms); "
        "print(interneuron._server.shared().pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    said = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True).stdout
    for _ in range(300):
        try:
            os.kill(int(said.split()[-1]), 0)
        except ProcessLookupError:
            return "same"
        time.sleep(0.1)
    return "a process is left"


SCRIPT = """
from brian2.only import *
from numpy import arange
prefs.codegen.target = 'numpy'
set_device('cpp_standalone')
G = NeuronGroup(20, 'dv/dt = (1.5 - v)/(10*ms) : 1', threshold='v > 1', reset='v = 0', method='exact', name='cells')
G.v = arange(20)/20.0
S = Synapses(G, G, 'w : 1', on_pre='v_post += w', delay=1*ms)
S.connect('i != j')
S.w = arange(380)/1e5
R = Synapses(G, G, on_pre='v_post += 1e-6')
R.connect('i != j', p=0.1)
M = SpikeMonitor(G, name='seen')
H = NeuronGroup(1, 'x : 1')
H.run_regularly('x += 1', dt=1*ms)
P = PoissonInput(H, 'x', 1, 20*kHz, weight=0)
run(30*ms)
run(30*ms)
device.build(directory=None)
print(M.num_spikes, get_device().last_run_native)
"""


def called():
    """Objects are called as the script's variables, lists and keys; pathways keep their order by numbers where it matters."""
    from brian2_interneuron.script_names import name_by_variables

    layers = [NeuronGroup(1, "x : 1") for _ in range(2)]
    parts = {"input": NeuronGroup(1, "x : 1", threshold="x > 1")}
    target = layers[1]
    early = Synapses(parts["input"], target, on_pre="x_post = 0.5*x_post")
    late = Synapses(parts["input"], target, on_pre="x_post += 1")
    seen = SpikeMonitor(parts["input"])
    objects = [*layers, parts["input"], early, late, seen]
    # Brian runs the second one first.
    early._name, late._name = "synapses_9", "synapses_10"
    name_by_variables(objects)
    found = [*(each.name for each in objects), early.pre.order, late.pre.order]
    expected = ["layers_0", "target", "parts_input", "early", "late", "seen", -1, -2]
    return "same" if found == expected else str(found)


def repeated():
    """Runs that wait for `build`, and are repeated with other values: those of the first need not make sense."""

    def network():
        G = NeuronGroup(1, "dv/dt = (1.5 - v)/tau : 1\ntau : second (constant)", threshold="v > 1", reset="v = 0", method="euler")
        monitor = SpikeMonitor(G)
        return G, monitor, Network(G, monitor)

    found = {}
    try:
        set_device("interneuron", target="wasm", strict=True, build_on_run=False)
        device = get_device()
        G, monitor, net = network()
        net.run(100 * ms)
        device.build(run=False)
        found["device.run"] = []
        for tau in (1, 2, 5):
            device.run(run_args={G.tau: tau * ms})
            found["device.run"].append(monitor.num_spikes)
        set_device("interneuron", target="wasm", strict=True, build_on_run=False)
        G, monitor, net = network()
        G.tau = 2 * ms
        net.run(100 * ms)
        waits = net.t_ == 0
        get_device().build()
        found["build"] = [waits, monitor.num_spikes]
        set_device("interneuron", target="wasm", strict=True, build_on_run=False)
        G, monitor, net = network()
        G.tau = 5 * ms
        net.run(60 * ms)
        net.run(40 * ms)
        found["two runs"] = [monitor.num_spikes]
        set_device("interneuron", target="wasm", strict=True, build_on_run=False)
        start_scope()
        G, monitor, _ = network()
        G.tau = 5 * ms
        run(60 * ms)
        # What becomes of the network now is for the second run.
        monitor.active, later = False, SpikeMonitor(G)
        run(40 * ms)
        get_device().build()
        found["of Brian's own network"] = [monitor.num_spikes + later.num_spikes]
    finally:
        reset_device()
    theirs = []
    for tau in (1, 2, 5):
        set_device("runtime")
        G, monitor, net = network()
        G.tau = tau * ms
        net.run(100 * ms)
        theirs.append(monitor.num_spikes)
    expected = {"device.run": theirs, "build": [True, theirs[1]], "two runs": [theirs[2]], "of Brian's own network": [theirs[2]]}
    return "same" if found == expected else f"{found}, not {expected}"


def _pickled(net, device, tau):
    """In another process: a network goes on, or the run of a script is repeated there."""
    if device is None:
        net["cells"].tau = tau
        net.run(20 * ms)
    else:
        sys.modules["brian2.devices.device"].active_device = device
        device.run(run_args={net["cells"].tau: tau})
    return list(net["seen"].t_[:])


def pickled():
    """Networks that other processes are given, with spikes under way, and with a run that waits."""

    def network(tau):
        P = SpikeGeneratorGroup(3, np.arange(60) % 3, np.arange(60) * ms)
        G = NeuronGroup(4, "dv/dt = -v/tau : 1\ntau : second (constant)", threshold="v > 1", reset="v = 0", method="euler", name="cells")
        S = Synapses(P, G, "w : 1", on_pre="v += w", delay=2.5 * ms)
        S.connect()
        S.w, G.tau = "0.3 + 0.04*(i + j)", tau
        net = Network(P, G, S, SpikeMonitor(G, name="seen"))
        net.run(20 * ms)
        return net

    found, taus = [], [4 * ms, 7 * ms]
    try:
        for waits in (False, True):
            set_device("interneuron", target="wasm", strict=True, build_on_run=not waits)
            net = network(10 * ms)
            with multiprocessing.get_context("fork").Pool(2) as pool:
                found += pool.starmap(_pickled, [(net, get_device() if waits else None, tau) for tau in taus])
    finally:
        reset_device()
    expected = [_pickled(network(10 * ms), None, tau) for tau in taus] + [list(network(tau)["seen"].t_[:]) for tau in taus]
    return "same" if found == expected and all(found) else f"{found}, not {expected}"


def command():
    """The commands that run and convert a script as it is."""
    import interneuron

    with tempfile.TemporaryDirectory() as folder:
        script, results, network = (os.path.join(folder, name) for name in ("script.py", "results.nwb", "network.json"))
        with open(script, "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        start = [sys.executable, "-W", "ignore", "-m", "interneuron"]
        done = subprocess.run([*start, "brian", "-t", "wasm", "-o", results, script], capture_output=True, text=True)
        said = done.stdout.split()
        is_warned = "poissoninput: this rate exceeds one spike per time step" in done.stderr
        if len(said) != 2 or said[1] != "True" or not os.path.exists(results) or not is_warned:
            return f"{done.stdout} {done.stderr[-300:]}"
        verified = interneuron.verify(results)
        words = ["convert", script, "--to", "canonical", "-o", network]
        done = subprocess.run([*start, *words], capture_output=True, text=True)
        if done.returncode != 0:
            return done.stderr[-300:]
        with open(network, encoding="utf-8") as file:
            described = json.load(file)
        # What the script does not name is called as its variables.
        names = [described["name"], *described["populations"], *described["projections"], *described["operations"]]
        rules = {name: [rule["rule"] for rule in each["connect"]] for name, each in described["projections"].items()}
        if names != ["script", "H", "cells", "R", "S", "H_run_regularly"] or rules != {"S": ["all"], "R": ["pairs"]}:
            return f"{names} {rules}"
        # Arrays beside the document are those of its beginning, though the script runs twice.
        ran = len(interneuron.run(network).spikes["cells"])
        return "same" if 0 < ran == int(said[0]) and verified else f"{ran} spikes, and {said[0]} in the script"


def main(names):
    """Runs the scenarios of these names, all without any."""
    prefs.codegen.target = "numpy"
    BrianLogger.suppress_hierarchy("brian2")
    warnings.simplefilter("ignore")
    outcomes = {}
    if not names or "drawn_by_the_engine" in names:
        # Before anything is seeded.
        outcomes["drawn_by_the_engine"] = drawn.outcome()
    networks = {f"random_network_{seed}": random_networks.of(seed) for seed in RANDOM_NETWORKS}
    functions = {**scenarios.ALL, **networks}
    records = Records(functions)
    for name, function in functions.items():
        if names and name not in names:
            continue
        try:
            theirs = records.of(name, function)
            ours = results(function, "interneuron")
            tolerance = getattr(function, "tolerance", TOLERANCE)
            found = [difference(thinned(ours[key], key), theirs[key], key, tolerance) for key in theirs if key in ours]
            found += [f"{key}: missing" for key in set(ours) ^ set(theirs)]
            outcomes[name] = "; ".join(filter(None, found)) or "same"
        except Exception as error:  # noqa: BLE001
            outcomes[name] = f"{type(error).__name__}: {error}"
    records.save()
    for name, function in scenarios.MISTAKES.items():
        if names and name not in names:
            continue
        theirs, ours = refusal(function, "runtime"), refusal(function, "interneuron")
        outcomes[name] = "same" if ours == theirs and theirs != ["nothing"] else f"{ours}, not {theirs}"
    if not names or "left_over" in names:
        outcomes["left_over"] = left_over()
    if not names or "called" in names:
        outcomes["called"] = called()
    if not names or "repeated" in names:
        outcomes["repeated"] = repeated()
    if not names or "pickled" in names:
        outcomes["pickled"] = pickled()
    if not names or "command" in names:
        outcomes["command"] = command()
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main(sys.argv[1:])
