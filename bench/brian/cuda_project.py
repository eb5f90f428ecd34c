"""Writes a network of models.py as a project of Brian2CUDA, to be built by make and run where the card is.

usage: python cuda_project.py {cuba|cobahh|brunel-hakim} DIRECTORY COMPUTE_CAPABILITY [CELLS]

Brian2CUDA 1.0a7 needs brian2 2.8, numpy below 2 and Cython below 3.1. With CELLS, the network has that many cells with as many inputs each. `./main`
leaves seconds of the run phase, by the clock and of the processor, in results/run_phase.txt.
"""

import sys
from pathlib import Path

import brian2 as b2
import brian2cuda  # noqa: F401

CELLS = 4000


def networks(cells):
    """The functions of models.py, with another number of cells."""
    text = (Path(__file__).parent / "models.py").read_text().replace("\nmain()\n", "\n")
    if cells != CELLS:
        replacements = {str(CELLS): str(cells), "3200": str(cells * 4 // 5), "p=0.02": f"p={0.02 * CELLS / cells}"}
        for old, new in replacements.items():
            text = text.replace(old, new)
    found = {"__name__": "models"}
    exec(compile(text, "models.py", "exec"), found)
    return found


def main():
    name, directory, capability = sys.argv[1:4]
    models = networks(int(sys.argv[4]) if len(sys.argv) > 4 else CELLS)
    cuda = b2.prefs.devices.cuda_standalone.cuda_backend
    cuda.detect_gpus = cuda.detect_cuda = False
    cuda.gpu_id, cuda.compute_capability, cuda.cuda_runtime_version = 0, float(capability), 12.9
    b2.set_device("cuda_standalone", directory=directory, build_on_run=False)
    b2.device.insert_code("before_network_run", models["TIMES"].format(when="before"))
    b2.device.insert_code("after_network_run", models["TIMES"].format(when="after") + models["NOTE_TIMES"])
    b2.seed(42)
    objects, group = models[{"brunel-hakim": "brunel_hakim"}.get(name, name)]()
    b2.Network(objects, b2.SpikeMonitor(group)).run(1 * b2.second, namespace={})
    b2.device.build(directory=directory, compile=False, run=False)
    # CUDA 13 needs C++17, and the card's processor may be another.
    makefile = Path(directory) / "makefile"
    makefile.write_text(makefile.read_text().replace("-std=c++11", "-std=c++17").replace(" -march=native", ""))


main()
