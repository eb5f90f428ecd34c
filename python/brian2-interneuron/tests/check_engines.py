"""What is asked of the engine is done by the engine or refused: Brian's runtime takes its place only where nothing is."""

import logging
import os
import sys
import tempfile
import traceback
from pathlib import Path

from brian2 import *
from brian2.devices import reset_device
from brian2.utils.logger import catch_logs

import brian2_interneuron  # noqa: F401
import interneuron
from interneuron import __main__, _server

#: No machine has CUDA then.
os.environ["INTERNEURON_CUDA_LIBRARY"] = "none"

NETWORK = """
from brian2 import *
G = NeuronGroup(4, 'dv/dt = (1.2 - v)/(5*ms) : 1', threshold='v > 1', reset='v = 0', method='exact', refractory=REFRACTORY)
M = SpikeMonitor(G)
run(20*ms)
print(get_device().last_run_native, (get_device().last_engine or {}).get('target'), M.num_spikes)
"""
#: Each neuron takes 5 ms * log(6) to its threshold.
NATIVE = NETWORK.replace("REFRACTORY", "0*ms")
#: Each of Brian's targets does something else, so the device leaves it to Brian's runtime.
LEFT = NETWORK.replace("REFRACTORY", "inf*second")

#: Brian's runtime would run both forms of it.
WRONG = """import sys; G = NeuronGroup(2, 'v : 1', threshold='v > 1', reset='v = 0')
S = Synapses(G, G, on_pre='v += 1', delay=-1*ms, name='S')
S.connect(p=1.4 if len(sys.argv) > 1 else 1)
run(1*ms)
"""


def outcome(text, **options):
    """The exception that a script raises with options of `set_device`, or where it ran."""
    start_scope()
    try:
        set_device("interneuron", **options)
        exec(text, {"print": lambda *_: None})
        return "native" if get_device().last_run_native else "Brian"
    except Exception as error:  # noqa: BLE001
        return f"{type(error).__name__}: {error}"
    finally:
        reset_device()


def check_set_device(folder):
    """Options that are given are honoured, whatever the network is."""
    assert outcome(NATIVE) == "native" and outcome(LEFT) == "Brian" and outcome(LEFT, target="auto") == "Brian"
    given = {"target": "wasm", "threads": 1, "precision": "float64", "seed": 3, "output": str(folder / "a.json")}
    for name, value in given.items():
        assert outcome(NATIVE, **{name: value}) == "native", name
        said = outcome(LEFT, **{name: value})
        assert said.startswith("UnsupportedError") and said.endswith(f"runs it without {name}"), said
    for options, message in (
        ({"target": "cuda"}, "UsageError: the target cuda is not available"),
        ({"target": "quantum"}, "UsageError: there is no target quantum"),
        ({"target": "wasm", "engine_device": "9"}, "UsageError: the target wasm has no device 9"),
        ({"engine_device": 0}, "UsageError: --device needs a target"),
        ({"precision": "half"}, "UsageError: precision is half"),
    ):
        for text in (NATIVE, LEFT):
            said = outcome(text, **options)
            assert said.startswith(message) or ("precision" in options and "UnsupportedError" in said), (options, said)


def command(words, folder):
    """The exit code of a command, and all that it prints. A fork has Brian imported already."""
    said = folder / "said.txt"
    child = os.fork()
    if child == 0:
        code = 70
        try:
            with open(said, "w", encoding="utf-8") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os.chdir(folder)
            sys.argv = ["interneuron", *words]
            code = __main__.main()
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            _server.shared().close()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.read_text(encoding="utf-8")


def check_command(folder):
    """The command ends with 2 for an engine that is not there, with 1 for a network that no engine runs; without a trace."""
    for name, text in (("native.py", NATIVE), ("left.py", LEFT), ("own.py", "set_device('cpp_standalone')\n" + NATIVE), ("wrong.py", WRONG)):
        (folder / name).write_text(f"from brian2 import *\n{text}", encoding="utf-8")
    for words, code, said in (
        (["--target", "reference", "own.py"], 0, "True reference 8"),
        (["--target", "wasm", "--device", "0", "native.py"], 0, "True wasm 8"),
        (["--target", "cuda", "native.py"], 2, "error: the target cuda is not available"),
        (["--target", "wasm", "left.py"], 1, "interneuron cannot run this network"),
        (["--output", "none/a.json", "native.py"], 2, "cannot write"),
        (["wrong.py"], 1, "wrong.py:3: ValueError: the delay of the pathway pre must be finite and 0 or more, and is -0.001 s (in S)"),
        (["wrong.py", "p"], 1, "    4 | S.connect(p=1.4 if len(sys.argv) > 1 else 1)\n  hint  give a number from 0 to 1\n"),
    ):
        found, printed = command(["brian", *words], folder)
        assert found == code and said in printed and "Traceback" not in printed, (words, found, printed)


def check_conversion(folder):
    """A script whose engine is not here is converted."""
    script = folder / "elsewhere.py"
    script.write_text(f"from brian2 import *\nset_device('interneuron', target='cuda')\n{NATIVE}", encoding="utf-8")
    code, printed = command(["convert", str(script), "--to", "brian-json", "-o", "elsewhere.json"], folder)
    assert code == 0, printed
    assert interneuron.run(folder / "elsewhere.json", target="wasm").spikes


#: An operation that reads one variable and writes another, beside synapses that change.
TOUCHING = NATIVE.replace("(4, ", "(4, name='G', model=").replace("M = ", """G.v = 'i*0.2'
H = NeuronGroup(4, 'I : 1', name='H')
S = Synapses(G, G, 'w : 1', on_pre='w += 0.5', name='S')
S.connect()
@network_operation
def operation():
    H.I_ = G.v_[0]
M = """)


def check_operations(_folder):
    """A function of Python moves the variables that it reads and writes, once a step, and no others."""
    moved, call = [], interneuron.Session._call

    def noted(session, method, **given):
        if method in ("read", "set"):
            moved.append((method, *(given["values"] if method == "set" else (f"{given['owner']}.{given['variable']}",))))
        return call(session, method, **given)

    interneuron.Session._call = noted
    try:
        assert outcome(TOUCHING, target="wasm") == "native"
    finally:
        interneuron.Session._call = call
    often = {each: moved.count(each) for each in moved}
    # The first change needs a new session, for which everything is fetched, as it is at the end.
    assert often.pop(("read", "S.w")) == 2, often
    assert often.keys() == {("read", "G.v"), ("set", "H.I")} and all(190 < count < 210 for count in often.values()), often


#: A million pairs.
MANY = """
from brian2 import *
SEED
G = NeuronGroup(1000, 'v : 1', threshold='v > 1', reset='v = 0')
S = Synapses(G, G, on_pre='v += 1', name='S')
S.connect(p=0.001)
run(0.1*ms)
"""


def check_who_draws(_folder):
    """A script with a seed is told why its connections take long, and how they take less."""
    for text, options, is_told in (("", {}, False), ("seed(3)", {}, True), ("seed(3)", {"connect": "engine"}, False)):
        with catch_logs(log_level=logging.INFO) as logs:
            assert outcome(MANY.replace("SEED", text), **options) == "native"
        said = [each for _, _, each in logs if "one of 1000000 pairs" in each]
        assert len(said) == is_told, (text, options, logs)


def main():
    """Runs all checks."""
    prefs.codegen.target = "numpy"
    with tempfile.TemporaryDirectory() as name:
        check_set_device(Path(name))
        check_command(Path(name))
        check_conversion(Path(name))
        check_operations(Path(name))
        check_who_draws(Path(name))
    print("checked")


if __name__ == "__main__":
    main()
