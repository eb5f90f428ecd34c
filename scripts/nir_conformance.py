"""Runs graphs of NIR in a platform, in interneuron and by NIR's equations, and writes docs/nir-conformance.md.

    npm run build
    PYTHON scripts/nir_conformance.py norse            norse, snntorch, spikingjelly, sinabs, rockpool (scripts/nir_platforms.py)
    PYTHON scripts/nir_conformance.py mine.py:run --dt 1e-3 [--set library=norse]     a platform of one's own
    PYTHON scripts/nir_conformance.py --graphs FOLDER  graphs of others: each is read, run and written back
    python3 scripts/nir_conformance.py --check         exits with 1 if the page is not what the record yields

PYTHON has the platform, nir and NumPy. A function of one's own takes a graph, spikes [steps, inputs] and a time step in s, and returns the
spikes of the output [steps, cells]. The record, test/recorded/nir-conformance.json, keeps the rows that are not run again. FOLDER has a folder
for each suite, such as `NIRDUMP=FOLDER/norse pytest -p dumpnir` writes, where a plugin writes each graph that a test builds.
"""

import argparse
import csv
import importlib.metadata
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD, PAGE = ROOT / "test/recorded/nir-conformance.json", ROOT / "docs/nir-conformance.md"
STEPS = {"norse": 1e-3, "snntorch": 1e-4, "spikingjelly": 1e-4, "sinabs": 1.0, "rockpool": 1e-4}
WEIGHTS, RECURRENT = [[4.0, 2.0, 1.0], [1.0, 3.0, 5.0]], [[0.0, -2.0], [1.0, 0.0]]


# --- Graphs -----------------------------------------------------------------------------------------------------------
def graphs(dt):
    """Returns the cell of each graph, with the parameters of both of its elements."""
    mem, syn, low, high = 10 * dt, 5 * dt, {"v_threshold": 1.2, "v_reset": 0.0}, {"v_threshold": 12.3, "v_reset": 0.0}
    scaled = {"tau_syn": syn, "tau_mem": mem, "r": mem / dt, "v_leak": 0.0, "w_in": syn / dt, "v_threshold": 60.0, "v_reset": 0.0}
    return {
        "LIF": ("LIF", {"tau": mem, "r": 1.0, "v_leak": 0.0, **low}),
        "LIF, v_leak = 0.1": ("LIF", {"tau": mem, "r": 1.0, "v_leak": 0.1, **low}),
        "LIF, r = tau/dt": ("LIF", {"tau": mem, "r": mem / dt, "v_leak": 0.0, **high}),
        "IF": ("IF", {"r": 1.0, **high}),
        "IF, r = 1/dt": ("IF", {"r": 1.0 / dt, **high}),
        "CubaLIF": ("CubaLIF", {**scaled, "r": 1.0, "w_in": 1.0, "v_threshold": 1.2}),
        "CubaLIF, r = tau_mem/dt": ("CubaLIF", scaled),
        "recurrent LIF, r = tau/dt": ("LIF", {"tau": mem, "r": mem / dt, "v_leak": 0.0, **high}),
    }


def graph_of(name, kind, values):
    """Returns a graph in nir."""
    import nir
    import numpy as np

    nodes = {
        "input": nir.Input(np.array([3])),
        "fc": nir.Affine(np.array(WEIGHTS), np.zeros(2)),
        "lif.lif": getattr(nir, kind)(**{field: np.full(2, value) for field, value in values.items()}),
        "output": nir.Output(np.array([2])),
    }
    edges = [("input", "fc"), ("fc", "lif.lif"), ("lif.lif", "output")]
    if name.startswith("recurrent"):
        nodes["lif.w_rec"] = nir.Linear(np.array(RECURRENT))
        edges += [("lif.lif", "lif.w_rec"), ("lif.w_rec", "lif.lif")]
    return nir.NIRGraph(nodes, edges)


def equation(name, kind, values, spikes, dt, parts=50):
    """Returns the number of spikes that NIR's equations give if the input is constant over a step: forward Euler of dt/50."""
    import numpy as np

    v, current, count, last, short = np.zeros(2), np.zeros(2), 0, np.zeros(2), dt / parts
    for step in spikes:
        given = np.array(WEIGHTS) @ step + (np.array(RECURRENT) @ last if name.startswith("recurrent") else 0.0)
        last = np.zeros(2)
        for _ in range(parts):
            drive = given
            if kind == "CubaLIF":
                current += short * (values["w_in"] * given - current) / values["tau_syn"]
                drive = current
            tau = values.get("tau", values.get("tau_mem"))
            v += short * (values["r"] * drive if kind == "IF" else (values["v_leak"] - v + values["r"] * drive) / tau)
            fired = v > values["v_threshold"]
            v[fired] = values["v_reset"]
            last = np.maximum(last, fired)
            count += int(fired.sum())
    return count


def interneuron(*words):
    return subprocess.run(["node", str(ROOT / "dist/cli.js"), *map(str, words)], capture_output=True, text=True)


# --- Platforms --------------------------------------------------------------------------------------------------------
def run_here(graph, spikes, dt, settings, folder):
    """Returns the spikes of the output in interneuron as steps and cells."""
    import nir

    nir.write(folder / "graph.nir", graph)
    rows = [(step, cell) for step, row in enumerate(spikes) for cell, value in enumerate(row) if value]
    times = "".join(f"input,{cell},{step * dt!r}\n" for step, cell in rows)
    (folder / "in.csv").write_text(f"population,index,time_s\n{times}")
    sets = [word for setting in settings for word in ("--set", setting)]
    given = ["--input", f"input={folder}/in.csv", "--dt", f"{dt} s", "--duration", f"{len(spikes) * dt} s", *sets]
    ended = interneuron("run", folder / "graph.nir", *given, "-o", folder / "out.csv", "--force", "-q")
    if ended.returncode:
        sys.exit(ended.stderr)
    with open(folder / "out.csv") as file:
        found = [row for row in csv.DictReader(file) if row["population"] == "lif.lif"]
    return sorted([round(float(row["time_s"]) / dt), int(row["index"])] for row in found)


def platform_rows(name, run, dt, settings):
    """Returns the row of each graph: spikes of the platform, here, and of NIR's equations, or the platform's refusal."""
    import numpy as np

    rng = np.random.default_rng(1)
    spikes = (rng.random((500, 3)) < 0.3).astype(float)
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for label, (kind, values) in graphs(dt).items():
            here = run_here(graph_of(label, kind, values), spikes, dt, settings, Path(folder))
            row = {"kind": kind, "values": values, "here": len(here), "equation": equation(label, kind, values, spikes, dt)}
            try:
                counts = np.asarray(run(graph_of(label, kind, values), spikes, dt)).reshape(len(spikes), 2)
                theirs = [[int(step), int(cell)] for step, cell in np.argwhere(counts)]
                most = float(counts.max())
                row |= {"theirs": float(counts.sum()), "most": most, "equal": theirs == here and most <= 1}
                row["common"] = sum(each in here for each in theirs)
                if row["equal"]:
                    row["spikes"] = theirs
            except Exception as error:
                row["refuses"] = f"{type(error).__name__}: {str(error).splitlines()[0][:100] if str(error) else ''}"
            rows[label] = row
            print(name, label, {key: value for key, value in row.items() if key != "spikes"})
    inputs = [[int(step), int(cell)] for step, cell in np.argwhere(spikes)]
    return {"weights": WEIGHTS, "recurrent": RECURRENT, "version": version_of(name), "dt": dt, "settings": settings, "input": inputs, "rows": rows}


def version_of(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def function_of(name):
    """Returns the function of a platform: a known one, or `FILE.py:FUNCTION`."""
    path, _, function = name.partition(":") if ":" in name else (str(ROOT / "scripts/nir_platforms.py"), "", name)
    spec = importlib.util.spec_from_file_location("platform_of_graphs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, function)


# --- Graphs of others -------------------------------------------------------------------------------------------------
def content_of(path):
    """Returns the contents of the group /node of a file."""
    import h5py

    def read(item):
        return {key: read(inner) for key, inner in item.items()} if isinstance(item, h5py.Group) else item[()]

    with h5py.File(path) as file:
        return read(file["node"])


def is_equal(one, other):
    import numpy as np

    if isinstance(one, dict) or isinstance(other, dict):
        both = isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys()
        return both and all(is_equal(one[key], other[key]) for key in one)
    one, other = np.asarray(one), np.asarray(other)
    return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def graph_rows(folder):
    """Returns the outcome of each graph by suite: whether nir reads it, and what interneuron makes of it."""
    import nir

    found = {}
    for suite in sorted(path for path in Path(folder).iterdir() if path.is_dir()):
        with tempfile.TemporaryDirectory() as scratch:
            graphs = sorted(suite.glob("*.nir"))
            written = json.loads(interneuron("convert", *graphs, "--to", "nir", "-o", f"{scratch}/", "--json", "--no-check").stdout)
            ran = json.loads(interneuron("validate", *graphs, "--target", "wasm", "--duration", "2 ms", "--json").stdout)
            found[suite.name] = []
            for path, conversion, verdict in zip(graphs, written["documents"], ran["documents"]):
                try:
                    nir.read(path)
                    refusal = None
                except Exception as error:
                    refusal = str(error).splitlines()[0][:100]
                out = Path(scratch) / path.name
                back = out.exists() and is_equal(content_of(path), content_of(out))
                errors = [each["message"] for each in conversion.get("diagnostics", []) if each["severity"] == "error"]
                row = {"graph": path.stem, "nir": refusal, "read": not errors, "run": verdict["valid"], "back": back, "errors": errors[:1]}
                found[suite.name].append(row)
    return found


# --- The page ---------------------------------------------------------------------------------------------------------
def table(head, rows):
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]


def outcome(row):
    if "refuses" in row:
        return f"refuses: {row['refuses'].replace('|', '/')}"
    if row["equal"]:
        return "equal, each spike at its step"
    several = f", up to {row['most']:g} a step" if row["most"] > 1 else ""
    common = f", {row['common']} at the same steps" if "common" in row else ""
    return f"departs: {row['theirs']:g}{several}{common}"


def page(record):
    lines = [
        "# NIR, platform by platform",
        "",
        "<!-- Written by scripts/nir_conformance.py from test/recorded/nir-conformance.json. -->",
        "",
        "NIR states equations. Platforms step them in different ways, and a few compute other equations. This page runs the same graphs in each",
        "platform, here with `--set library=`, and by NIR's equations (forward Euler at a fiftieth of the step).",
        "Three inputs spike at random in 500 steps, weights lead to two cells, and the spikes of both are compared.",
        "",
        "For a platform of your own, write a function that takes a graph, spikes `[steps, inputs]` and a time step in s, and returns spikes `[steps, cells]`:",
        "",
        "```sh",
        "npm run build",
        "python scripts/nir_conformance.py mine.py:run --dt 1e-3 --set method=euler",
        "```",
        "",
    ]
    for name, found in record["platforms"].items():
        lines += [f"## {name} {found['version']}", "", f"A step is {found['dt']:g} s, here with `{' '.join('--set ' + each for each in found['settings'])}`.", ""]
        rows = [(label, outcome(row), row["here"], row["equation"]) for label, row in found["rows"].items()]
        lines += table(["graph", f"spikes in {name}", "spikes here", "spikes by NIR's equations"], rows)
        lines += [each + "\n" for each in NOTES.get(name, [])]
    lines += ["`--set library=lava` is the step of NIR's own converter to Lava. Lava was not run.", ""]
    lines += ["## Graphs that the platforms' tests build", ""]
    lines += ["Each graph that the test suites build is read, accepted for a run, and written back: `convert GRAPH --to nir` gives all its nodes, edges, numbers and types.", ""]
    suites = record["graphs"]
    count = lambda rows, key: sum(bool(row[key]) for row in rows)
    rows = [(name, len(own), sum(row["nir"] is None for row in own), *(count(own, key) for key in ("read", "run", "back"))) for name, own in suites.items()]
    every = [row for own in suites.values() for row in own]
    rows.append(("all", len(every), sum(row["nir"] is None for row in every), *(count(every, key) for key in ("read", "run", "back"))))
    lines += table(["suite", "graphs", "read by nir 1.0.8", "read here", "run", "written back equal"], rows)
    left = [(name, row["graph"].split("__")[0], "reads it" if row["nir"] is None else row["nir"], *(row["errors"] or [""])) for name, own in suites.items() for row in own if not row["back"]]
    lines += ["Not written back:", "", *table(["suite", "test", "nir", "interneuron"], left)]
    return "\n".join(lines).rstrip() + "\n"


NOTES = {
    "norse": ["Norse counts the input of an IF per step, whatever `r`; a LIF with `r = tau/dt` is silent, as with `r = 1`."],
    "snntorch": ["The IF of snnTorch counts its input per step, and has fewer spikes than one with `r = 1/dt`. Its import of a recurrent LIF has fewer than NIR's equations."],
    "sinabs": [
        "Sinabs has no time: a step is 1 s here. It adds the whole input to a LIF, not `dt/tau` of it, and emits several spikes a step.",
        "It leaves out a CubaLIF without a word: the output is the weighted input, whatever the parameters. It leaves out recurrent weights, too.",
    ],
    "rockpool": ["Rockpool takes the time step from `r`, `tau_mem/(1 + r)` by its importer, and emits several spikes a step."],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("platform", nargs="?")
    parser.add_argument("--dt", type=float)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--graphs")
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"platforms": {}, "graphs": {}}
    if given.check:
        sys.exit(PAGE.read_text() != page(record))
    if given.graphs:
        record["graphs"] |= graph_rows(given.graphs)
    if given.platform:
        settings = given.set or ([f"library={given.platform}"] if given.platform in STEPS else [])
        dt = given.dt or STEPS.get(given.platform, 1e-4)
        record["platforms"][given.platform] = platform_rows(given.platform, function_of(given.platform), dt, settings)
    RECORD.write_text(json.dumps(record).replace('"rows"', '\n"rows"').replace('}, "', '},\n"') + "\n")
    PAGE.write_text(page(record))


if __name__ == "__main__":
    main()
