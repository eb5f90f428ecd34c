"""Runs PyNN's own system scenarios on this backend, each once.

Usage: python scenarios.py FOLDER [more arguments of pytest]

FOLDER is that of PyNN's sources, in which test/system/scenarios lies; nothing in it is changed. The last line says, as
JSON, how each went.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import pyNN
import pytest

import interneuron_pynn


class Once:
    """Takes each scenario for one simulator, and notes how it goes."""

    def __init__(self):
        """Nothing has run yet."""
        self.outcomes = {}

    def pytest_collection_modifyitems(self, config, items):
        """Scenarios come once for each simulator that they name."""
        chosen = {}
        for item in items:
            # What is expected of NEURON is expected of us: NEST's current sources come a step early.
            if (item.path, item.originalname) not in chosen or item.name.endswith("[neuron]"):
                chosen[item.path, item.originalname] = item
        items[:] = [item for item in items if chosen[item.path, item.originalname] is item]

    def pytest_runtest_logreport(self, report):
        """How a scenario went."""
        if report.when == "call" or report.outcome != "passed":
            name = report.nodeid.split("/")[-1].split("[")[0].replace(".py::", ": ")
            self.outcomes[name] = report.outcome


def main(words):
    """Runs them all."""
    for name in ("neuron", "nest", "brian2", "arbor"):
        sys.modules[f"pyNN.{name}"] = interneuron_pynn
        setattr(pyNN, name, interneuron_pynn)
    once = Once()
    folder = Path(words[0]).resolve()
    arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder / "test/system/scenarios")]
    # Scenarios write their results below the current folder.
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        code = pytest.main([*arguments, *words[1:]], plugins=[once])
        os.chdir(before)
    print(json.dumps(once.outcomes))
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
