"""`pyNN.nest.nestml`: types of cells and synapses by models in NESTML, which the engine reads.

Parameters, variables and weights count NEST's units, as in PyNN on NEST: mV, ms, pA, nS, pF.
"""

import json
import os
import re
from copy import copy
from typing import Any

import numpy as np
from interneuron import UsageError
from interneuron._server import shared, unpack
from pyNN.models import BaseCellType, BaseSynapseType
from pyNN.parameters import ParameterSpace

from .native import Defined

#: NEST's units in SI, by units in SI.
_NEST = {"V": 1e-3, "s": 1e-3, "A": 1e-12, "S": 1e-9, "F": 1e-12, "ohm": 1e9, "Hz": 1e3, "m": 1e-6}

#: Names of NEST's units that signals have.
_NAMES = {"V": "mV", "s": "ms", "A": "pA", "S": "nS"}


def _scale(unit):
    """NEST's unit in SI, of a unit such as `A*s**-1`."""
    scale = 1.0
    for factor in unit.split("*") if "**" not in unit else re.findall(r"\w+(?:\*\*-?\d+)?", unit):
        name, _, power = factor.partition("**")
        scale *= _NEST.get(name, 1.0) ** int(power or 1)
    return scale


def _text(name, description):
    """The name of a file and the text of a model, which is given as such or as the path of a file."""
    if "\n" in description:
        return f"{name}.nestml", description
    if not os.path.isfile(description):
        hint = "give the path of a file, or a description in NESTML, which has several lines"
        raise UsageError(f"there is no file {description}", hint)
    with open(description, encoding="utf-8") as file:
        return description, file.read()


def _values_in(document, owner, variables):
    """First values of variables of a part of a network, in SI."""
    server = shared()
    session = server.call("open", document)["session"]
    try:
        return {each: unpack(server.call("read", {"session": session, "owner": owner, "variable": each}))[0] for each in variables}
    finally:
        server.call("close", {"session": session})


def _in_nest(value, scale):
    """A number in SI in NEST's unit."""
    return float(f"{value / scale:.15g}")


def _read(name, file, text):
    """A model of a cell as the engine has it: its type, its receptors, and numbers of its variables in NEST's units."""
    server = shared()
    alone = server.call("model", {"text": text, "name": file})["model"]
    receptors = {each.removesuffix("_spikes"): part["receptors"]["target"] for each, part in alone["projections"].items()}
    if list(receptors) == ["inhibitory"]:
        # A port of both signs is both receptors.
        receptors = {"excitatory": receptors["inhibitory"], **receptors}
    population = {"label": "cell", "size": 1, "cell": {"nestml": text, "name": name}}
    parts = {"format": "interneuron/pynn", "version": 1, "pynn": "0.13", "populations": [population], "phases": [{"run": 0}]}
    document = {"text": json.dumps(parts), "name": name}
    model = server.call("model", document)["model"]
    kind = model["neurons"][model["populations"]["cell"]["type"]]
    read = _values_in(document, "cell", (*kind["parameters"], *kind["state"]))
    units = {each: found["unit"] for part in ("parameters", "state", "derived") for each, found in kind[part].items()}
    return kind, receptors, units, {each: _in_nest(value, _scale(units[each])) for each, value in read.items()}


class NestmlCell(Defined, BaseCellType):
    """A cell by its model in NESTML."""

    #: NEST's units of its variables, in SI.
    scales: dict[str, float] = {}


def nestml_cell_type(name, nestml_description):
    """Returns a cell type.

    Args:
        name: of the model.
        nestml_description: the path of a file in NESTML, or its text.
    """
    file, text = _text(name, nestml_description)
    kind, receptors, units, values = _read(name, file, text)
    return type(
        name,
        (NestmlCell,),
        {
            "definition": {"nestml": text, "model": name},
            "default_parameters": {each: values[each] for each in kind["parameters"]},
            "default_initial_values": {
                each: values[each] for each, found in kind["state"].items() if not isinstance(found["initial"], (int, float))
            },
            "recordable": ["spikes", *kind["state"], *kind["derived"]],
            "receptor_types": tuple(receptors),
            "conductance_based": any(kind["state"][port]["unit"] == "S" for port in receptors.values()),
            "injectable": any(unit["unit"] == "A" for unit in kind["inputs"].values()),
            "units": {"spikes": "ms", **{each: _NAMES.get(unit, "dimensionless") for each, unit in units.items()}},
            "scales": {each: _scale(unit) for each, unit in units.items()},
        },
    )


class NestmlSynapse(Defined, BaseSynapseType):
    """A synapse by its model in NESTML."""

    #: The canonical type, NEST's units of its variables in SI, and the variables that `weight` and `delay` set.
    kind: dict[str, Any] = {}
    scales: dict[str, float] = {}
    weight_variable: str = "w"
    delay_variable: str | None = None

    def __init__(self, **values):
        for variable in (self.weight_variable, self.delay_variable):
            name = self.parameter_of(variable)
            if variable in values and variable != name:
                if name in values:
                    raise TypeError(f"{name} and {variable} of {type(self).__name__} are the same: give one of them")
                values[name] = values.pop(variable)
        unknown = sorted(set(values) - set(self.default_parameters))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {unknown[0]}; it has {', '.join(sorted(self.default_parameters))}")
        usual = {name: self.default_parameters[name] for name in ("weight", "delay")}
        self.more: dict[str, Any] = {}
        self.parameter_space = ParameterSpace({**usual, **values}, dict.fromkeys(self.default_parameters, float), None)

    @property
    def native_parameters(self):
        """A copy for a connector, which puts distances into functions of them; generators are the same."""
        values = {name: copy(each) for name, each in self.parameter_space.items()}
        return ParameterSpace(values, self.parameter_space.schema, self.parameter_space.shape)

    @classmethod
    def variable_of(cls, name):
        """The variable of the model that has an attribute of connections; None where it has none."""
        variable = {"weight": cls.weight_variable, "delay": cls.delay_variable}.get(name, name)
        return variable if variable in cls.scales else None

    @classmethod
    def parameter_of(cls, variable):
        """The parameter that sets a variable of the model."""
        return {cls.weight_variable: "weight", cls.delay_variable: "delay"}.get(variable, variable)

    def act_on(self, cells):
        """Counts weights in NEST's unit of the receptors of cells."""
        unit = "S" if cells.conductance_based else "A"
        self.definition = {**self.definition, "ports": {"target": unit}}

    def to_document(self, given):
        """Values and delays of pathways as the document has them, by what connections were given in NEST's units."""
        variables = {self.variable_of(name): values for name, values in given.items()}
        delays = given["delay"]
        return {
            "values": {name: _in_si(values, self.scales[name]) for name, values in variables.items() if name is not None},
            # NEST's synapses act right away and hand their spikes on after the delay.
            "delays": {name: _in_si(delays if name == "pre" else 2 * delays, 1e-3) for name in self.kind["pathways"]},
        }

    def phase_of(self, projection, name, values):
        """A phase of the canonical model that gives synapses, in order of their creation, other values in NEST's units."""
        if name == "delay":
            raise NotImplementedError("delays of synapses in NESTML are set before the network is built")
        variable = self.variable_of(name)
        key = "initialise" if variable in self.kind["state"] else "set"
        return {key: {f"{projection}.{variable}": _in_si(values, self.scales[variable])}}


def _in_si(values, scale):
    """Numbers in SI, of which each is the nearest to its decimal text: one where they are all the same."""
    numbers = [float(f"{value * scale:.15g}") for value in np.atleast_1d(values)]
    return numbers[0] if len(set(numbers)) == 1 else numbers


def _read_synapse(name, text):
    """A model of a synapse as the engine has it, and numbers of its variables in SI."""
    parts = {
        "interneuron": 1,
        "neurons": {"cell": {"state": {"sum": {"unit": "1"}}, "events": {"spike": "sum > 0"}}},
        "synapses": {"synapse": {"nestml": text, "model": name}},
        "populations": {"cell": {"type": "cell", "size": 1}},
        "projections": {
            "p": {"from": "cell", "to": "cell", "synapse": "synapse", "connect": "all", "receptor": "sum", "delay": "1 ms"}
        },
        "experiment": {"dt": "0.1 ms", "duration": "1 ms"},
    }
    document = {"text": json.dumps(parts), "name": f"{name}.json"}
    kind = shared().call("model", document)["model"]["synapses"]["synapse"]
    return kind, _values_in(document, "p", (*kind["parameters"], *kind["state"]))


def nestml_synapse_type(
    synapse_name,
    nestml_description,
    postsynaptic_neuron_nestml_description=None,
    weight_variable="w",
    delay_variable=None,
):
    """Returns a synapse type, with the type of its target as `postsynaptic_cell_type` if the model of one is given.

    Args:
        synapse_name: of the type.
        nestml_description: the path of a file in NESTML, or its text.
        postsynaptic_neuron_nestml_description: the same of the target.
        weight_variable: the variable of the model that `weight` sets.
        delay_variable: the variable of the model that `delay` sets.
    """
    _, text = _text(synapse_name, nestml_description)
    model = _model_in(text)
    kind, first = _read_synapse(model, text)
    declared = {**kind["parameters"], **kind["state"]}
    for option, variable in (("weight_variable", weight_variable), ("delay_variable", delay_variable)):
        if variable not in declared and (variable is not None or option == "weight_variable"):
            raise ValueError(f"{option} must be a variable of {model}, not {variable!r}; it has {', '.join(sorted(declared))}")
    scales = {each: _scale(found["unit"]) for each, found in declared.items()}
    usual = {each: _in_nest(value, scales[each]) for each, value in first.items()}
    members = {
        "definition": {"nestml": text, "model": model},
        "kind": kind,
        "units": {},
        "scales": scales,
        "default_parameters": {
            "weight": usual.pop(weight_variable),
            "delay": 1.0 if delay_variable is None else usual.pop(delay_variable),
            **usual,
        },
        "weight_variable": weight_variable,
        "delay_variable": delay_variable,
    }
    target = postsynaptic_neuron_nestml_description
    if target is not None:
        _, of_target = _text("target", target)
        cell = _model_in(of_target)
        members["postsynaptic_cell_type"] = nestml_cell_type(cell, of_target)
    return type(synapse_name, (NestmlSynapse,), members)


def _model_in(text):
    """The name of the first model of a text."""
    found = re.search(r"^model\s+(\w+)", text, re.MULTILINE)
    return found[1] if found else "model"


__all__ = ["nestml_cell_type", "nestml_synapse_type"]
