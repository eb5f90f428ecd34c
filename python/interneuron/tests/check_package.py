"""Checks of the package against the program: run with the package on the path, from the folder of the repository."""

import inspect
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

import interneuron

#: No machine has CUDA then.
os.environ["INTERNEURON_CUDA_LIBRARY"] = "none"

MODEL = "fixtures/pynn/if-cond-exp.json"
NETWORK = "fixtures/pynn/stdp-network.json"


def raises(kind, words, action):
    """An exception of a kind, whose text has some words."""
    try:
        action()
    except kind as error:
        assert words in str(error), f"{error!r} has no {words!r}"
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def check_run(folder):
    """Results are the same in Python, in a file and from the command."""
    path = folder / "run.json"
    results = interneuron.run(MODEL, output=path, record="driven:v@1ms")
    assert results.complete and results.outputs == [str(path)]
    done = subprocess.run(
        [sys.executable, "-m", "interneuron", "run", MODEL, "--json"], capture_output=True, text=True, check=True
    )
    assert results.fingerprint in done.stdout
    spikes = results.spikes["driven"]
    assert np.array_equal(np.sort(spikes.steps), spikes.steps)
    assert np.allclose(spikes.times, (spikes.steps + 1) * results.dt * 1000)
    table = results.to_pandas()
    assert list(table.columns) == ["time", "cell", "step", "population"] and len(table) == len(spikes)
    block = results.to_neo()
    trains = block.segments[0].spiketrains
    assert sum(len(train) for train in trains) == sum(map(len, results.spikes.values()))
    signal_ = next(each for each in block.segments[0].analogsignals if each.name.startswith("driven_v"))
    recording = results[signal_.name]
    assert signal_.shape == recording.values.shape and recording.unit == "V"
    assert recording.to_pandas().shape == recording.values.shape
    assert "fingerprint" in results._repr_html_() and "<svg" in results._repr_html_()
    raises(interneuron.UsageError, f"there is no recording driven_x; there are: {', '.join(results.recordings)}", lambda: results["driven_x"])
    raises(KeyError, "there is no population with recorded spikes drivn; did you mean driven? There are: ", lambda: results.spikes["drivn"])
    for shown in (results, spikes, recording, results.plot()):
        assert "\n" not in repr(shown) and len(repr(shown)) < 120, repr(shown)
    assert repr(spikes).startswith(f"<Spikes of driven: {len(spikes)} of {spikes.size} cells, "), repr(spikes)


def check_signatures():
    """Editors and notebooks see the options of functions that take any model."""
    options = [*inspect.signature(interneuron.Model.open).parameters.values()][1:]
    for function in (interneuron.run, interneuron.open, interneuron.Model.run):
        first, *others = inspect.signature(function).parameters.values()
        assert others == options and first.name in ("model", "self"), inspect.signature(function)
    assert inspect.signature(interneuron.run).return_annotation == "Results"
    assert list(inspect.signature(interneuron.validate).parameters) == ["model", "set", "server"]


def check_session():
    """A session in pieces is a run in one."""
    with interneuron.open(MODEL) as session:
        parts = []
        for _ in range(20):
            session.run("10 ms")
            parts.append(session.take())
        assert session.steps == 2000 and abs(session.time - 200) < 1e-9
        pieces = session.finish()
    with interneuron.open(MODEL) as session:
        session.run(200)
        whole = session.finish()
    assert pieces.fingerprint == whole.fingerprint
    for name, spikes in whole.spikes.items():
        assert np.array_equal(np.concatenate([part.spikes[name].steps for part in parts]), spikes.steps)
        assert np.array_equal(pieces.spikes[name].steps, spikes.steps)
    with interneuron.open(NETWORK) as session:
        session.run("20 ms")
        synapses = session.synapses("inputs_to_cell")
        weights = session.read("inputs_to_cell", "weight")
        assert len(weights) == len(synapses["sources"]) == len(synapses["delays"])
        session.snapshot()
        session.set({"cell.v": -0.06})
        assert session.read("cell", "v")[0] == -0.06
        session.restore()
        assert session.read("cell", "v")[0] != -0.06
        raises(interneuron.UsageError, "no parameter or state variable nothing", lambda: session.set({"cell.nothing": 1}))
        steps, size = session.steps, session.populations["cell"]
        for wrong in (np.zeros(size + 1), np.zeros((size, 2)), np.full(size, np.nan), np.zeros(size, complex), ["a"], "a", float("inf")):
            raises(interneuron.UsageError, "", lambda: session.set({"cell.v": wrong}))
            raises(interneuron.UsageError, "", lambda: session.initialise({"cell.v": wrong}))
        raises(interneuron.UsageError, "steps", lambda: session.run(1e300))
        raises(interneuron.UsageError, "half a character", lambda: session.snapshot("\ud800"))
        assert session.steps == steps
        raises(interneuron.UsageError, "is no time", lambda: session.run("10 apples"))
    raises(interneuron.UsageError, "the session is closed", lambda: session.run(1))


VALUES = """
format: interneuron/brian
version: 1
name: values at events
neuron_groups:
  G:
    N: 3
    model: "dv/dt = (15*mV - v)/(10*ms) : volt"
    threshold: v > 10*mV
    reset: v = 0*mV
    method: exact
    events: { half: { condition: v > 5*mV and v < 6*mV } }
    initializers: { v: 1*mV*i }
spike_monitors: { spikes: { source: G, variables: [v, i] } }
event_monitors: { halves: { source: G, event: half, variables: v } }
run: 50 ms
"""


def check_events():
    """Variables at spikes and at other events are arrays beside their times."""
    with interneuron.load(text=VALUES).open() as session:
        session.run("25 ms")
        first = session.take()
        session.run("25 ms")
        results = session.finish()
    spikes, halves = results.spikes["G"], results.events["G.half"]
    assert list(results.events) == ["G.half"] and len(halves) > len(spikes) > 5
    assert set(spikes.variables) == {"v", "i"} and dict(spikes.units) == {"v": "V", "i": "1"}
    assert np.array_equal(spikes.variables["i"], spikes.cells) and len(spikes.variables["v"]) == len(spikes)
    assert np.all(spikes.variables["v"] > 10e-3) and np.all(spikes.variables["v"] < 11e-3)
    assert np.all((halves.variables["v"] > 5e-3) & (halves.variables["v"] < 6e-3))
    assert np.array_equal(first.spikes["G"].variables["v"], spikes.variables["v"][: len(first.spikes["G"])])
    assert list(spikes.to_pandas().columns) == ["time", "cell", "step", "v", "i"]
    train = results.to_neo().segments[0].spiketrains[2]
    assert np.array_equal(train.array_annotations["v"], spikes.variables["v"][spikes.cells == 2])


def check_findings():
    """What is wrong is said, with places."""
    raises(interneuron.UsageError, "there is no file", lambda: interneuron.load("nothing.yaml"))
    wrong = '{"format": "interneuron/pynn", "populations": [{"label": "a", "size": 1, "cell": {"type": "IF_bad"}}]}'
    error = raises(interneuron.ModelError, "IF_bad", lambda: interneuron.load(text=wrong))
    assert any(each["severity"] == "error" for each in error.diagnostics)
    assert "<pre" in error._repr_html_() and error._render_traceback_()[0] == "ModelError:"
    raises(interneuron.UsageError, "a model is either a file or text", lambda: interneuron.load())
    assert {"wasm", "reference"} <= {each["target"] for each in interneuron.targets()}
    shown = interneuron.load(MODEL)._repr_html_()
    assert "<table" in shown and "<style" not in shown and "<body" not in shown


def check_engines():
    """An engine or a device that is asked for by name and is not there is an error at once."""
    for words, message in (
        ({"target": "quantum"}, "there is no target quantum"),
        ({"target": "cuda"}, "the target cuda is not available"),
        ({"target": "wasm", "device": "9"}, "the target wasm has no device 9"),
        ({"device": "0"}, "--device needs a target"),
    ):
        raises(interneuron.UsageError, message, lambda: interneuron.open(MODEL, **words))


def check_script_words():
    """The commands `brian` and `pynn` have help, and refuse options that neither they nor the script would follow."""
    from interneuron._script_words import read_words

    for command, option in (("brian", "--target"), ("pynn", "--instead-of")):
        done = subprocess.run([sys.executable, "-m", "interneuron", command, "--help"], capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "" and option in done.stdout, done
    options = {"target": "c", "threads": 2, "output": ["a.nwb", "b.csv"], "strict": True}
    words = ["-t", "c", "--threads=2", "-o", "a.nwb", "-o", "b.csv", "--strict", "x.py", "5", "--own", "--", "--seed", "3"]
    assert read_words("brian", words) == (options, ["x.py", "5", "--own", "--seed", "3"])
    words = ["--instead-of", "nest", "x.py", "--own", "--instead-of", "neuron", "5"]
    assert read_words("pynn", words) == ({"instead_of": ["nest", "neuron"]}, ["x.py", "--own", "5"])
    words = ["--target", "c", "--threads", "2", "--seed", "3", "-o", "a.nwb", "x.py", "--seed", "4"]
    options = {"target": "c", "threads": 2, "seed": 3, "output": ["a.nwb"]}
    assert read_words("pynn", words) == (options, ["x.py", "--seed", "4"])
    for command, words, message in (
        ("brian", [], "interneuron brian needs a script"),
        ("brian", ["--target"], "--target: expected one argument"),
        ("brian", ["--taget", "c", "x.py"], "unrecognized arguments: --taget"),
        ("brian", ["x.py", "--target", "c"], "--target follows the script; write it before the script"),
        ("brian", ["--threads", "0", "x.py"], "--threads: it must be a whole number of 1 or more, not 0"),
        ("brian", ["--seed", "-1", "x.py"], "--seed: it must be a whole number of 0 or more, not -1"),
        ("pynn", ["x.py", "--instead-of"], "--instead-of needs the name of a simulator"),
        ("pynn", ["x.py", "--instead-of", "nets"], "--instead-of: there is no simulator nets; known are nest, neuron"),
        ("pynn", ["x.py", "--instead-of", "spinnaker"], "--instead-of: there is no simulator spinnaker; write spiNNaker"),
    ):
        raises(interneuron.UsageError, message, lambda: read_words(command, words))


def check_commands(folder):
    """Converting, generating and verifying are those of the command line."""
    interneuron.convert(MODEL, "canonical", folder / "model.json")
    assert (folder / "model.json").exists()
    interneuron.codegen(MODEL, "c", folder / "project")
    assert (folder / "project").is_dir()
    interneuron.run(MODEL, output=folder / "verified.json")
    assert interneuron.verify(folder / "verified.json", "--target", "reference")
    assert "\\section" in interneuron.describe(MODEL, "latex") or "\\begin" in interneuron.describe(MODEL, "latex")
    interneuron.run(MODEL, output=folder / "again.json", duration="10 ms")
    same = interneuron.compare(folder / "verified.json", folder / "verified.json")
    other = interneuron.compare(folder / "verified.json", folder / "again.json", within="0.1 ms", margin={"rate": "1%"})
    assert (same["grade"], other["within"], other["margins"]["rate"]) == ("identical", 0.0001, 0.01), (same, other)
    assert other["grade"] != "identical"
    runs = interneuron.sweep(MODEL, seeds=2, duration="10 ms", output=folder / "table.csv", jobs=1)
    assert [run["seed"] for run in runs] == ["1", "2"] and (folder / "table.csv").exists()
    raises(interneuron.UsageError, "run has no option sed; did you mean seed?", lambda: interneuron.run(MODEL, sed=3))
    raises(interneuron.UsageError, "open has no option", lambda: interneuron.open(MODEL, colour=3))
    raises(interneuron.UsageError, "validate has no option sett; did you mean set?", lambda: interneuron.validate(MODEL, sett={}))
    wrong = folder / "wrong.yaml"
    wrong.write_text("format: interneuron/brian\nversion: 1\ndt: 5\nrun: 1*ms\n", encoding="utf-8")
    # As on the command line: the line, and a mark below.
    raises(interneuron.ModelError, "      3 | dt: 5\n        |     ^", lambda: interneuron.validate(wrong))


def check_pictures(folder):
    """A picture is SVG, with the name of the model and of what it shows; a file has the format of its suffix."""
    results = interneuron.run(MODEL, record="driven:v")
    picture = results.plot()
    assert picture.svg.startswith("<svg") and results.name in picture.svg and picture._repr_svg_() == picture.svg
    assert "Hz" in results.plot("rates", bin="5 ms").svg and "driven v" in results.plot("traces").svg
    results.plot("traces", output=folder / "traces.png")
    assert (folder / "traces.png").read_bytes().startswith(b"\x89PNG")
    raises(interneuron.UsageError, "plot has no kind 'rater'", lambda: results.plot("rater"))
    raises(interneuron.UsageError, "write: plot(output='x.svg')", lambda: results.plot("x.svg"))
    assert "driven" in interneuron.plot(MODEL, "network", title="of driven").svg
    assert interneuron.plot(results, "rates", bin="5 ms").svg == results.plot("rates", bin="5 ms").svg


def check_interrupt():
    """Ctrl-C stops a run, and what there is stays."""
    with interneuron.open(MODEL) as session:
        session.run("10 ms")
        timer = threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        assert session.run("100000 s") is False
        assert session.steps > 100
        before = session.steps
        session.run("1 ms")
        assert session.steps == before + 10
        results = session.finish()
        assert results.steps == before + 10


def check_ends():
    """The process ends with Python, however that ends; one that is killed is said to be, and another starts."""
    server = interneuron._server.shared()
    session = interneuron.open(MODEL)
    os.kill(server.pid, signal.SIGKILL)
    raises(interneuron.ServerError, "its sessions are lost", lambda: session.run("1 ms"))
    assert interneuron.run(MODEL, duration="1 ms").steps == 10
    script = (
        "import interneuron, os, sys\n"
        "print(interneuron._server.shared().pid, flush=True)\n"
        f"session = interneuron.open({MODEL!r})\n"
        "session.run('1 ms')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    pid = int(done.stdout.split()[0])
    for _ in range(600):
        if not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2]:
            break
        time.sleep(0.05)
    else:
        raise AssertionError("the process outlives the one that started it")


def check_missing(folder):
    """Without Node.js or the program that is said."""
    script = "import interneuron; interneuron.run('fixtures/pynn/if-cond-exp.json')"
    broken = folder / "broken.js"
    broken.write_text("import './gone.js';", encoding="utf-8")
    older = folder / "older.js"
    answer = '{"jsonrpc":"2.0","id":0,"result":{"version":"0.0.1","protocol":1,"node":"99.0.0"}}'
    header = f"Content-Length: {len(answer)}\\r\\n\\r\\n"
    older.write_text(f"process.stdout.write('{header}{answer}'); process.stdin.resume();", encoding="utf-8")
    for name, value, words in (
        ("INTERNEURON_PROGRAM", folder / "nothing", "the program is not there"),
        ("INTERNEURON_PROGRAM", broken, "has ended before its first answer"),
        ("INTERNEURON_PROGRAM", older, "it speaks protocol 1, not 2"),
        ("INTERNEURON_NODE", folder / "nothing", "which is not a program"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, name: str(value)}, capture_output=True, text=True
        )
        assert done.returncode == 1 and words in done.stderr.splitlines()[-1], done.stderr


def check_early(folder):
    """The engine of a script starts before its simulator is imported, during which nothing looks for garbage."""
    package = folder / "slow_simulator"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import gc\nfrom interneuron import _server\n"
        "raise ImportError(f'{_server._shared is not None and _server._shared.alive} {gc.isenabled()}')\n"
    )
    code = (
        "import sys, interneuron.__main__ as own; own._packages['brian'] = ('Brian', 'slow', 'slow_simulator'); "
        f"sys.argv = ['interneuron', 'brian', {__file__!r}]; own.main()"
    )
    path = os.pathsep.join([str(folder), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True
    )
    assert "(True False)" in done.stderr, done.stderr


def check_isolated(folder):
    """Nothing of the current folder is imported while a script elsewhere is captured."""
    here, scripts = folder / "downloads", folder / "scripts"
    here.mkdir()
    scripts.mkdir()
    for name in ("numpy", "json", "brian2", "runpy"):
        (here / f"{name}.py").write_text("open('RAN', 'w').close()\nraise SystemExit(3)\n")
    (scripts / "model.py").write_text(
        "from brian2 import *\nG = NeuronGroup(1, 'dv/dt = -v / (10*ms) : 1')\nrun(1*ms)\n"
    )
    code = "import sys; from interneuron.__main__ import main; sys.path.insert(0, ''); sys.exit(main())"
    path = [each for each in sys.path if os.path.isabs(each)]
    script = str(scripts / "model.py")
    for words in (["validate", script], ["brian", script]):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:] = {path!r}; {code}", *words],
            cwd=here, env={**os.environ, "PYTHONPATH": os.pathsep}, capture_output=True, text=True,
        )
        assert done.returncode == 0 and not (here / "RAN").exists(), done.stderr


def check_scripts():
    """Scripts of PyNN may import Brian in places, and scripts of Brian PyNN."""
    from interneuron.__main__ import _simulator_of

    for text, is_brian in (
        ("from brian2 import *\n", True),
        ("import pyNN.nest as sim\n", False),
        ("from pyNN.random import NumpyRNG\nif name == 'brian2':\n    from brian2 import seed\n", False),
        ("import brian2 as b2\ndef compared():\n    import pyNN.nest\n", True),
        ("print()\n", False),
    ):
        assert (_simulator_of(text.splitlines()) == "brian") == is_brian, text


def main():
    """Runs all checks."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        check_run(folder)
        check_signatures()
        check_session()
        check_events()
        check_findings()
        check_engines()
        check_script_words()
        check_commands(folder)
        check_pictures(folder)
        check_interrupt()
        check_ends()
        check_missing(folder)
        check_early(folder)
        check_isolated(folder)
        check_scripts()
    print("checked")


if __name__ == "__main__":
    main()
