"""A network in the words of its script: what has no label is called as the variable that holds it."""

import os
import re
import sys
from types import FrameType
from typing import Any

import interneuron
import pyNN
from pyNN import common
from pyNN.random import NumpyRNG
from pyNN.standardmodels import StandardCurrentSource

from .members import members_of

_packages = tuple(os.path.dirname(str(each)) + os.sep for each in (__file__, pyNN.__file__, interneuron.__file__))

#: Where the document names cells, projections, or several of them.
_NAMING = ("label", "pre", "post", "of", "target", "inject_into", "populations", "projections")

#: Synapses whose random numbers depend on the name of their projection.
_DRAWING = ("SimpleStochasticSynapse", "StochasticTsodyksMarkramSynapse", "MultiQuantalSynapse")


def variables_of_script():
    """Names of variables by the identity of the cells, synapses, generators or current sources that they alone hold, in the functions being called."""
    values: dict[str, list[Any]] = {}
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if not frame.f_code.co_filename.startswith(_packages):
            for name, value in frame.f_locals.items():
                values.setdefault(name, []).append(value)
        frame = frame.f_back
    kinds = (common.Projection, common.PopulationView, common.Assembly, NumpyRNG, StandardCurrentSource)
    return {
        id(same[0]): (name, same[0])
        for name, same in values.items()
        if isinstance(same[0], kinds) and all(value is same[0] for value in same) and re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII)
    }


def called_by_variables(document, found, state):
    """The document with the names of a script's variables for projections, views and assemblies without a label.

    Populations keep their names, on which random numbers depend.

    Args:
        document: of the network.
        found: what `variables_of_script` gave.
        state: that wrote the document.
    """
    names: dict[str, str] = {}
    parts = ("populations", "projections", "views", "assemblies", "current_sources")
    taken = {each.get("label") for kind in parts for each in document.get(kind, ())}

    def call(before, wanted):
        if before not in taken or before in names:
            return
        free = next(name for name in (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3))) if name not in taken - {before})
        names[before] = free
        taken.add(free)

    for name, each in found.values():
        if isinstance(each, common.PopulationView):
            [(owner, indices, _)] = members_of(each)
            key = owner.name_in_document, tuple(int(k) for k in indices)
            for other, label in state._views.items():
                if other[:2] == key:
                    call(label, name)
        elif isinstance(each, common.Assembly):
            members = tuple(state.view(owner, indices) for owner, indices, *_ in members_of(each))
            call(state._assemblies.get(members), name)
    variables = {identity: name for identity, (name, _) in found.items()}

    def end(cells):
        return variables.get(id(cells)) or getattr(getattr(cells, "grandparent", cells), "name_in_document", None)

    for each in state.projections:
        ends = end(each.pre), end(each.post)
        wanted = variables.get(id(each)) or "_to_".join(name or "assembly" for name in ends)
        labelled = each.label not in (f"{each.pre.label}→{each.post.label}", f"{each.pre.label}_to_{each.post.label}")
        if labelled or type(each.synapse_type).__name__ in _DRAWING:
            continue
        if each._parts is None or len(each._parts) == 1:
            call(each.name_in_document, wanted)
        else:
            for part in each._parts:
                own = f"{part['pre'].name_in_document}_to_{part['post'].name_in_document}"
                call(part["name"], f"{wanted}_{own}" if id(each) in variables else own)
    for each in state.sources:
        if id(each) in variables:
            call(each.label, variables[id(each)])
    rngs = _names_of_generators(document.get("rngs", {}), found, state)
    whole = _renamed(document, names, _NAMING)
    whole = _renamed(whole, rngs, ("rng",))
    return {**whole, "rngs": {rngs.get(name, name): rng for name, rng in whole["rngs"].items()}} if "rngs" in whole else whole


def _names_of_generators(rngs, found, state):
    """What generators of the document are called, by the variables that hold them; one that has drawn is another."""
    names: dict[str, str] = {}
    held = [(name, each) for name, each in found.values() if isinstance(each, NumpyRNG)]
    for each in state.generators.used():
        # Types of cells have copies of their own.
        same = [name for name, rng in held if rng is each.rng] or [name for name, rng in held if rng.seed == each.rng.seed]
        wanted = same[0] if len(same) == 1 else None
        if wanted is not None and each.name in rngs:
            others = {*names.values(), *(name for name in rngs if name != each.name)}
            names[each.name] = next(n for n in (wanted, *(f"{wanted}_{k}" for k in range(2, len(rngs) + 3))) if n not in others)
    return names


def _renamed(item, names, keys, key=None):
    if isinstance(item, dict):
        return {name: _renamed(value, names, keys, name) for name, value in item.items()}
    if isinstance(item, list) and item and isinstance(item[0], (dict, str)):
        return [_renamed(value, names, keys, key) for value in item]
    return names.get(item, item) if isinstance(item, str) and key in keys else item


__all__ = ["called_by_variables", "variables_of_script"]
