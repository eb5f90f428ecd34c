"""Types of a script's own, by their equations: `sim.native.cell(...)`, `sim.native.synapse(...)`.

Equations are Brian-like text, a line each, with the unit in SI behind a colon::

    lif = sim.native.cell(
        "lif",
        equations='''
            dv/dt = (El - v)/tau + g/tau_g : V
            dg/dt = -g/tau_g : V
        ''',
        parameters={"El": "-65 mV", "tau": "10 ms", "tau_g": "5 ms"},
        initial={"v": "-65 mV"},
        events={"spike": {"when": "v > -0.05*V", "do": ["v = El"]}},
        receptors={"excitatory": {"variable": "g", "kind": "voltage"}},
    )
    cells = sim.Population(10, lif(tau="12 ms"))

Values are quantities with their units, numbers in SI, or expressions of the index `i`.
"""

import re
from collections import defaultdict
from typing import Any

from pyNN.models import BaseCellType, BaseSynapseType
from pyNN.parameters import ParameterSpace

from .native_recording import NativeRecording, record
from .simulator import state
from .standardmodels import SpikeSourceArray
from .units import plain

#: Units in which recorded variables are given, by their unit in SI.
_UNITS = {"V": "mV", "A": "nA", "S": "uS", "s": "ms"}

_LINE = re.compile(r"^\s*(?:d(\w+)/dt\s*=.*|(\w+)\s*=.*|(\w+))\s*:\s*([^:()]+?)\s*(?:\([^)]*\))?\s*$")


#: What only a new definition begins with, though the one before it has no unit.
_BEGINS = re.compile(r"(?:d\w+/dt|\w+)\s*=(?!=)")


def _lines(equations):
    """Definitions, which go on to the line of their unit, without comments."""
    found: list[str] = []
    for raw in equations.split("\n") if isinstance(equations, str) else equations:
        line = raw.split("#")[0].strip()
        if not line:
            continue
        if not found or ":" in found[-1] or _BEGINS.match(line):
            found.append(line)
        else:
            found[-1] += f" {line}"
    return found


def _variables(lines):
    """Units of the variables of equations, by name."""
    found = {}
    for line in lines:
        parts = _LINE.match(line)
        if parts is None:
            raise ValueError(f"not an equation: {line}")
        rate, follows, state_variable, unit = parts.groups()
        found[rate or follows or state_variable] = unit
    return found


#: The unit of a quantity, with what stands in brackets behind it.
_UNIT = re.compile(r"[-+\d.eE]+\s*\*?\s*[munpfkMG]?([VASs])\s*(?:\([^)]*\))?\s*")


def _unit_of(parameter):
    """The unit in SI of a parameter, where recorded values have another one; else an empty text."""
    if isinstance(parameter, dict):
        return str(parameter.get("unit", ""))
    found = _UNIT.fullmatch(parameter) if isinstance(parameter, str) else None
    return found[1] if found else ""


class Defined:
    """A type by its own definition in the document."""

    definition: dict[str, Any] = {}
    #: Values of its parameters: of the whole population for cells, of one connection for synapses.
    parameter_space: Any

    @property
    def native_parameters(self):
        """Parameters keep their names and units, and values of native types stay with the type."""
        return self.parameter_space

    @classmethod
    def document_name(cls):
        """As the document names the type."""
        return f"native:{cls.__name__}"


class _Native(Defined):
    """What native cells and synapses have in common."""

    #: Its variables, which the classes that are made have.
    names: Any = ()

    def __init__(self, **values):
        unknown = sorted(name for name in set(values) - set(self.names) if not self.is_place_variable(name))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no {unknown[0]}; it has {', '.join(sorted(self.names))}")
        self.values = {name: plain(value) for name, value in values.items()}
        self.more = {}
        self.parameter_space = ParameterSpace({}, {}, shape=None)

    def beside(self, **more):
        """What the canonical model has beside values, such as `order` or `linked`. Gives the type itself."""
        self.more = {**self.more, **more}
        return self

    @classmethod
    def is_place_variable(cls, name):
        """Whether a name can be that of a potential, or of a mechanism's value, which cells with compartments have."""
        return "compartments" in cls.definition and (name == "v" or "." in name)


class NativeCell(_Native, BaseCellType):
    """A cell by its equations."""

    def can_record(self, variable, location=None):
        """Cells with compartments have a potential and variables of mechanisms at places."""
        at_place = location is not None and (variable == "v" or "." in variable)
        return variable in self.recordable or at_place or self.is_place_variable(variable)


class NativeSynapse(_Native, BaseSynapseType):
    """A synapse by its equations."""


def _type(base, name, equations, parameters, initial, parts, **attributes):
    lines = _lines(equations)
    variables = _variables(lines)
    parameters, initial = dict(parameters or {}), dict(initial or {})
    definition = {"equations": lines, "parameters": parameters, "initial": initial, **parts}
    units = {**{key: _unit_of(each) for key, each in parameters.items()}, **variables}
    return type(
        name,
        (base,),
        {
            "definition": {key: value for key, value in definition.items() if value not in ({}, [], None)},
            "names": frozenset([*parameters, *variables]),
            "variables": variables,
            "units": defaultdict(lambda: "dimensionless", {key: _UNITS.get(unit, "dimensionless") for key, unit in units.items()}),
            **attributes,
        },
    )


def cell(name, equations="", parameters=None, initial=None, receptors=None, inputs=None, **parts):
    """A cell type by its equations, with its events, regimes and method as in the canonical model."""
    receptors = dict(receptors or {})
    made = _type(NativeCell, name, equations, parameters, initial, {"inputs": inputs, "receptors": receptors, **parts})
    made.recordable = ["spikes", *made.variables, *(parameters or {})]
    if "compartments" in parts:
        # Variables of mechanisms are in SI.
        made.units.setdefault("v", "mV")
    made.receptor_types = tuple(receptors)
    made.conductance_based = any(each["kind"] == "conductance" for each in receptors.values())
    made.voltage_based_synapses = any(each["kind"] == "voltage" for each in receptors.values())
    return made


def synapse(name, equations="", parameters=None, initial=None, **parts):
    """A synapse type by its equations, with its pathways as in the canonical model."""
    return _type(NativeSynapse, name, equations, parameters, initial, parts)


class NativeSource(SpikeSourceArray):
    """A source of given spikes as the canonical model has it."""

    #: What the document has beside the type.
    more: dict[str, Any] = {}


def source(**spikes):
    """A source whose spikes may repeat: `indices` of cells and `times` (s), and the `period` (s) after which they come again."""
    made = NativeSource()
    made.more = {"spikes": {name: plain(value) for name, value in spikes.items()}}
    return made


class Connector:
    """Connections by rules of the canonical model."""

    def __init__(self, *rules):
        self.rules = list(rules)


def model(**parts):
    """Parts of the canonical model for which PyNN has no words: timing, stimuli, operations, tables, clocks, ..."""
    for key, part in parts.items():
        state.native[key] = {**state.native.get(key, {}), **part} if isinstance(part, dict) else part
    state.changed()


def phase(**parts):
    """A phase of the canonical model."""
    state.phase({"native": parts})
