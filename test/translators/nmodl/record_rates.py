"""Records first values and rates of change that NEURON computes for the mechanisms in files/.

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


def main():
    """Print the records of all files as JSON."""
    recorded = {}
    for path in sorted(FILES.glob("*.mod")):
        kind, name = re.search(r"^\s*(SUFFIX|POINT_PROCESS)\s+(\w+)", path.read_text(), re.M).groups()
        if path.stem != "old_style":
            recorded[path.name] = rows_of(kind, name, random.Random(path.name))
    print(json.dumps({"neuron": neuron.__version__, "files": recorded}))


main()
