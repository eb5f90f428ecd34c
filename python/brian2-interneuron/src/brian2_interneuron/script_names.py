"""A network in the words of its script: objects called as its variables, connections by the rules that they follow."""

import os
import re
import sys

import numpy as np
from brian2 import NeuronGroup, StateMonitor, Synapses
from brian2.core.base import BrianObject
from brian2.groups.group import CodeRunner
from brian2.utils.stringtools import get_identifiers

from .groups import base_of, own_names, whole

_packages = tuple(os.path.dirname(sys.modules[name].__file__) + os.sep for name in ("brian2", __package__))


def name_by_variables(objects):
    """Renames the objects of a network that have names of Brian's making.

    Objects of a slot and order are run in the order of their names. Where that order may matter, pathways of synapses get
    orders; other objects keep names without which it would be another one.

    Args:
        objects: of the network.

    Returns:
        what was changed: objects, attributes and the values that they had.
    """
    found = _variables()
    objects = sorted(objects, key=lambda each: each.name)
    unnamed = {each: found[id(each)] for each in objects if id(each) in found and _is_unnamed(each)}
    ordered = _ordered(objects)

    def in_order(names):
        return sorted(ordered, key=lambda each: _name_of_acts(each, names.get(each, each.name)))

    given = in_order({})

    def keep_order(names):
        return in_order(_with_operations(names, objects)) == given

    scheduled = []
    if not keep_order(unnamed):
        scheduled = _schedule(given)
    if not scheduled and not keep_order(unnamed):
        chosen = {}
        for each, name in unnamed.items():
            if keep_order({**chosen, each: name}):
                chosen[each] = name
        unnamed = chosen
    taken = {each.name for each in objects if each not in unnamed}
    names = _with_operations({each: name for each, name in unnamed.items() if name not in taken}, objects)
    before = [(each, "_name", each.name) for each in names]
    for each, name in names.items():
        each._name = name
    return before + scheduled


def _schedule(objects):
    """Gives pathways of synapses orders by which they run in the present order, whatever their names.

    Args:
        objects: all whose order matters, in this order.

    Returns:
        what was changed; nothing if there are others than synapses, or pathways with an order of their own.
    """
    pathways = [pathway for each in objects for pathway in getattr(each, "_pathways", [None])]
    if any(pathway is None or pathway.when != "synapses" or pathway.order not in (-1, 1) for pathway in pathways):
        return []
    before = [(pathway, "order", pathway.order) for pathway in pathways]
    for order in (-1, 1):
        same = [pathway for pathway in pathways if pathway.order == order]
        for k, pathway in enumerate(same):
            pathway.order = order + (k if order > 0 else k + 1 - len(same))
    return before


def _with_operations(names, objects):
    """New names of objects, and of operations that Brian has called by them."""
    found, called = dict(names), {each.name: name for each, name in names.items()}
    for each in objects:
        owner = _owner_of(each).name if type(each) is CodeRunner else None
        if owner in called and each.name.startswith(f"{owner}_"):
            found[each] = f"{called[owner]}{each.name[len(owner) :]}"
    return found


def _owner_of(operation):
    return base_of(whole(operation.group))


def _name_of_acts(each, name):
    """A name by which Brian orders what an object does: what belongs to groups and synapses has names that begin with theirs."""
    return f"{name}_pre" if isinstance(each, (NeuronGroup, Synapses)) else name


def _ordered(objects):
    """Objects whose order in a step may matter."""
    groups = [each for each in objects if isinstance(each, NeuronGroup)]
    synapses = [each for each in objects if isinstance(each, Synapses)]
    summed = any(each.summed_updaters for each in synapses)
    found = [] if _only_add(synapses) and not summed else [*synapses]
    # Sums are computed a number before the equations of groups, which may be that of another group.
    if any(each.state_updater is not None for each in synapses) or (summed and any(each.order for each in groups)):
        found = [*synapses, *groups]
    if any(each._linked_variables for each in groups):
        found += groups
    if any(type(each) is CodeRunner for each in objects):
        # Operations and monitors share a slot.
        found += [each for each in objects if type(each) is CodeRunner or isinstance(each, StateMonitor)]
    return list(dict.fromkeys(found))


def _only_add(synapses):
    """Whether the code of synapses does no more than add to variables of neurons that none of it reads."""
    written, read = set(), set()
    for each in synapses:
        own = own_names(each)
        for pathway in each._pathways:
            for statement in filter(str.strip, re.split(r"[;\n]", re.sub(r"#.*", "", pathway.code))):
                name, operator, value = re.fullmatch(r"\s*(\w+)\s*([-+*/%]?=)(.*)", statement, re.DOTALL).groups()
                names = get_identifiers(value)
                read |= {re.sub(r"_(pre|post)$", "", other) for other in names - own}
                if name in own:
                    continue
                if operator not in ("+=", "-=") or name.endswith("_pre"):
                    return False
                written.add(name.removesuffix("_post"))
    return not written & read


def connect_by_rules(document, objects):
    """Writes the connections of all pairs, of all pairs but a neuron with itself, and of equal indices without lists.

    Args:
        document: of the network.
        objects: of the network.
    """
    for synapses in objects:
        if not isinstance(synapses, Synapses) or len(synapses) == 0:
            continue
        # Synapses that do nothing are not in the document, and some connections are no lists.
        entry = document.parts.get("synapses", {}).get(synapses.name, {})
        if not (isinstance(entry.get("connect"), dict) and "$data" in entry["connect"].get("i", ())):
            continue
        sources, targets = (document.data[entry["connect"][end]["$data"]] for end in ("i", "j"))
        rows, columns = len(synapses.source), len(synapses.target)
        pairs, same = rows * columns, min(rows, columns)
        if rows == columns == len(sources) and _are(sources, targets, np.arange(rows), np.arange(rows)):
            entry["connect"] = {"j": "i"}
        elif len(sources) == pairs and _are(sources, targets, *np.nonzero(np.ones((rows, columns)))):
            entry["connect"] = True
        elif len(sources) == pairs - same and _are(sources, targets, *np.nonzero(~np.eye(rows, columns, dtype=bool))):
            entry["connect"] = "i != j"


def list_arrays(document, most):
    """Writes connections and delays that are arrays beside the document into it.

    Args:
        document: of the network.
        most: numbers in an array.
    """

    def numbers(value):
        if isinstance(value, dict) and "$data" in value and value["shape"][0] <= most:
            return document.data[value["$data"]].tolist()
        return None

    for entry in document.parts.get("synapses", {}).values():
        calls = entry.get("connect")
        for call in calls if isinstance(calls, list) else [calls]:
            ends = {end: numbers(call.get(end)) for end in ("i", "j")} if isinstance(call, dict) else {}
            # Both are lists, or both arrays.
            if ends and None not in ends.values():
                call.update(ends)
        values = entry.get("initializers", {})
        for name in values:
            delays = numbers(values[name]) if name.endswith(".delay") else None
            if delays is not None:
                values[name] = {"values": delays, "unit": "second"}


def _are(sources, targets, those, their):
    """Whether synapses are between these pairs, in their order."""
    return np.array_equal(sources, those) and np.array_equal(targets, their)


def _is_unnamed(each):
    """Whether an object is called as Brian calls those without a name: by its class and a number."""
    kind = type(each).__name__.lower().replace("populationrate", "rate")
    return re.fullmatch(rf"{kind}(_\d+)?", each.name) is not None


def _variables():
    """Names of variables by the identity of the object that they alone have, in the functions that are being called.

    An object in a list is called by the name of the list and its index, and one in a dictionary by its key.
    """
    values, frame = {}, sys._getframe()
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_packages):
            for name, value in frame.f_locals.items():
                values.setdefault(name, []).append(value)
        frame = frame.f_back
    same = {name: those[0] for name, those in values.items() if all(value is those[0] for value in those)}
    found = {}
    for name, value in same.items():
        parts = enumerate(value) if type(value) in (list, tuple) else value.items() if type(value) is dict else ()
        for key, part in list(parts):
            found.setdefault(id(part), (f"{name}_{key}", part))
    found.update((id(value), (name, value)) for name, value in same.items())
    return {
        identity: name
        for identity, (name, value) in found.items()
        if isinstance(value, BrianObject) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    }
