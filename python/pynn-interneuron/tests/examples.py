"""Runs PyNN's own example scripts on this backend, unmodified, each in a process of its own.

Usage: python examples.py FOLDER [--compare] SCRIPT...

FOLDER is that of PyNN's sources, in which examples lies; nothing in it is changed. SCRIPT is the name of an example and
its arguments, in which SIM stands for the name of the simulator. The last line says, as JSON, what came of each: null,
or what is wrong. `--compare` runs each under pyNN.neuron, too, and compares the Neo blocks that both write: segments,
trains, signals, units, times and numbers of spikes.
"""

import json
import os
import pickle
import re
import shlex
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np

#: What numbers of spikes may differ by where both are drawn at random, or cells integrated otherwise.
FEW, SHARE = 3, 0.1


def forked(action, said):
    """Runs something in a copy of this process. Gives its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            out = os.open(said, os.O_WRONLY | os.O_CREAT)
            os.dup2(out, 1)
            os.dup2(out, 2)
            code = action()
        except SystemExit as ended:
            code = ended.code or 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            from interneuron import _server

            if _server._shared is not None:
                _server._shared.close()
            os._exit(code if isinstance(code, int) else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ours(script, words, folder):
    """Runs a script here. Gives what is wrong, or None."""
    from interneuron_pynn.launcher import run_script

    def action():
        os.chdir(folder)
        return run_script([str(script), *words])

    said = folder / "said.txt"
    code = forked(action, said)
    lines = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return None if code == 0 else lines[-1] if lines else f"exit code {code}"


def blocks(folder):
    """Neo blocks that a script wrote, by the names of their files without that of the simulator and the time."""
    found = {}
    for file in sorted(folder.glob("**/*.pkl")):
        name = re.sub(r"_(interneuron|neuron)(?![a-z])|_\d{8}-\d{6}", "", file.stem)
        with open(file, "rb") as stream:
            found[name] = pickle.load(stream)
    return found


def shape(block):
    """Segments of a block with their signals (names, units, samples, cells) and the number of their trains."""
    return [
        (
            len(part.spiketrains),
            sorted(
                (signal.name, str(signal.units.dimensionality), signal.shape, float(signal.t_start.rescale("ms")))
                for signal in part.analogsignals
            ),
        )
        for part in block.segments
    ]


def differences(here, there):
    """How the blocks of two simulators differ."""
    found = []
    if here.keys() != there.keys():
        return [f"files {sorted(here)}, not {sorted(there)}"]
    for name, block in here.items():
        other = there[name]
        if shape(block) != shape(other):
            found.append(f"{name}: {shape(block)}, not {shape(other)}"[:300])
            continue
        for part, same in zip(block.segments, other.segments):
            count, expected = (sum(map(len, each.spiketrains)) for each in (part, same))
            if abs(count - expected) > max(FEW, SHARE * expected):
                found.append(f"{name}: {count} spikes, not {expected}")
            if any(not np.isfinite(signal.magnitude).all() for signal in part.analogsignals):
                found.append(f"{name}: signals with gaps")
    return found


def main(words):
    """Runs the scripts."""
    compare = "--compare" in words
    folder, *scripts = [word for word in words if word != "--compare"]
    os.environ["MPLBACKEND"] = "Agg"
    # Imported once, for all copies of this process.
    import pyNN.utility.plotting  # noqa: F401

    import interneuron_pynn  # noqa: F401

    outcomes = {}
    for each in scripts:
        name, *arguments = shlex.split(each)
        script = Path(folder).resolve() / "examples" / f"{name}.py"
        with tempfile.TemporaryDirectory() as scratch:
            own, other = Path(scratch, "own"), Path(scratch, "other")
            for place in (own, other):
                # Some scripts expect the folder of their results.
                (place / "Results").mkdir(parents=True)
            wrong = ours(script, [word.replace("SIM", "interneuron") for word in arguments], own)
            if wrong is None and compare:
                command = [sys.executable, "-W", "ignore", str(script), *(w.replace("SIM", "neuron") for w in arguments)]
                there = subprocess.run(command, cwd=other, capture_output=True, text=True)
                if there.returncode == 0:
                    wrong = "; ".join(differences(blocks(own), blocks(other))) or None
        outcomes[each] = wrong
    print(json.dumps(outcomes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
