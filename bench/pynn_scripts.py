"""Times PyNN scripts on interneuron and on other simulators, in seconds of the processor and by the clock.

    npm run build && scripts/python-environment.sh
    .venv-pynn/bin/python bench/pynn_scripts.py [repetitions]

PyNN's own VAbenchmarks.py, end to end and on one thread, on pyNN.interneuron, pyNN.neuron and pyNN.nest in turn; 10^7
connections that are declared, through Python and in a document; connections that NumPy's generator draws against those
that ours draws; lists of connections as arrays; the first answer of the engine; reading 10^6 spikes;
callbacks. Medians. The processor's seconds are of
all processes of a command.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON, NODE = [sys.executable, "-W", "ignore"], ["node", str(ROOT / "dist/cli.js")]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": ":".join(str(ROOT / "python" / name / "src") for name in ("interneuron", "pynn-interneuron")),
    "INTERNEURON_PROGRAM": os.environ.get("INTERNEURON_PROGRAM", str(ROOT / "dist/cli.js")),
    "OMP_NUM_THREADS": "1",
}
NODE[1] = ENVIRONMENT["INTERNEURON_PROGRAM"]

DECLARED = """
import sys
import interneuron_pynn as sim
sim.setup(timestep=0.1, min_delay=0.1, threads=1)
a, b = (sim.Population(10_000, sim.IF_curr_exp()) for _ in range(2))
connector = {
    "probability": lambda: sim.FixedProbabilityConnector(0.1, rng=sim.NumpyRNG(seed=5)),
    "number": lambda: sim.FixedNumberPreConnector(1000, rng=sim.NumpyRNG(seed=5)),
    "total": lambda: sim.FixedTotalNumberConnector(10**7, rng=sim.NumpyRNG(seed=5)),
}[sys.argv[1]]()
sim.Projection(a, b, connector, sim.StaticSynapse(weight=0.01, delay=1.0))
b.record("spikes")
sim.run(10.0)
"""


def seconds(command, folder):
    """Seconds of the processor, and by the clock."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, time.perf_counter() - began


def row(name, commands, repetitions, folder):
    """Medians of commands that are run in turn."""
    found = [[] for _ in commands]
    for _ in range(repetitions):
        for each, command in zip(found, commands):
            each.append(seconds(command, folder))
    cells = [" / ".join(f"{statistics.median(values):.2f}" for values in zip(*each)) for each in found]
    print("|", " | ".join([name, *cells]), "|", flush=True)


def document(connector, rng):
    """The network of DECLARED as a document."""
    cells = {"size": 10_000, "cell": {"type": "IF_curr_exp"}}
    drawn = {"rng": rng} if rng else {}
    return json.dumps(
        {
            "format": "interneuron/pynn",
            "version": 1,
            "setup": {"timestep": 0.1, "min_delay": 0.1},
            "rngs": {"r": {"type": "NumpyRNG", "seed": 5}, "own": {"type": "NativeRNG"}},
            "populations": [{"label": "a", **cells}, {"label": "b", **cells}],
            "projections": [
                {
                    "label": "p",
                    "pre": "a",
                    "post": "b",
                    "receptor_type": "excitatory",
                    "connector": {**connector, **drawn},
                    "synapse": {"type": "StaticSynapse", "params": {"weight": 0.01, "delay": 1.0}},
                }
            ],
            "recordings": [{"target": "b", "variables": ["spikes"]}],
            "phases": [{"run": 10.0}],
        }
    )


def main(repetitions):
    """All measurements."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = str(ROOT / ".venv-pynn/sources/examples/VAbenchmarks.py")
        print("| processor / clock (s) | interneuron | pyNN.neuron | pyNN.nest |\n| --- | --- | --- | --- |")
        for kind in ("CUBA", "COBA"):
            ours = [*PYTHON, "-m", "interneuron", "pynn", script, "interneuron", kind]
            theirs = [[*PYTHON, script, simulator, kind] for simulator in ("neuron", "nest")]
            row(f"VAbenchmarks.py {kind}", [ours, *theirs], repetitions, folder)
        print("\n| processor / clock (s) | Python | document, NumPy's | document, our own |\n| --- | --- | --- | --- |")
        (folder / "declared.py").write_text(DECLARED, encoding="utf-8")
        connectors = {
            "probability": {"type": "FixedProbabilityConnector", "params": {"p_connect": 0.1}},
            "number": {"type": "FixedNumberPreConnector", "params": {"n": 1000}},
            "total": {"type": "FixedTotalNumberConnector", "params": {"n": 10**7}},
        }
        for kind, connector in connectors.items():
            commands = [[*PYTHON, "declared.py", kind]]
            for rng in ("r", "own"):
                (folder / f"{kind}.{rng}.json").write_text(document(connector, rng), encoding="utf-8")
                run = ["run", f"{kind}.{rng}.json", "--target", "wasm", "--threads", "1", "--force", "-o", "x.csv"]
                commands.append([*NODE, *run])
            row(f"10^7 connections, {kind}", commands, repetitions, folder)
        print("\n| processor / clock (s) | |\n| --- | --- |")
        first = "import interneuron; interneuron._server.shared()"
        row("Python alone", [[*PYTHON, "-c", "import interneuron"]], repetitions, folder)
        row("the first answer besides", [[*PYTHON, "-c", first]], repetitions, folder)
        listed = (
            "import numpy as np, interneuron_pynn as sim; n = {n}; sim.setup(timestep=0.1, min_delay=0.1, threads=1)\n"
            "a, b = (sim.Population(2000, sim.IF_curr_exp()) for _ in range(2)); r = np.random.RandomState(1)\n"
            "rows = np.stack([r.randint(0, 2000, n), r.randint(0, 2000, n), r.rand(n), 1 + r.randint(0, 9, n)], 1)\n"
            "sim.Projection(a, b, sim.FromListConnector(rows), sim.StaticSynapse()); sim.run(1.0)"
        )
        for n in (10**5, 10**6):
            row(f"FromListConnector, {n} rows of four", [[*PYTHON, "-c", listed.format(n=n)]], repetitions, folder)
        spikes = (
            "import time, interneuron_pynn as sim; sim.setup(timestep=0.1, min_delay=0.1, threads=1)\n"
            "cells = sim.Population(1000, sim.SpikeSourcePoisson(rate=1000.0)); cells.record('spikes'); sim.run(1000.0)\n"
            "began = time.process_time(); trains = cells.get_data().segments[0].spiketrains; spent = time.process_time() - began\n"
            "each = [train.size for train in trains]\n"
            "print(f'| get_data of {sum(each)} spikes; with a Neo object for each train | {spent:.2f}; {time.process_time() - began:.2f} |')"
        )
        subprocess.run([*PYTHON, "-c", spikes], cwd=folder, env=ENVIRONMENT, check=True)
        calls = (
            "import interneuron_pynn as sim; sim.setup(timestep=0.1, min_delay=0.1, threads=1)\n"
            "cells = sim.Population(200, sim.IF_cond_exp(i_offset=1.0)); cells.record('spikes'); sim.run(10.0)\n"
            "sim.run(5000.0, callbacks=[lambda t: t + {every}])"
        )
        for every in (5000.0, 1.0):
            row(f"5 s of 200 cells, a callback each {every:g} ms", [[*PYTHON, "-c", calls.format(every=every)]], repetitions, folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
