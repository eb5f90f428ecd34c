"""A network in the words of its script: objects called as its variables, connections by the rules that they follow."""

import os
import re
import sys

import numpy as np
from brian2 import Synapses
from brian2.core.base import BrianObject

_packages = tuple(os.path.dirname(sys.modules[name].__file__) + os.sep for name in ("brian2", __package__))


def name_by_variables(objects):
    """Renames the objects of a network that have names of Brian's making.

    Objects of a slot and order are run in the order of their names. Synapses, where that order may matter, keep theirs
    if it would be another one.

    Args:
        objects: of the network.
    """
    found = _variables()
    unnamed = {each: found[id(each)] for each in objects if id(each) in found and _is_unnamed(each)}
    synapses = [each for each in objects if isinstance(each, Synapses)]
    before = sorted(synapses, key=lambda each: each.name)
    if before != sorted(synapses, key=lambda each: unnamed.get(each, each.name)):
        unnamed = {each: name for each, name in unnamed.items() if not isinstance(each, Synapses)}
    taken = {each.name for each in objects if each not in unnamed}
    for each, name in unnamed.items():
        if name not in taken:
            each._name = name


def connect_by_rules(document, objects):
    """Writes the connections of all pairs, of all pairs but a neuron with itself, and of equal indices without lists.

    Args:
        document: of the network.
        objects: of the network.
    """
    for synapses in objects:
        if not isinstance(synapses, Synapses) or len(synapses) == 0:
            continue
        entry = document.parts["synapses"][synapses.name]
        sources, targets = (document.data[entry["connect"][end]["$data"]] for end in ("i", "j"))
        rows, columns = len(synapses.source), len(synapses.target)
        pairs, same = rows * columns, min(rows, columns)
        if rows == columns == len(sources) and _are(sources, targets, np.arange(rows), np.arange(rows)):
            entry["connect"] = {"j": "i"}
        elif len(sources) == pairs and _are(sources, targets, *np.nonzero(np.ones((rows, columns)))):
            entry["connect"] = True
        elif len(sources) == pairs - same and _are(sources, targets, *np.nonzero(~np.eye(rows, columns, dtype=bool))):
            entry["connect"] = "i != j"


def _are(sources, targets, those, their):
    """Whether synapses are between these pairs, in their order."""
    return np.array_equal(sources, those) and np.array_equal(targets, their)


def _is_unnamed(each):
    """Whether an object is called as Brian calls those without a name: by its class and a number."""
    kind = type(each).__name__.lower().replace("populationrate", "rate")
    return re.fullmatch(rf"{kind}(_\d+)?", each.name) is not None


def _variables():
    """Names of variables by the identity of the object that they alone have, in the functions that are being called."""
    values, frame = {}, sys._getframe()
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_packages):
            for name, value in frame.f_locals.items():
                values.setdefault(name, []).append(value)
        frame = frame.f_back
    return {
        id(same[0]): name
        for name, same in values.items()
        if isinstance(same[0], BrianObject)
        and all(value is same[0] for value in same)
        and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    }
