"""Times the Brian 2 device against Brian's `cpp_standalone`, in one run on one machine.

    npm run build && .venv/bin/python bench/brian-device.py /tmp/brian2/examples [--repetitions 3] [--target c]

The folder is that of Brian's examples (scripts/brian_conformance.py says where from); they need matplotlib, for which
BRIAN_EXAMPLES_PATH names a folder. Prints Markdown tables: whole commands of unmodified scripts, medians by the clock
and in seconds of the processor, each side in turn; then the start of a run within a script, and of a large network.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("CUBA.py", "COBAHH.py", "frompapers/Brunel_Hakim_1999.py")

STANDALONE = """
import runpy, sys, brian2
brian2.set_device('cpp_standalone', directory=sys.argv[1])
runpy.run_path(sys.argv[2], run_name='__main__')
"""

#: A run of one step after a parameter and the state were changed, and after nothing was.
CHANGED = """
import statistics, sys, time
from brian2 import *
import brian2_interneuron
set_device('interneuron', target=sys.argv[1], strict=True)
eqs = '''dv/dt = (ge + gi - (v - El))/(20*ms) : volt (unless refractory)
dge/dt = -ge/(5*ms) : volt
dgi/dt = -gi/(10*ms) : volt
El : volt'''
G = NeuronGroup(4000, eqs, threshold='v > -50*mV', reset='v = -60*mV', refractory=5*ms, method='exact')
G.v, G.El = '-60*mV + rand()*10*mV', -49*mV
E = Synapses(G, G, on_pre='ge += 1.62*mV')
E.connect('i < 3200', p=0.02)
I = Synapses(G, G, on_pre='gi += -9*mV')
I.connect('i >= 3200', p=0.02)
M = SpikeMonitor(G)
net = Network(G, E, I, M)
net.run(20*ms)
found = []
for k in range(15):
    G.El = (-49 - 0.01*k)*mV
    G.v[:100] = -60*mV
    began = time.time()
    net.run(defaultclock.dt)
    found.append(time.time() - began)
print(statistics.median(found), min(found))
"""

LARGE = """
import sys, time
from brian2 import *
import brian2_interneuron
set_device('interneuron', target=sys.argv[1], strict=True)
N, count = 5000, 5_000_000
G = NeuronGroup(N, 'dv/dt = -v/(10*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')
S = Synapses(G, G, 'w : 1', on_pre='v_post += w')
S.connect(i=np.repeat(np.arange(N), count//N), j=np.random.randint(0, N, count))
S.w = np.random.rand(count)*1e-6
net = Network(G, S)
began, used = time.time(), time.process_time()
net.run(defaultclock.dt)
print(time.time() - began, time.process_time() - used)
"""


def environment():
    """What scripts are run with."""
    own = [str(ROOT / "python" / name / "src") for name in ("interneuron", "brian2-interneuron")]
    path = ":".join([*own, *filter(None, [os.environ.get("BRIAN_EXAMPLES_PATH")])])
    return {**os.environ, "PYTHONPATH": path, "MPLBACKEND": "Agg"}


def timed(words, folder):
    """Seconds of a command by the clock and of the processor, its children's included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.time()
    subprocess.run(
        [sys.executable, "-W", "ignore", *words], cwd=folder, env=environment(), check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.time() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def scripts(names, examples, target, repetitions):
    """Whole commands."""
    print("| script | | `cpp_standalone` (s) | the device (s) | times as fast |")
    print("| --- | --- | --- | --- | --- |")
    for name in names:
        path = (examples / name).resolve()
        theirs, ours = [], []
        for _ in range(repetitions):
            with tempfile.TemporaryDirectory() as folder:
                theirs.append(timed(["-c", STANDALONE, os.path.join(folder, "build"), str(path)], folder))
                ours.append(timed(["-m", "interneuron", "brian", "--strict", "-t", target, str(path)], folder))
        for place, measure in enumerate(("clock", "processor")):
            a, b = [each[place] for each in theirs], [each[place] for each in ours]
            ratio = statistics.median(x / y for x, y in zip(a, b))
            print(f"| {name} | {measure} | {statistics.median(a):.2f} | {statistics.median(b):.2f} | {ratio:.1f} |", flush=True)


def within(code, target):
    """The two numbers that a script prints."""
    words = [sys.executable, "-W", "ignore", "-c", code, target]
    said = subprocess.run(words, env=environment(), check=True, capture_output=True, text=True).stdout
    return [float(each) for each in said.split()[-2:]]


def main():
    """Runs all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("examples", type=Path)
    parser.add_argument("--scripts", action="append", help="a script of the folder; several times for several")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--target", default="auto")
    given = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    scripts(given.scripts or SCRIPTS, given.examples, given.target, given.repetitions)
    median, least = within(CHANGED, given.target)
    print("\n| figure | aim | measured |\n| --- | --- | --- |")
    print(f"| a run of one step after changed values, CUBA | 50 ms | {1e3 * median:.0f} ms (least: {1e3 * least:.0f} ms) |")
    clock, processor = within(LARGE, given.target)
    print(f"| first step of 5 million synapses from arrays | 3 s | {clock:.2f} s (Python's part: {processor:.2f} s) |")
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
