"""Records what NEURON computes for the mechanisms in files/: first values, rates of change, responses to spikes,
and steps of reactions.

    nrnivmodl files && python record_rates.py > ../../recorded/nmodl.json

CVode.f returns the derivatives of the potential and of all states at any values of them.
"""

import json
import pathlib
import random
import re

import neuron
from neuron import h

FILES = pathlib.Path(__file__).parent / "files"


def rows_of(kind, name, choose):
    """Return one row for each temperature and potential: names and values of states, first values, derivatives."""
    rows = []
    for celsius in (6.3, 22.0, 37.0):
        for v in (-100.0, -71.3, -40.0, -10.0, 14.2, 50.0):
            h.celsius = celsius
            soma = h.Section(name="soma")
            soma.L = soma.diam = 20
            soma.cm = 1
            point = None
            if kind == "SUFFIX":
                soma.insert(name)
            else:
                point = getattr(h, name)(soma(0.5))
            if hasattr(h, f"usetable_{name}"):
                setattr(h, f"usetable_{name}", 0)
            solver = h.CVode()
            solver.active(1)
            h.finitialize(v)
            first, slopes, label = h.Vector(), h.Vector(), h.ref("")
            solver.states(first)
            names = []
            for index in range(len(first)):
                solver.statename(index, label, 1)
                bare = label[0].replace("(0.5)", "").rpartition(".")[2].replace(f"_{name}", "")
                names.append(re.sub(r"\[(\d+)\]", r"_\1", bare))
            ions = {
                key: getattr(soma(0.5), key)
                for ion in soma.psection()["ions"]
                for key in (f"e{ion}", f"{ion}i", f"{ion}o")
                if hasattr(soma(0.5), key)
            }
            values = [first[0], *(value * choose.uniform(0.5, 1.5) for value in list(first)[1:])]
            if kind == "POINT_PROCESS":
                values[1:] = [1e-3 * choose.random() for _ in values[1:]]
            solver.f(0, h.Vector(values), slopes)
            rows.append(
                {"celsius": celsius, "v": v, "states": names[1:], "first": list(first)[1:], "ions": ions,
                 "values": values[1:], "rates": list(slopes)}
            )
            solver.active(0)
            del soma, point
    return rows


def response_of(name):
    """Return potentials after four spikes, by times in ms: extrapolated from two time steps to none."""
    times = (10, 12, 15, 25, 35, 45, 60)

    def run(dt):
        soma = h.Section(name="soma")
        soma.L = soma.diam = 20
        soma.cm = 1
        h.celsius = 6.3
        point, source = getattr(h, name)(soma(0.5)), h.NetStim()
        source.start = source.interval = 10
        source.number, source.noise = 4, 0
        connection = h.NetCon(source, point)
        connection.weight[0], connection.delay = 0.001, 1
        v = h.Vector().record(soma(0.5)._ref_v)
        h.dt, h.steps_per_ms = dt, 1 / dt
        h.finitialize(-65)
        h.continuerun(times[-1])
        return [v[round(time / dt)] for time in times]

    return {time: 2 * fine - coarse for time, coarse, fine in zip(times, run(0.005), run(0.0025))}


#: Mechanisms with reactions and their states, by files, with another one on the same membrane.
SCHEMES = {
    "sodium_markov.mod": ("namarkov", ("c1", "c2", "c3", "o", "i1", "i2", "b1"), None),
    "calcium_buffer.mod": ("cabuffer", ("free", "bound", "pump", "pumpca"), "cal"),
}


def steps_of(name, states, other):
    """Return the potential and states on a membrane with a leak, at every second ms of steps of 0.025 ms."""
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    soma.cm = 1
    h.celsius = 22
    for one in filter(None, (name, other, "pas")):
        soma.insert(one)
    soma.e_pas, soma.g_pas = -10, 0.001
    recorded = {state: h.Vector().record(getattr(soma(0.5), f"_ref_{state}_{name}")) for state in states}
    if name == "cabuffer":
        recorded["cai"] = h.Vector().record(soma(0.5)._ref_cai)
    recorded["v"] = h.Vector().record(soma(0.5)._ref_v)
    h.dt, h.steps_per_ms = 0.025, 40
    h.finitialize(-65)
    h.continuerun(20)
    return {state: [values[80 * k] for k in range(11)] for state, values in recorded.items()}


def synapse_steps():
    """Return the potential and states of a receptor on a membrane that fires, at every second ms of steps of 0.025 ms."""
    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    soma.cm = 1
    h.celsius = 34
    h.usetable_sodium = 0
    for name in ("leak", "sodium", "fastk"):
        soma.insert(name)
    soma.gbar_sodium, soma.gbar_fastk = 0.25, 0.08
    receptor, source = h.receptor(soma(0.5)), h.NetStim()
    source.start, source.interval, source.number, source.noise = 1, 3, 3, 0
    connection = h.NetCon(source, receptor)
    connection.weight[0], connection.delay = 1, 1
    recorded = {state: h.Vector().record(getattr(receptor, f"_ref_{state}")) for state in ("c0", "c1", "c2", "d", "o", "b")}
    recorded["v"] = h.Vector().record(soma(0.5)._ref_v)
    h.dt, h.steps_per_ms = 0.025, 40
    h.finitialize(-65)
    h.continuerun(20)
    return {state: [values[80 * k] for k in range(11)] for state, values in recorded.items()}


def main():
    """Print the records of all files as JSON."""
    h.load_file("stdrun.hoc")
    recorded, responses = {}, {}
    for path in sorted(FILES.glob("*.mod")):
        kind, name = re.search(r"^\s*(SUFFIX|POINT_PROCESS)\s+(\w+)", path.read_text(), re.M).groups()
        if path.stem != "old_style":
            recorded[path.name] = rows_of(kind, name, random.Random(path.name))
        if kind == "POINT_PROCESS" and path.stem != "receptor_scheme":
            responses[path.name] = response_of(name)
    steps = {file: steps_of(*scheme) for file, scheme in SCHEMES.items()}
    steps["receptor_scheme.mod"] = synapse_steps()
    print(json.dumps({"neuron": neuron.__version__, "files": recorded, "responses": responses, "steps": steps}))


main()
