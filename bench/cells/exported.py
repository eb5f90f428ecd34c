"""What jNeuroML has exported of a LEMS document to NEURON, in its folder: seconds of the processor in the run phase.

Arguments: the script, milliseconds, the time step in ms. Mechanisms are compiled where they are not yet.
"""

import contextlib
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

script, duration, step = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
if not Path("x86_64").exists():
    subprocess.run([Path(sys.executable).with_name("nrnivmodl")], check=True, capture_output=True)
spec = importlib.util.spec_from_file_location("exported", script)
with contextlib.redirect_stdout(sys.stderr):
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.NeuronSimulation(tstop=duration, dt=step)
    began = time.process_time()
    module.h.run()
    taken = time.process_time() - began
print(taken)
