"""Runs PyNN's own system scenarios on this backend, each once.

Usage: python scenarios.py [--whole-numbers] FOLDER [more arguments of pytest]

FOLDER is that of PyNN's sources, in which test/system/scenarios lies; nothing in it is changed. With --whole-numbers,
scenarios give numbers without a fraction as integers: setup(1) for setup(1.0). The last line says, as JSON, how each went.
"""

import functools
import inspect
import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
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


def whole(value):
    """Returns a value in which numbers without a fraction are integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, np.ndarray) and value.dtype == float and (value % 1 == 0).all():
        return value.astype(int)
    if type(value) in (list, tuple):
        return type(value)(map(whole, value))
    return {key: whole(each) for key, each in value.items()} if type(value) is dict else value


def with_whole_numbers(function):
    """Returns a function that is called with integers for numbers without a fraction."""

    @functools.wraps(function)
    def call(*given, **named):
        return function(*map(whole, given), **{name: whole(value) for name, value in named.items()})

    return call


def give_whole_numbers():
    """Has all functions, classes and methods by which scripts give numbers take integers."""
    methods = "__init__", "set", "initialize", "record", "inject", "set_parameters"
    for name, each in list(vars(interneuron_pynn).items()):
        if inspect.isclass(each) and each.__module__.startswith(("pyNN", "interneuron_pynn")):
            for method in [method for method in methods if method in vars(each)]:
                setattr(each, method, with_whole_numbers(vars(each)[method]))
        elif inspect.isfunction(each) and not name.startswith("_"):
            setattr(interneuron_pynn, name, with_whole_numbers(each))


def main(words):
    """Runs them all."""
    if words[0] == "--whole-numbers":
        give_whole_numbers()
        words = words[1:]
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
