"""Measures mechanisms under voltage clamp in NEURON: states and the membrane current after steps of the potential.

    .venv-pynn/bin/python bench/nmodl_clamp.py FOLDER > results.json

FOLDER holds .mod files. Files that NEURON does not compile are named in the results. Potentials are held by a very large
capacitance: they step from -65 mV, at which INITIAL runs, to -100 to 50 mV. CVODE integrates with tolerances of 1e-10.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CELSIUS = (6.3, 22.0, 37.0)
#: No whole numbers between the ends: formulas of files often have gaps there.
POTENTIALS = tuple(150 * k / 13 - 100 for k in range(14))
TIMES = (0.5, 2.2, 5.0, 20.0)
ARRIVALS = (2.0, 2.5, 8.0)
#: A constant current of calcium, so that pools fill.
SOURCE = """NEURON { SUFFIX clampca USEION ca WRITE ica RANGE amount }
PARAMETER { amount = -1e-3 (mA/cm2) }
ASSIGNED { ica (mA/cm2) }
BREAKPOINT { ica = amount }
"""


def without_comments(text):
    """Return the text of a file without comments and C code."""
    text = re.sub(r"(?s)\bCOMMENT\b.*?(\bENDCOMMENT\b|$)|\bVERBATIM\b.*?(\bENDVERBATIM\b|$)", "", text)
    return re.sub(r"[:?][^\n]*|\bTITLE\b[^\n]*", "", text)


def name_of(path):
    """Return the kind and the name of a mechanism, or None."""
    found = re.search(r"\b(SUFFIX|POINT_PROCESS|ARTIFICIAL_CELL)\s+(\w+)", without_comments(path.read_text(encoding="latin-1")))
    return found and found.groups()


def rows_of(path, kind, name):
    """Return what NEURON computes for one file: a row for each temperature and potential."""
    from neuron import h

    text = without_comments(path.read_text(encoding="latin-1"))
    if hasattr(h, f"usetable_{name}"):
        setattr(h, f"usetable_{name}", 0)
    needs_calcium = kind == "SUFFIX" and re.search(r"\bREAD\b((?!WRITE)[^\n])*\bica\b", text)
    kinds = {block: kind for kind, block in re.findall(r"\b(PROCEDURE|DERIVATIVE|KINETIC|LINEAR)\s+(\w+)", text)}
    # CVODE does not advance states that a PROCEDURE advances.
    old = any(kinds.get(block) == "PROCEDURE" for block in re.findall(r"\bSOLVE\s+(\w+)", text))
    rows = []
    for celsius in CELSIUS:
        h.celsius = celsius
        for v in POTENTIALS:
            words = kind, name, v, bool(needs_calcium), "NET_RECEIVE" in text
            try:
                rows += clamped(*words, old)
            except RuntimeError:
                # CVODE does not reach its tolerances. Gates by `cnexp` are exact in steps of fixed length.
                h.CVode().active(0)
                rows += clamped(*words, True)
    return {"kind": kind, "name": name, "calcium": bool(needs_calcium), "rows": rows}


def levels_of(soma):
    """Return the potentials and concentrations of all ions of a section."""
    names = [f"{before}{ion}{after}" for ion in soma.psection()["ions"] for before, after in (("e", ""), ("", "i"), ("", "o"))]
    return {name: getattr(soma(0.5), name) for name in names if hasattr(soma(0.5), name)}


def clamped(kind, name, v, needs_calcium, receives, old):
    """Return the rows of one potential."""
    from neuron import h

    soma = h.Section(name="soma")
    soma.L = soma.diam = 20
    soma.cm = 1e12
    point = None
    if kind == "SUFFIX":
        soma.insert(name)
        if needs_calcium:
            soma.insert("clampca")
    else:
        point = getattr(h, name)(soma(0.5))
    if old:
        return stepped(soma, name, v)
    connection = h.NetCon(None, point) if receives else None
    if connection:
        connection.weight[0] = 1
    solver = h.CVode()
    solver.active(1)
    solver.atol(1e-10)
    solver.rtol(1e-10)
    h.finitialize(-65)
    for time in ARRIVALS if connection else ():
        connection.event(time)
    soma(0.5).v = v
    solver.re_init()
    label, rows = h.ref(""), []
    for time in TIMES:
        solver.solve(time)
        values, slopes = h.Vector(), h.Vector()
        solver.states(values)
        solver.f(time, values, slopes)
        names = []
        for index in range(1, len(values)):
            solver.statename(index, label, 1)
            bare = label[0].replace("(0.5)", "").rpartition(".")[2].replace(f"_{name}", "")
            names.append(re.sub(r"\[(\d+)\]", r"_\1", bare))
        # mA/cm2, outward.
        current = -slopes[0] * soma.cm * 1e-3 - (soma(0.5).clampca.amount if needs_calcium else 0)
        rows.append({"celsius": h.celsius, "v": v, "time": time, "states": list(values)[1:], "names": names,
                     "current": current, "ions": levels_of(soma)})
    solver.active(0)
    return rows


def stepped(soma, name, v):
    """Return rows of a mechanism that CVODE does not advance: extrapolated from two time steps."""
    from neuron import h

    h.CVode().active(0)
    standard, label, names = h.MechanismStandard(name, 3), h.ref(""), []
    for index in range(int(standard.count())):
        standard.name(label, index)
        names.append(label[0])
    ions = list(soma.psection()["ions"])

    def run(dt):
        h.dt, h.steps_per_ms, found = dt, 1 / dt, []
        h.finitialize(-65)
        soma(0.5).v = v
        for time in TIMES:
            while h.t < time - dt / 2:
                h.fadvance()
            h.fcurrent()
            found.append([*(getattr(soma(0.5), each) for each in names), sum(getattr(soma(0.5), f"i{ion}") for ion in ions)])
        return found

    levels = levels_of(soma)
    rows = []
    for time, coarse, fine in zip(TIMES, run(0.01), run(0.005)):
        *states, current = [2 * b - a for a, b in zip(coarse, fine)]
        own = [each.rpartition("_")[0] for each in names]
        rows.append({"celsius": h.celsius, "v": v, "time": time, "states": states, "names": own, "current": current,
                     "ions": levels})
    return rows


def measure(folder, files):
    """Print a line of JSON for each file, in a process that has loaded the library of a folder."""
    from neuron import h

    h.load_file("stdrun.hoc")
    for path in map(pathlib.Path, files):
        try:
            found = rows_of(path, *name_of(path))
        except Exception as error:
            found = {"failed": str(error)[:200]}
        print("ROW" + json.dumps({path.name: found}), flush=True)


def compiled(paths):
    """Compile files with different names. Return the folder, the files that are in it, and those that fail."""
    wanted, failed = list(paths), []
    while wanted:
        folder = tempfile.mkdtemp(prefix="nmodl-clamp-")
        for path in wanted:
            shutil.copy(path, folder)
        for include in {each for path in wanted for each in path.parent.glob("*.inc")}:
            shutil.copy(include, folder)
        pathlib.Path(folder, "clampca.mod").write_text(SOURCE)
        program = os.path.join(os.path.dirname(sys.executable), "nrnivmodl")
        ended = subprocess.run([program, "."], cwd=folder, capture_output=True, text=True)
        if ended.returncode == 0:
            return folder, wanted, failed
        said = [line for line in (ended.stdout + ended.stderr).splitlines() if "rror" in line]
        wrong = [path for path in wanted if any(re.search(rf"\b{re.escape(path.stem)}\.(cpp|mod|o)\b", line) for line in said)]
        failed += wrong or wanted
        wanted = [path for path in wanted if path not in (wrong or wanted)]
    return None, [], failed


def main():
    """Print the results of all files of a folder as JSON."""
    results, batches = {}, []
    for path in sorted(pathlib.Path(sys.argv[1]).resolve().glob("*.mod")):
        found = name_of(path)
        if found is None or found[0] == "ARTIFICIAL_CELL":
            results[path.name] = {"failed": "no mechanism of a membrane or a synapse"}
            continue
        batch = next((each for each in batches if found[1] not in each), None)
        if batch is None:
            batches.append(batch := {})
        batch[found[1]] = path
    for batch in batches:
        folder, files, failed = compiled(batch.values())
        results.update({path.name: {"failed": "NEURON does not compile it"} for path in failed})
        while files:
            words = [sys.executable, __file__, "--measure", folder, *map(str, files)]
            ended = subprocess.run(words, cwd=folder, capture_output=True, text=True)
            done = [json.loads(line[3:]) for line in ended.stdout.splitlines() if line.startswith("ROW")]
            for each in done:
                results.update(each)
            files = files[len(done):]
            if files:
                # NEURON ends the process at some errors.
                results[files.pop(0).name] = {"failed": ended.stderr.strip().splitlines()[-1:]}
    print(json.dumps(results))


if sys.argv[1] == "--measure":
    measure(sys.argv[2], sys.argv[3:])
else:
    main()
