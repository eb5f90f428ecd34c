"""What a script is known to run after its first run. Prints 'checked'."""

import runpy
import tempfile
from pathlib import Path
from types import SimpleNamespace

from interneuron._scripts import runs_to_come

CASES = [
    ("run(1)\n", []),
    ("run(1)\nx = 2\nrun(3)\n", [(3, "it runs a network again")]),
    ("for k in range(3):\n    run(1)\n", [(1, "the loop goes on")]),
    ("if True:\n    run(1)\nelse:\n    run(2)\n", []),
    ("def once():\n    run(1)\nonce()\nonce()\n", [(4, "it runs a network again")]),
    ("def f():\n    sim.run(1)\n    sim.run_for(2)\ndef main():\n    f()\nmain()\n", [(3, "it runs a network again")]),
    ("import subprocess\nrun(1)\nif False:\n    subprocess.run(['ls'])\n", []),
    ("def later():\n    run(2)\nwith open(__file__):\n    run(1)\nlambda: later()\n", []),
    ("run(1); x = 2; run(3)\n", [(1, "it runs a network again")]),
    ("x = 1; run(1)\n", []),
    ("pair = run(1), run(2)\n", [(1, "it runs a network again")]),
    ("def once(k):\n    run(k)\nfound = [once(k) for k in range(3)]\n", [(3, "the loop goes on")]),
    ("def once(k):\n    run(k)\nlist(map(once, [1, 2]))\n", [(3, "the loop goes on")]),
    ("def once(k):\n    run(k)\nlist(once(k) for k in [1, 2])\n", [(3, "the loop goes on")]),
    ("def once(k):\n    run(k)\nx = 1\nprint(once(x), [x for k in [2]])\n", []),
    ("def once(k):\n    run(k)\nonce(k=1)\n", []),
    ("class Sim:\n    def go(self):\n        run(1)\ns = Sim()\ns.go()\ns.go()\n", [(6, "it runs a network again")]),
    ("class Sim:\n    def __init__(self):\n        run(1)\nSim()\nSim()\n", [(5, "it runs a network again")]),
    ("class Sim:\n    def __init__(self):\n        self.k = 1\nSim()\nrun(1)\nSim()\n", []),
    ("def twice():\n    run(1)\nrun(1)\nprint(twice())\n", [(4, "it runs a network again")]),
]


class _Stop(BaseException):
    pass


for text, expected in CASES:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "script.py"
        path.write_text(text, encoding="utf-8")
        found = []

        def run(*_):
            found.extend(runs_to_come(str(path)))
            raise _Stop

        try:
            runpy.run_path(str(path), {"run": run, "sim": SimpleNamespace(run=run, run_for=run)}, "__main__")
        except _Stop:
            pass
        sentences = [f"what the script does after its first run: {what} in line {line}" for line, what in expected]
        assert found == sentences, (text, found)
print("checked")
