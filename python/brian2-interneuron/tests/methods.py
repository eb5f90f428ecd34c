"""Specifications that name no method: each model is integrated by the method that Brian itself chooses for it.

    python methods.py      writes the outcome of each model as JSON on the last line
"""

import json
import tempfile
from pathlib import Path

import interneuron
import numpy as np
from brian2 import *

tau, tau2 = 5 * ms, 10 * ms
TABLES = {"table": (1.0, TimedArray([1, 2, 0.5, 3], dt=1 * ms)), "fine": (0.25, TimedArray([1, 2, 0.5, 3], dt=0.25 * ms))}
table, fine = TABLES["table"][1], TABLES["fine"][1]

#: First values, in SI.
BEGIN = {"v": [0.2, 0.4, 0.6, 0.8], "w": [1, 0.5, 0.25, 2], "x": [0.3, 1.7, -0.6, 0.9], "b": [True, False, True, False]}

POINTS = [
    "dv/dt = (1 - v)/tau : 1",
    "dv/dt = -int(x > 0)*v/tau : 1\nx : 1",
    "dv/dt = int(x > 0.5)*(1 - v)/tau + w/tau : 1\ndw/dt = -w/tau : 1\nx : 1",
    "dv/dt = (1 - v)*a : 1\na = int(x > 0 and x < 1)/tau : Hz\nx : 1",
    "dv/dt = -v/tau*int(b or x > 1) : 1\nx : 1\nb : boolean",
    "dv/dt = -v*exp(-int(not b))/tau : 1\nb : boolean",
    "dv/dt = (w - v*int(w > 0.3))/tau : 1\ndw/dt = -w/tau : 1",
    "dv/dt = -int(v > 0.5)*v/tau : 1",
    "dv/dt = (int(t > 1*ms) - v)/tau : 1",
    "dv/dt = (1 - v)/tau*int(b) : 1\nb : boolean",
    "dv/dt = (clip(x, 0, 1) - v*abs(x))/tau : 1\nx : 1",
    "dv/dt = (sign(x) - v)/(tau*(2 + x)) : 1\nx : 1",
    "dv/dt = (sin(t/tau) - v)/tau : 1",
    "dv/dt = x/tau : 1\nx : 1",
    "dv/dt = (w - v)/tau : 1\ndw/dt = (v - w)/tau2 : 1",
    "dv/dt = (w - v)/tau : 1\ndw/dt = -w/tau : 1",
    "dv/dt = (v - v**3 - w)/tau : 1\ndw/dt = (v - w)/tau2 : 1",
    "dv/dt = w/tau : 1\ndw/dt = -v/tau : 1",
    "dv/dt = (table(t) - v)/tau : 1",
    "dv/dt = -table(t)*v/tau : 1",
    "dv/dt = (fine(t) - v)/tau : 1",
    "dv/dt = (h - v)/tau : 1\nh = x*int(t < 1*ms) : 1 (constant over dt)\nx : 1",
    "dv/dt = (t_in_timesteps*0.1 - v)/tau : 1",
    "dw/dt = -w/tau : 1\ndv/dt = (w*(2 - v) - v)/tau2 : 1",
    # Linear when they are multiplied out.
    "dv/dt = ((v + 1)**2 - v**2 - 4*v)/tau : 1",
    "dv/dt = -v**2/v/tau : 1",
    "dv/dt = (w*v/v - v)/tau : 1\ndw/dt = -w/tau2 : 1",
    "dv/dt = (v*(1 + w) - w*v - 2*v)/tau : 1\ndw/dt = -w/tau2 : 1",
    "dv/dt = ((v + x)*(v - 1) - v**2 - 3*v)/tau : 1\nx : 1",
    "dv/dt = (x - log(exp(v)) - v**0)/tau : 1\nx : 1",
    "dv/dt = -(a - v**2)/tau : 1\na = (v + x)**2 - 2*v*x : 1\nx : 1",
    "dv/dt = (x - sqrt(v**2))/tau : 1\nx : 1",
    "dv/dt = (x - (v**2 - x**2)/(v - x))/tau : 1\nx : 1",
]

#: The same beside the potential of a cable.
GATES = [
    "dv_/dt = (0.5*int(v > -59*mV)*(1 - v_) - v_*0.25)/ms : 1",
    "dv_/dt = (1/(1 + exp(-(v + 50*mV)/(10*mV))) - v_)/tau : 1",
    "dv_/dt = -v_*exp(v_)/tau : 1",
    "dv_/dt = (sin(v_) - v_)/tau : 1",
    "dv_/dt = -v_**2/tau : 1",
    "dv_/dt = (sin(t/tau) - v_)/tau : 1",
]
CABLE = "Im = gL*(EL - v) : amp/meter**2\ngL = 1*siemens/meter**2 : siemens/meter**2\nEL = -60*mV : volt\n"
POTENTIALS = [-65e-3, -62e-3, -58e-3, -55e-3]


def main():
    """Runs all models once in Brian's runtime and once from a specification."""
    prefs.codegen.target = "numpy"
    BrianLogger.suppress_hierarchy("brian2")
    spec = {
        "format": "interneuron/brian",
        "version": 1,
        "run": "3*ms",
        "namespace": {"tau": "5*ms", "tau2": "10*ms"},
        "timed_arrays": {
            name: {"values": each.values.tolist(), "unit": "1", "dt": f"{dt}*ms"} for name, (dt, each) in TABLES.items()
        },
        "neuron_groups": {},
        "spatial_neurons": {},
        "state_monitors": {},
    }
    net, monitors = Network(), {}
    for place, model in enumerate(POINTS):
        group = NeuronGroup(4, model, name=f"G{place}")
        begin = {name: values for name, values in BEGIN.items() if name in group.equations}
        for name, values in begin.items():
            group.variables[name].get_value()[:] = values
        values = {name: {"values": values} for name, values in begin.items()}
        spec["neuron_groups"][group.name] = {"N": 4, "model": model, "initializers": values}
        monitors[group.name] = (model, "v", StateMonitor(group, "v", record=True))
        net.add(group, monitors[group.name][2])
    for place, gate in enumerate(GATES):
        model = CABLE + gate.replace("v_", "m")
        cell = SpatialNeuron(
            Cylinder(diameter=1 * um, length=50 * um, n=4), model, Cm=1 * uF / cm**2, Ri=100 * ohm * cm, name=f"C{place}"
        )
        cell.v, cell.m = POTENTIALS * volt, BEGIN["v"]
        spec["spatial_neurons"][cell.name] = {
            "morphology": {"sections": {"axon": {"diameter": "1*um", "length": "50*um", "n": 4}}},
            "Cm": "1*uF/cm**2",
            "Ri": "100*ohm*cm",
            "model": model,
            "initializers": {"v": {"values": POTENTIALS, "unit": "volt"}, "m": {"values": BEGIN["v"]}},
        }
        monitors[cell.name] = (gate, "m", StateMonitor(cell, "m", record=True))
        net.add(cell, monitors[cell.name][2])
    spec["state_monitors"] = {f"of_{name}": {"source": name, "variables": [each[1]]} for name, each in monitors.items()}
    net.run(3 * ms)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "methods.json"
        path.write_text(json.dumps(spec), encoding="utf-8")
        found = interneuron.run(path, target="wasm")
    outcomes = {}
    for name, (model, variable, monitor) in monitors.items():
        ours, theirs = found[f"{name}_{variable}"].values.T, np.asarray(monitor.get_states()[variable]).T
        wrong = np.abs(ours - theirs).max()
        outcomes[model] = "same" if wrong < 1e-9 else f"{wrong:.2g} off"
    print(json.dumps(outcomes))


if __name__ == "__main__":
    main()
