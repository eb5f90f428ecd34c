"""Times a network of the size of the fly's connectome against Brian's `cpp_standalone`, in one run on one machine.

    npm run build && .venv/bin/python bench/connectome.py /tmp/connectome [--repetitions 3] [--seconds 1]

The folder takes the wiring, which `brian/connectome.py` draws from a seed, the compiled program of Brian, and the
model as `interneuron convert` writes it. Checks that both sides give the same spikes, then runs Brian's program and
`interneuron` on `c` and wasm in turn, each with one thread. Prints medians of the run phase, by the clock and in
seconds of the processor, as a Markdown table.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "bench/brian/connectome.py"

STANDALONE = """
import runpy, sys, brian2
from models import NOTE_TIMES, TIMES
folder, script = sys.argv[1:3]
brian2.set_device("cpp_standalone", directory=folder)
brian2.device.insert_code("before_network_run", TIMES.format(when="before"))
brian2.device.insert_code("after_network_run", TIMES.format(when="after") + NOTE_TIMES)
sys.argv = sys.argv[2:]
runpy.run_path(script, run_name="__main__")
"""


def command(*words):
    """Runs a command of Python's packages, or a script. @returns its output"""
    own = [str(ROOT / "python" / name / "src") for name in ("interneuron", "brian2-interneuron")]
    path = ":".join([*own, str(ROOT / "bench/brian")])
    environment = {**os.environ, "PYTHONPATH": path, "INTERNEURON_PROGRAM": str(ROOT / "dist/cli.js")}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *map(str, words)], env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def ours(model, target, seconds):
    """Clock and processor seconds of the run phase."""
    words = ["node", "--max-old-space-size=8000", "bench/run-phase.js", str(model), target, f"{seconds} s", "1"]
    found = json.loads(subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return found["clock"], found["processor"]


def theirs(build):
    """The same of Brian's compiled program."""
    subprocess.run(["./main"], cwd=build, check=True, stdout=subprocess.DEVNULL)
    return tuple(float(each) for each in (build / "results/run_phase.txt").read_text().split())


def main():
    """Runs all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    folder, seconds = given.folder.resolve(), given.seconds
    folder.mkdir(parents=True, exist_ok=True)
    wiring, build, model = folder / "wiring.npz", folder / "build", folder / "model.yaml"
    command("-m", "interneuron", "brian", "--strict", "-t", "c", SCRIPT, wiring, seconds, folder / "ours.npz")
    print(command("-c", STANDALONE, build, SCRIPT, wiring, seconds, folder / "brian.npz"), end="")
    spikes = [np.load(folder / name) for name in ("ours.npz", "brian.npz")]
    same = all(np.array_equal(*(each[key] for each in spikes)) for key in ("index", "step"))
    print(f"the spikes of both are {'the same' if same else 'different'}\n")
    convert = ["-m", "interneuron", "convert", SCRIPT, "--to", "canonical", "--no-check", "-o", model]
    command(*convert, "--", wiring, seconds)
    times = {"cpp_standalone": [], "c": [], "wasm": []}
    for _ in range(given.repetitions):
        times["cpp_standalone"].append(theirs(build))
        for target in ("c", "wasm"):
            times[target].append(ours(model, target, seconds))
    print("| engine | clock (s) | processor (s) | processor / Brian's |\n| --- | --- | --- | --- |")
    for name, found in times.items():
        clock, processor = (statistics.median(each) for each in zip(*found))
        ratio = statistics.median(a[1] / b[1] for a, b in zip(found, times["cpp_standalone"]))
        print(f"| {name} | {clock:.2f} | {processor:.2f} | {ratio:.2f} |")
    print(f"\nload after: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
