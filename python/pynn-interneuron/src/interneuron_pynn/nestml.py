"""`pyNN.nest.nestml`: types of cells and synapses by models in NESTML, which the engine reads.

Parameters, variables and weights count NEST's units, as in PyNN on NEST: mV, ms, pA, nS, pF.
"""

import json
import os
import re
from typing import Any

import numpy as np
from interneuron._server import shared, unpack
from pyNN.models import BaseCellType, BaseSynapseType
from pyNN.parameters import ParameterSpace

from .native import Defined
from .units import plain

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
        raise FileNotFoundError(f"there is no file {description}, and a description in NESTML has several lines")
    with open(description, encoding="utf-8") as file:
        return description, file.read()


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
    opened = server.call("open", document)
    try:
        read = {
            each: unpack(server.call("read", {"session": opened["session"], "owner": "cell", "variable": each}))[0]
            for each in (*kind["parameters"], *kind["state"])
        }
    finally:
        server.call("close", {"session": opened["session"]})
    units = {each: found["unit"] for part in ("parameters", "state", "derived") for each, found in kind[part].items()}
    return kind, receptors, units, {each: float(f"{value / _scale(units[each]):.15g}") for each, value in read.items()}


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

    #: The canonical type.
    kind: dict[str, Any] = {}
    weight_variable, delay_variable = "w", None
    #: Delays are of NEST's synapses, which act right away and hand their spikes on after the delay.
    usual_delay = 1.0
    parameter_names: frozenset[str] = frozenset()

    def __init__(self, weight=None, delay=None, **values):
        unknown = sorted(set(values) - self.parameter_names)
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {unknown[0]}; it has {', '.join(sorted(self.parameter_names))}")
        delay = self.usual_delay if delay is None else delay
        for name, value in ((self.weight_variable, weight), (self.delay_variable, delay)):
            if name in self.parameter_names and value is not None:
                values[name] = value
        declared = {**self.kind["parameters"], **self.kind["state"]}
        self.values = {name: plain(np.asarray(value) * _scale(declared[name]["unit"])) for name, value in values.items()}
        late = f"{2 * delay} ms"
        self.more = {"delays": {name: f"{delay} ms" if name == "pre" else late for name in self.kind["pathways"]}}
        self.parameter_space = ParameterSpace({}, {}, shape=None)

    def act_on(self, cells):
        """Counts weights in NEST's unit of the receptors of cells."""
        unit = "S" if getattr(cells, "conductance_based", False) else "A"
        self.definition = {**self.definition, "ports": {"target": unit}}


def _read_synapse(name, text):
    """A model of a synapse as the engine has it."""
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
    return shared().call("model", {"text": json.dumps(parts), "name": f"{name}.json"})["model"]["synapses"]["synapse"]


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
    kind = _read_synapse(model, text)
    members = {
        "definition": {"nestml": text, "model": model},
        "kind": kind,
        "units": {},
        "parameter_names": frozenset([*kind["parameters"], *kind["state"]]),
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
