"""Reads trials of mechanisms by `interneuron neuron`, for bench/nmodl-trials.ts.

    .venv-pynn/bin/python bench/nmodl_trials.py FOLDER OUT > trials.json

FOLDER holds .mod files. A trial has two cells, each with a leak, the mechanism, and a second mechanism with currents of
sodium, potassium and calcium. One cell is free and has three compartments with different reversal potentials; the other one is clamped.
Point processes receive events at 3 and 5 ms. Conductances and permeabilities that are 0 in the file are 1e-3, and the variables that
only scripts set are 0.5. Files that NEURON does not compile are named in the results. OUT receives what is read, and NEURON's potentials.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

CELSIUS = (6.3, 34.0)

BESIDE = """NEURON { SUFFIX beside USEION na READ ena WRITE ina USEION k READ ek WRITE ik USEION ca READ eca WRITE ica RANGE gna, gk, gca }
PARAMETER { gna = 4e-5 (S/cm2) gk = 2e-4 (S/cm2) gca = 2e-6 (S/cm2) }
ASSIGNED { v (mV) ena (mV) ek (mV) eca (mV) ina (mA/cm2) ik (mA/cm2) ica (mA/cm2) }
STATE { n }
INITIAL { n = 1/(1 + exp(-(v + 40)/9)) }
BREAKPOINT { SOLVE states METHOD cnexp ina = gna*(v - ena) ik = gk*n*(v - ek) ica = gca*n*(v - eca) }
DERIVATIVE states { n' = (1/(1 + exp(-(v + 40)/9)) - n)/3 }
"""


def stripped(text):
    """Return the text of a mechanism without comments and C."""
    text = re.sub(r"(?s)\bCOMMENT\b.*?(\bENDCOMMENT\b|$)|\bVERBATIM\b.*?(\bENDVERBATIM\b|$)", "", text)
    return re.sub(r"[:?][^\n]*|\bTITLE\b[^\n]*", "", text)


def build(kind, name, receives, settable, celsius):
    """Return the parts of a trial, which runs at once."""
    from neuron import h

    h.load_file("stdrun.hoc")
    free, clamped, kept = h.Section(name="free"), h.Section(name="clamped"), []
    free.L, free.nseg = 60, 3
    for section in (free, clamped):
        section.L = section.L if section is free else 20
        section.diam = 20
        section.insert("pas")
        section.insert("beside")
        section.g_pas, section.e_pas = 0.001, -65
        if kind == "SUFFIX":
            section.insert(name)
            standard, label = h.MechanismStandard(name, 1), h.ref("")
            for k in range(int(standard.count())):
                is_scalar = int(standard.name(label, k)) == 1
                if is_scalar and standard.get(label[0]) == 0 and re.search(r"(S|mho|siemens)/cm2|cm/s", h.units(label[0])):
                    setattr(section, label[0], 1e-3)
            for variable in settable:
                if hasattr(section(0.5), f"{variable}_{name}"):
                    setattr(section, f"{variable}_{name}", 0.5)
        else:
            kept.append(getattr(h, name)(section(0.5)))
            for variable in settable:
                if hasattr(kept[-1], variable):
                    setattr(kept[-1], variable, 0.5)
    for variable in settable if kind == "SUFFIX" else ():
        if not hasattr(free(0.5), f"{variable}_{name}") and hasattr(h, f"{variable}_{name}"):
            setattr(h, f"{variable}_{name}", 0.5)
    for k, segment in enumerate(free):
        segment.ena, segment.ek, segment.eca = 50 - 4 * k, -77 + 5 * k, 120 - 6 * k
    if receives:
        source = h.NetStim()
        source.start, source.interval, source.number, source.noise = 2, 2, 2, 0
        for point in list(kept):
            connection = h.NetCon(source, point)
            connection.delay, connection.weight[0] = 1, 0.001
            kept.append(connection)
        kept.append(source)
    current, clamp = h.IClamp(free(0.5)), h.VClamp(clamped(0.5))
    current.delay, current.dur, current.amp = 1, 3, 0.6
    for k, (duration, level) in enumerate(((2, -65), (4, -10), (100, -80))):
        clamp.dur[k], clamp.amp[k] = duration, level
    # A weak amplifier: the potential shows the currents of the membrane.
    clamp.gain, clamp.rstim = 20, 10
    h.celsius = celsius
    h.finitialize(-65)
    h.continuerun(10)
    return free, clamped, kept, current, clamp


def trial(out, path, text, library):
    """Read one trial at each temperature."""
    found = re.search(r"\b(SUFFIX|POINT_PROCESS)\s+(\w+)", text)
    assigned = re.search(r"\bASSIGNED\s*\{([^}]*)\}", text)
    names = re.findall(r"\b([A-Za-z_]\w*)\b", re.sub(r"\([^)]*\)|\w+\s*\[[^]]*\]", "", assigned[1])) if assigned else []
    shown = re.findall(r"\w+", " ".join(re.findall(r"\b(?:RANGE|GLOBAL)\b((?:\s*\w+\s*,)*\s*\w+)", text)))
    settable = [each for each in names if each in shown and not re.search(rf"\b{each}\s*=(?!=)|<->", text)]
    # Apart from the .mod files, which are compiled.
    script = out / "scripts" / f"{path.stem}.py"
    code = f"import sys; sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r}); from nmodl_trials import build; from neuron import h"
    script.write_text(
        f"{code}\nh.nrn_load_dll({library!r})\n"
        f"parts = build({found[1]!r}, {found[2]!r}, {'NET_RECEIVE' in text!r}, {settable!r}, float(sys.argv[1]))\n"
    )
    rows = []
    for celsius in CELSIUS:
        # Texts of mechanisms are written beside it, where the door does not look for .mod files of the script.
        captured = out / "read" / f"{path.stem}-{celsius:g}" / "model.json"
        captured.parent.mkdir(parents=True)
        words = [sys.executable, "-m", "interneuron_neuron.launcher", str(captured), str(script), f"{celsius:g}"]
        read = subprocess.run(words, cwd=script.parent, capture_output=True, text=True, env={**os.environ, "INTERNEURON_CHECK": "1"})
        left = pathlib.Path(f"{captured}.left-out")
        rows.append({
            "celsius": celsius,
            "recorded": f"{captured}.recorded.json" if captured.exists() else None,
            "left": left.read_text().splitlines() if left.exists() else [],
            "said": [line for line in read.stderr.splitlines() if line.startswith(("error:", "note:"))] or read.stderr.splitlines()[-1:],
        })
    return {"name": found[2], "rows": rows}


def main(folder, out, batch=16):
    """Compile files in groups with different names, and read the trials."""
    from interneuron_neuron.launcher import _compiled

    (out / "scripts").mkdir(parents=True)
    texts = {path: stripped(path.read_text(encoding="latin-1")) for path in sorted(folder.glob("*.mod"))}
    names = {path: found[2] for path, text in texts.items() if (found := re.search(r"\b(SUFFIX|POINT_PROCESS)\s+(\w+)", text))}
    results = {path.name: {"failed": "no mechanism"} for path in texts if path not in names}
    rest = list(names)
    while rest:
        group = {}
        for path in rest:
            if len(group) < batch:
                group.setdefault(names[path], path)
        rest = [path for path in rest if path not in group.values()]
        work = out / f"group{len(list(out.glob('group*')))}"
        work.mkdir()
        (work / "beside.mod").write_text(BESIDE)
        for k, path in enumerate(group.values()):
            # NEURON names functions in C after files.
            (work / f"trial{k}.mod").write_bytes(path.read_bytes())
        for path in folder.glob("*.inc"):
            (work / path.name).write_bytes(path.read_bytes())
        try:
            library = _compiled([str(work)])
        except RuntimeError as error:
            results.update({path.name: {"failed": str(error)} for path in group.values()})
            continue
        for name, path in group.items():
            probe = f"from neuron import h; h.nrn_load_dll({library!r}); s = h.Section(); hasattr(h, {name!r}) or s.insert({name!r})"
            if subprocess.run([sys.executable, "-c", probe], capture_output=True).returncode:
                results[path.name] = {"failed": "not compiled"}
            else:
                results[path.name] = trial(out, path, texts[path], library)
    print(json.dumps(results))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())
