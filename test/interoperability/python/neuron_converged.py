"""Converged voltages of a LEMS document that jNeuroML has exported to NEURON: its output columns, sampled, as JSON.

Arguments: the folder with the exported files, the script among them, milliseconds to run, milliseconds between samples,
and mechanisms with the reversal potential of the second pool of calcium whose current is of the first one.

The export integrates gates by forward Euler and takes conductances from the step before. Here mechanisms compute their
rates before their currents, and CVODE integrates everything with tight tolerances, so that neither matters. Two
conventions of the export are replaced by those of LEMS: kinetic schemes start in their first state rather than in
equilibrium, and a current is of the ion that the document names.
"""

import contextlib
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

# Raised when the same input gives another output: recorded outputs are then stale.
OUTPUT_VERSION = 1

TOLERANCE = 1e-8


def patched(text):
    """A mechanism whose currents are those of the present potential and state, and whose schemes start as in LEMS."""
    if scheme := re.search(r"\bSOLVE \w+ STEADYSTATE \w+", text):
        states = dict.fromkeys(re.findall(r"\w+_occupancy", re.search(r"CONSERVE [^=]*=", text)[0]), 0)
        states[re.search(r"~ (\w+_occupancy)", text)[1]] = 1
        text = text.replace(scheme[0], "\n".join(f"    {state} = {share}" for state, share in states.items()))
    return re.sub(r"(SOLVE \w+ METHOD \w+\n)", r"\1    rates()\n", text) if "PROCEDURE rates()" in text else text


def of_first_pool(text):
    """A mechanism whose current is of ca rather than of ca2."""
    text = text.replace("USEION ca2 READ eca2 WRITE ica2", "USEION ca WRITE ica VALENCE 2\n    USEION ca2 READ eca2")
    return re.sub(r"\bica2\b", "ica", text)


def sampled(text, interval):
    """The script with what it records at equal intervals rather than at CVODE's own steps."""
    return re.sub(r"\.record\((&(?!t\))[^)]*\([^)]*\)|&(?!t\))[^)]*)\)", rf".record(\1, {interval})", text)


def columns(text):
    """Files that the script writes, with the vectors and quantities of their columns."""
    files = {}
    for line in text.splitlines():
        if found := re.search(r"# File to save: (\S+) \(\w+\)$", line.replace("#" * 22 + "   ", "# ")):
            current = files.setdefault(found[1], [])
        elif found := re.search(r"# Column: (\S+)", line):
            quantity = found[1]
        elif (found := re.search(r"objectvar (v_\w+)", line)) and found[1] != "v_time":
            current.append((found[1], quantity))
    return {name: found for name, found in files.items() if found}


def main(folder, script, duration, interval, *first_pool):
    os.chdir(folder)
    for mechanism in Path().glob("*.mod"):
        mechanism.write_text(patched(mechanism.read_text()))
    for mechanism in map(Path, first_pool):
        mechanism.write_text(of_first_pool(mechanism.read_text()))
    subprocess.run([Path(sys.executable).with_name("nrnivmodl")], check=True, capture_output=True)
    text = Path(script).read_text()
    Path("converged_nrn.py").write_text(sampled(text, interval))
    spec = importlib.util.spec_from_file_location("converged_nrn", "converged_nrn.py")
    with contextlib.redirect_stdout(sys.stderr):
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.NeuronSimulation(tstop=duration, abs_tol=TOLERANCE, rel_tol=TOLERANCE)
        module.h.CVode().condition_order(2)
        module.h.run()
    print(
        json.dumps(
            {
                name: [
                    {"quantity": quantity, "values": list(getattr(module.h, vector))} for vector, quantity in vectors
                ]
                for name, vectors in columns(text).items()
            }
        )
    )


main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), *sys.argv[5:])
