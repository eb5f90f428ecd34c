"""`pyNN.nest.nestml`: types of cells by models in NESTML, which the engine reads.

Parameters, variables and weights count NEST's units, as in PyNN on NEST: mV, ms, pA, nS, pF.
"""

import json
import os
import re

from interneuron._server import shared, unpack
from pyNN.models import BaseCellType

from .native import Defined
from .unavailable import Unavailable

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


nestml_synapse_type = Unavailable(
    "nestml_synapse_type",
    "NEST",
    "describe the synapse by its equations with sim.native.synapse, or use a standard synapse of PyNN",
    "cannot be used: interneuron reads models of neurons in NESTML, not those of synapses",
)

__all__ = ["nestml_cell_type", "nestml_synapse_type"]
