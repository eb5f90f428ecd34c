"""Scripts that run their network again: what they change in between are phases, and the spikes are those of Brian.

    python later_runs.py      writes the outcome of each case as JSON on the last line
"""

import json
import runpy
import tempfile
import warnings
from pathlib import Path

import interneuron
import numpy as np
from brian2 import BrianLogger, prefs, set_device, start_scope
from brian2.devices.device import reset_device
from interneuron._scripts import left_out_beside

from brian2_interneuron.capture import Begun, first_network

CELLS = """from brian2 import *
G = NeuronGroup({n}, 'dv/dt = (I - v)/tau : 1\\nI : 1', threshold='v > 1', reset='v = 0', method='exact', name='G')
G.I = '1.1 + 0.05*i'
tau = 5*ms
mon = SpikeMonitor(G, name='mon')
"""

#: By name: the script after its cells, the phases, and what is left out.
CASES = {
    "values": (
        "run(10*ms)\nG.I = 1.5\nrun(10*ms)\nG.v[2:] = 0.25\nrun(5*ms)\n",
        ["10", {"set": {"G.I": 1.5}}, "10", {"set": {"G.v": 0.25}, "index": [2, 3]}, "5"],
        [],
    ),
    "loops": (
        "for current in [1.2, 1.6]:\n    G.I = current\n    run(10*ms)\nprint(mon.num_spikes)\n",
        ["10", {"set": {"G.I": 1.6}}, "10"],
        [],
    ),
    "constants": (
        "run(10*ms)\ntau = 8*ms\nrun(10*ms)\n",
        ["10", {"set": {"tau": "0.008*second"}}, "10"],
        [],
    ),
    "spikes, weights and delays": (
        "A = SpikeGeneratorGroup(2, [0, 1], [1, 2]*ms, name='A')\n"
        "S = Synapses(A, G, 'w : 1', on_pre='v_post += w', delay=1*ms, name='S')\n"
        "S.connect()\nS.w = 0.1\n"
        "run(10*ms)\nA.set_spikes([1, 0, 1], [5, 11, 12.5]*ms)\nS.w = '0.1 + 0.1*i'\nS.delay = 2*ms\nrun(10*ms)\n",
        [
            "10",
            {"set_spikes": {"A": {"indices": [1, 0, 1], "times": {"values": [0.005, 0.011, 0.0125], "unit": "second"}}}},
            {"set": {"S.pre.delay": "0.002*second"}},
            {"set": {"S.w": 0.2}, "index": [4, 5, 6, 7]},
            "10",
        ],
        [],
    ),
    "monitors and inputs": (
        "P = PoissonInput(G, 'v', 1, 0*Hz, 0.1)\nnet = Network(G, mon, P)\nnet.run(5*ms)\nmon.active = False\n"
        "late = StateMonitor(G, 'v', record=True, name='late')\nnet.add(late)\nP.active = False\nnet.run(5*ms)\n"
        "mon.active = True\nnet.run(5*ms)\n",
        [
            {"active": {"late": False}},
            "5",
            {"active": {"mon": False}},
            {"active": {"late": True}},
            {"active": {"P": False}},
            "5",
            {"active": {"mon": True}},
            "5",
        ],
        [],
    ),
    "trials": (
        "A = SpikeGeneratorGroup(2, [0, 1, 0], [1, 2, 6]*ms, name='A')\n"
        "S = Synapses(A, G, 'w : 1\\nc : 1', on_pre='v_post += w*c\\nw *= 0.9', delay=1*ms, name='S')\n"
        "S.connect()\nS.w = 0.1\nS.c = 1\nfound = []\nstore()\n"
        "for trial, current in enumerate([1.2, 1.6, 1.2]):\n"
        "    restore()\n    G.I = current\n    S.w = [0.1, 0.2, 0.3][trial]\n    run(5*ms)\n"
        "    if trial == 0:\n        S.delay = 3*ms\n        S.c = 2\n"
        "    else:\n        tau = 6*ms\n        A.set_spikes([1], [7]*ms)\n"
        "    run(5*ms)\n    found += [(t + trial*0.01, i) for t, i in zip(mon.t_, mon.i)]\n"
        "class mon: t_, i = np.array(found).T\n",
        [
            "5",
            {"set": {"S.pre.delay": "0.003*second"}},
            {"set": {"S.c": 2.0}},
            "5",
            {"reset": True},
            {"set": {"G.I": 1.6}},
            {"set": {"S.c": 1.0}},
            {"set": {"S.w": 0.2}},
            "5",
            {"set_spikes": {"A": {"indices": [1], "times": {"values": [0.007], "unit": "second"}}}},
            {"set": {"tau": "0.006*second"}},
            "5",
            {"reset": True},
            {"set": {"G.I": 1.2}},
            {"set": {"S.w": 0.3}},
            "5",
            "5",
        ],
        [],
    ),
    "another beginning": (
        "run(10*ms)\nstart_scope()\nH = NeuronGroup(1, 'x : 1', name='H')\nrun(10*ms)\n",
        "0.01*second",
        ["line 9 of the script: another run from time 0, which --network=2 converts"],
    ),
    "the second network": (
        "run(10*ms)\nfor bias in [1.3, 1.5]:\n    start_scope()\n"
        "    H = NeuronGroup(2, 'dv/dt = (I - v)/tau : 1\\nI : 1', threshold='v > 1', reset='v = 0', method='exact', name='G')\n"
        "    H.I = bias\n    H.v = '0.1*i'\n    mon = SpikeMonitor(H, name='mon')\n"
        "    run(0*ms)\n    run(10*ms)\n    H.I = 2\n    run(10*ms)\n    if bias == 1.3:\n        kept = mon\n"
        "mon = kept\n",
        ["0", "10", {"set": {"G.I": 2.0}}, "10"],
        [],
    ),
    "other parts": (
        "net = Network(G, mon)\nnet.run(10*ms)\nnet.add(NeuronGroup(1, 'x : 1', name='H'))\nnet.run(10*ms)\n",
        "0.01*second",
        ["line 9 of the script: the network has other parts"],
    ),
    "other processes": (
        "from multiprocessing import get_context\n"
        "def one(k):\n    run(10*ms)\n"
        "with get_context('fork').Pool(2) as pool:\n    pool.map(one, range(4))\n",
        "0.01*second",
        ["what the script runs in other processes"],
    ),
    "an error behind the last run": (
        "run(10*ms)\nG.I = 2\nrun(10*ms)\nraise ValueError('none')\n",
        ["10", {"set": {"G.I": 2.0}}, "10"],
        [],
    ),
    "an error": (
        "run(10*ms)\nG.I = 2\nrun(10*ms)\nif mon.num_spikes > 0:\n    raise ValueError('none')\nrun(1*ms)\n",
        ["10", {"set": {"G.I": 2.0}}, "10"],
        ["the script ended with an error, ValueError: none"],
    ),
}

#: Which network is asked for; in the others, the first.
ASKED = {"the second network": 2}


def _phases(expected):
    """Runs, by their ms, as they are written."""
    if isinstance(expected, str):
        return expected
    return [{"duration": f"{int(each) / 1000!r}*second"} if isinstance(each, str) else each for each in expected]


def _in_brian(path):
    """Spikes of the monitor under Brian's own runtime, as steps and cells."""
    start_scope()
    mon = runpy.run_path(str(path), run_name="__main__")["mon"]
    return sorted(zip(np.round(mon.t_ / 1e-4).astype(int).tolist(), np.asarray(mon.i).tolist()))


def outcome(name, folder):
    """What of a case is not as expected."""
    text, expected, left = CASES[name]
    path = folder / "script.py"
    path.write_text(CELLS.format(n=4) + text, encoding="utf-8")
    output = folder / f"{name.replace(' ', '_')}.json"
    start_scope()
    set_device("interneuron", target="wasm", strict=True)
    begun = Begun(ASKED.get(name))
    try:
        first_network(lambda: runpy.run_path(str(path), run_name="__main__"), output, "m", path=str(path), begun=begun)
    finally:
        reset_device()
    wrong = []
    run = json.loads(output.read_text())["run"]
    if run != _phases(expected):
        wrong.append(str(run))
    gone = Path(left_out_beside(str(output)))
    said = gone.read_text(encoding="utf-8").splitlines() if gone.exists() else []
    if said[: len(left)] != left or bool(said) != bool(left):
        wrong.append(str(said))
    if not left:
        train = interneuron.run(output).spikes["G"]
        ours = sorted(zip(train.steps.tolist(), train.cells.tolist()))
        # Brian runs what is before the error.
        path.write_text(CELLS.format(n=4) + text.partition("\nraise ")[0] + "\n", encoding="utf-8")
        theirs = _in_brian(path)
        # What rests does not hear.
        heard = [each for each in ours if "inputs" not in name or not 50 <= each[0] < 100]
        if not theirs or heard != theirs:
            wrong.append(f"{len(ours)} spikes, {len(theirs)} in Brian")
    return "; ".join(wrong) or "same"


def main(folder):
    """Captures all scripts."""
    prefs.codegen.target = "numpy"
    BrianLogger.suppress_hierarchy("brian2")
    warnings.simplefilter("ignore")
    print(json.dumps({name: outcome(name, folder) for name in CASES}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary))
