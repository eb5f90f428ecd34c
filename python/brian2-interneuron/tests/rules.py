"""Networks as scripts describe them: rules and distributions stay, unless something needs what was drawn from them.

    python rules.py      writes the outcome of each case as JSON on the last line

The networks have the parts of Brian's own examples CUBA, COBAHH, Brunel and Hakim (1999), STDP, and others.
"""

import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
from brian2 import *
from brian2.devices.device import reset_device

from interneuron._scripts import left_out_beside
from brian2_interneuron.capture import first_network

LIF = "dv/dt = -v/(10*ms) : volt"


def _cells(n, model=LIF, **more):
    return NeuronGroup(n, model, threshold="v > 10*mV", reset="v = 0*mV", method="euler", name="cells", **more)


def ranges_of_cells():
    Vt, Vr = -50 * mV, -60 * mV
    cells = _cells(100)
    cells.v = "Vr + rand() * (Vt - Vr)"
    excitatory = Synapses(cells, cells, on_pre="v += 1*mV", name="excitatory")
    excitatory.connect("i<80", p=0.02)
    inhibitory = Synapses(cells, cells, on_pre="v -= 1*mV", name="inhibitory")
    inhibitory.connect("i>=80", p=0.02)
    run(1 * ms)


def subgroups():
    first = (cells := _cells(100))[:80]
    cells.v = 3 * mV
    first.v = "i*randn()*mV"
    last = cells[80:]
    last.v["i > 3"] = "rand()*mV"
    S = Synapses(first, cells, on_pre="v += 1*mV", name="S")
    S.connect(p=0.1)
    run(1 * ms)


def drawn_condition():
    sparseness = 0.2
    S = Synapses(cells := _cells(50), cells, on_pre="v += 1*mV", delay=2 * ms, name="S")
    S.connect("rand() < sparseness")
    run(1 * ms)


def drawn_weights_and_delays():
    gmax = 0.01
    inputs, cells = PoissonGroup(50, 15 * Hz, name="inputs"), _cells(1)
    S = Synapses(inputs, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect()
    S.w = "rand() * gmax"
    S.delay = "1*ms + rand()*4*ms"
    run(1 * ms)


def generators():
    cells = _cells(50)
    S = Synapses(cells, cells, on_pre="v += 1*mV", name="S")
    S.connect(j="k for k in sample(N_post, p=0.1) if k != i")
    S.connect(i=[1, 2], j=[3, 4])
    T = Synapses(cells, cells, on_pre="v += 1*mV", name="T")
    T.connect(j="i+(-1)**k for k in range(2)", skip_if_invalid=True)
    run(1 * ms)


def distances():
    size, cells = 50, _cells(100, LIF + "\nx : metre")
    width = size * umetre
    cells.x = "i*width/N"
    S = Synapses(cells, cells, on_pre="v += 1*mV", name="S")
    S.connect("i != j", p="1.5*exp(-(x_pre-x_post)**2/(2*(60*umetre)**2))")
    run(1 * ms)


def constants_of_their_time():
    tau = 5 * ms
    cells = _cells(10, "dv/dt = -v/tau : volt")
    cells.v = "rand()*volt*tau/second"
    tau = 10 * ms
    run(1 * ms)


def read_by_the_script():
    cells = _cells(50)
    S = Synapses(cells, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect(p=0.1)
    S.w = "rand()"
    cells.v = "rand()*mV"
    S.w = S.w / (1 + S.N_incoming)
    run(1 * ms)


def read_at_the_end():
    cells = _cells(50)
    S = Synapses(cells, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect(p=0.1)
    S.w = "rand()"
    print(len(S), S.i[:3], np.mean(S.w))
    run(1 * ms)


def changed_later():
    cells = _cells(50, LIF + "\nx : 1\ny : 1")
    cells.x = "rand()"
    cells.y = "x + 1"
    S = Synapses(cells, cells, on_pre="v += 1*mV", name="S")
    S.connect("x_pre < x_post", p=0.5)
    cells.x = 0
    run(1 * ms)


def needed_as_drawn():
    cells = _cells(50, LIF + "\nx : 1")
    cells.x = "rand()"
    S = Synapses(cells, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect("x_pre < x_post", p=0.5)
    S.w = np.arange(len(S)) / 1e4
    run(1 * ms)


def added_synapses():
    cells = _cells(50)
    S = Synapses(cells, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect(p=0.1)
    S.w = "rand()"
    S.connect(j="i")
    run(1 * ms)


def recorded_by_number():
    cells = _cells(50)
    S = Synapses(cells, cells, "w : 1", on_pre="v += w*mV", name="S")
    S.connect(p=0.5)
    monitor = StateMonitor(S, "w", record=[0, 7], name="monitor")
    run(1 * ms)


def synapses_onto_synapses():
    cells = _cells(20, LIF)
    synapses = Synapses(cells, cells, "which : integer (constant)\nz : 1", name="S")
    synapses.connect(p=0.3)
    synapses.which = "int(j/5)"
    onto = Synapses(cells, synapses, "z_post = v_pre/mV : 1 (summed)", name="T")
    onto.connect("i == which_post")
    run(1 * ms)


def unbounded_delays():
    cells = _cells(20)
    free, bounded = (Synapses(cells, cells, on_pre="v_post += 1*mV", name=name) for name in ("S", "T"))
    for each, delay in [(free, "ms + 0.2*ms*randn()"), (bounded, "clip(ms + 0.2*ms*randn(), 0*ms, 2*ms)")]:
        each.connect(p=0.3)
        each.delay = delay
    run(1 * ms)


def whole_numbers():
    cells = _cells(50, LIF + "\nk : integer")
    cells.k = "3*rand() + 2"
    run(1 * ms)


def from_its_own_values():
    cells = _cells(50, LIF + "\nx : 1\ny : 1\nz : 1")
    cells.x = "rand()"
    cells.x = "1 - x"
    cells.y = np.arange(50)
    cells.y = "y + rand()"
    cells.z["i > 3"] = "rand()"
    cells.z["z > 0.5"] = 0.5
    run(1 * ms)


def with_a_function():
    cells = _cells(10)

    @network_operation(dt=1 * ms)
    def kick():
        cells.v = 20 * mV

    run(1 * ms)


def left_out(folder):
    """Functions of Python are refused by name, or left out where that is asked for."""
    found = []
    output = Path(folder) / "left.json"
    for partial in (False, True):
        start_scope()
        set_device("interneuron", target="wasm", strict=True)
        try:
            first_network(with_a_function, output, "left", partial)
            found.append(Path(left_out_beside(str(output))).read_text(encoding="utf-8"))
        except NotImplementedError as error:
            found.append(str(error))
        finally:
            reset_device()
    return "same" if len(found) == 2 and all("kick" in each for each in found) else str(found)


#: What the specification of each network says: `drawn` is a list or an array of what Brian drew, `numbers` of others.
EXPECTED = {
    ranges_of_cells: {
        "cells.v": "Vr + rand() * (Vt - Vr)",
        "excitatory": {"condition": "i<80", "p": 0.02},
        "inhibitory": {"condition": "i>=80", "p": 0.02},
    },
    subgroups: {
        "cells.v": [
            {"value": "0.003*volt"},
            {"value": "i*randn()*mV", "index": "0:80"},
            {"value": "rand()*mV", "where": "i >= 80 and i < 100 and ((i - 80) > 3)"},
        ],
        "S": {"p": 0.1},
    },
    drawn_condition: {"S": "rand() < sparseness"},
    drawn_weights_and_delays: {"S": True, "S.w": "rand() * gmax", "S.pre.delay": "1*ms + rand()*4*ms"},
    generators: {
        "S": [{"j": "k for k in sample(N_post, p=0.1) if k != i"}, "numbers"],
        "T": {"j": "i+(-1)**k for k in range(2)", "skip_if_invalid": True},
    },
    distances: {
        "cells.x": "i*width/N",
        "S": {"condition": "i != j", "p": "1.5*exp(-(x_pre-x_post)**2/(2*(60*umetre)**2))"},
    },
    constants_of_their_time: {"cells.v": "rand()*volt*(0.005*second)/second"},
    read_by_the_script: {"S": "drawn", "S.w": "numbers", "cells.v": "rand()*mV"},
    read_at_the_end: {"S": {"p": 0.1}, "S.w": "rand()"},
    changed_later: {"S": "drawn", "cells.x": 0.0, "cells.y": "drawn"},
    needed_as_drawn: {"S": "drawn", "S.w": "numbers", "cells.x": "drawn"},
    added_synapses: {"S": "drawn", "S.w": "drawn"},
    recorded_by_number: {"S": "drawn"},
    from_its_own_values: {
        "cells.x": [{"value": "rand()"}, {"value": "1 - x"}],
        "cells.y": "drawn",
        # A condition that reads a random value would draw it twice.
        "cells.z": "drawn",
    },
    # Brian computes `j/5` so.
    synapses_onto_synapses: {"S": "drawn", "S.which": "int(0.2 * j)", "T": "numbers"},
    unbounded_delays: {"S": "drawn", "S.pre.delay": "drawn", "T": {"p": 0.3}, "T.pre.delay": "clip(ms + 0.2*ms*randn(), 0*ms, 2*ms)"},
    whole_numbers: {"cells.k": "int(3*rand() + 2)"},
}


def _seen(value):
    """A value of a document, or that it is a list or an array."""
    if isinstance(value, list):
        return [_seen(each) for each in value]
    if isinstance(value, dict) and ({"$data", "values"} & set(value) or isinstance(value.get("i"), (dict, list))):
        return "numbers"
    return value


def outcome(network, expected, folder):
    """What differs from what is expected, and whether reasons are given for what is drawn."""
    start_scope()
    set_device("interneuron", target="wasm", strict=True)
    file = Path(folder) / f"{network.__name__}.json"
    try:
        reasons = first_network(network, file, network.__name__)
    finally:
        reset_device()
    parts = json.loads(file.read_text())
    found = {}
    for owner in [*parts["neuron_groups"].items(), *parts.get("synapses", {}).items()]:
        name, entry = owner
        found[name] = _seen(entry.get("connect"))
        found.update({f"{name}.{key}": _seen(value) for key, value in entry.get("initializers", {}).items()})
    said = {key: "numbers" if value == "drawn" else value for key, value in expected.items()}
    wrong = [f"{key}: {found.get(key)}" for key, value in said.items() if found.get(key) != value]
    drawn = {key for key, value in expected.items() if value == "drawn"}
    silent = [key for key in drawn if not any(each.startswith((f"{key} ", f"{key}'s")) for each in reasons)]
    if len(reasons) != len(drawn):
        silent.append(str(reasons))
    return "; ".join(wrong + silent) or "same"


def main(folder):
    """Captures all networks."""
    prefs.codegen.target = "numpy"
    BrianLogger.suppress_hierarchy("brian2")
    warnings.simplefilter("ignore")
    outcomes = {each.__name__: outcome(each, expected, folder) for each, expected in EXPECTED.items()}
    print(json.dumps({**outcomes, "left_out": left_out(folder)}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(temporary)
