"""Runs mechanisms in NEURON for bench/nmodl-trials.ts: a membrane with a leak and one mechanism, for 10 ms.

    .venv-pynn/bin/python bench/nmodl_trials.py FOLDER > results.json

FOLDER holds .mod files. A current flows from 1 to 4 ms, and point processes receive events at 3 and 5 ms. Conductances
and permeabilities that are 0 in the file are 1e-3. Files that NEURON does not compile are named in the results.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CELSIUS = (6.3, 34.0)
STEPS = (0.025, 0.005)
TIMES = (0, 0.5, 1, 2, 3, 4, 5, 7.5, 10)


def name_of(text):
    """Return the kind and the name of a mechanism, or None."""
    text = re.sub(r"(?s)\bCOMMENT\b.*?(\bENDCOMMENT\b|$)|\bVERBATIM\b.*?(\bENDVERBATIM\b|$)", "", text)
    found = re.search(r"\b(SUFFIX|POINT_PROCESS)\s+(\w+)", re.sub(r"[:?][^\n]*|\bTITLE\b[^\n]*", "", text))
    return found and found.groups()


def run(h, kind, name, receives, celsius, dt):
    """Return the potentials at TIMES in mV, and the values that were set."""
    soma, values = h.Section(name="soma"), {}
    soma.L = soma.diam = 20
    soma.insert("pas")
    soma.g_pas, soma.e_pas = 0.001, -65
    point = connection = source = None
    if kind == "SUFFIX":
        soma.insert(name)
        standard, label = h.MechanismStandard(name, 1), h.ref("")
        for k in range(int(standard.count())):
            is_scalar = int(standard.name(label, k)) == 1
            if is_scalar and standard.get(label[0]) == 0 and re.search(r"(S|mho|siemens)/cm2|cm/s", h.units(label[0])):
                setattr(soma, label[0], 1e-3)
                values[label[0][: -len(name) - 1]] = 1e-3
    else:
        point = getattr(h, name)(soma(0.5))
    if receives:
        source = h.NetStim()
        source.start, source.interval, source.number, source.noise = 2, 2, 2, 0
        connection = h.NetCon(source, point)
        connection.delay, connection.weight[0] = 1, 0.001
    clamp = h.IClamp(soma(0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 3, 0.3
    v = h.Vector().record(soma(0.5)._ref_v)
    h.celsius, h.dt, h.steps_per_ms = celsius, dt, round(1 / dt)
    h.finitialize(-65)
    h.continuerun(TIMES[-1])
    return {"celsius": celsius, "dt": dt, "values": values, "v": [v[round(time / dt)] for time in TIMES]}


def trial(path):
    """Compile one file in a folder of its own and run it. The process ends with it."""
    text = path.read_text(encoding="latin-1")
    found = name_of(text)
    if not found:
        return {"failed": "no mechanism"}
    work = pathlib.Path(tempfile.mkdtemp())
    shutil.copy(path, work / "trial.mod")
    for included in path.parent.glob("*.inc"):
        shutil.copy(included, work)
    built = subprocess.run(["nrnivmodl", "."], cwd=work, capture_output=True, text=True)
    code = f"import bench.nmodl_trials as t, json; t.measure(*{(*found, 'NET_RECEIVE' in text)!r})"
    root = str(pathlib.Path(__file__).parent.parent)
    made = subprocess.run([sys.executable, "-c", code], cwd=work, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": root})
    shutil.rmtree(work)
    if built.returncode or made.returncode:
        return {"failed": (built.stderr + made.stderr).strip()[-200:]}
    return {"kind": found[0], "name": found[1], "rows": json.loads(made.stdout.splitlines()[-1])}


def measure(kind, name, receives):
    """Print the rows of a mechanism that is compiled in the present folder."""
    from neuron import h

    h.load_file("stdrun.hoc")
    if hasattr(h, f"usetable_{name}"):
        setattr(h, f"usetable_{name}", 0)
    print(json.dumps([run(h, kind, name, receives, celsius, dt) for celsius in CELSIUS for dt in STEPS]))


if __name__ == "__main__":
    os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    print(json.dumps({path.name: trial(path) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.mod"))}))
