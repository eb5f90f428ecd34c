"""Neurons with compartments, put together from a morphology, ion channels and receptors."""

from typing import Any

from pyNN.parameters import ParameterSpace
from pyNN.standardmodels import build_translations, cells, ion_channels

from .morphology import Shape, distribution, location


def _channel(base):
    return type(
        base.__name__,
        (base,),
        {
            "__doc__": base.__doc__ or "An ion channel.",
            "__module__": __name__,
            "translations": build_translations(*((name, name) for name in base.default_parameters)),
        },
    )


NaChannel = _channel(ion_channels.NaChannel)
KdrChannel = _channel(ion_channels.KdrChannel)
PassiveLeak = _channel(ion_channels.PassiveLeak)
PassiveLeakHH = _channel(ion_channels.PassiveLeakHH)

#: Gates of channels, which are recorded as `channel.gate`.
_GATES = {"NaChannel": ("m", "h"), "KdrChannel": ("n",)}


class MultiCompartmentNeuron(cells.MultiCompartmentNeuron):
    """A neuron with a morphology. Classes of it have `ion_channels` and `post_synaptic_entities`, by name."""

    translations = build_translations(*((name, name) for name in cells.MultiCompartmentNeuron.default_parameters))
    ion_channels: dict[str, Any] = {}
    post_synaptic_entities: dict[str, Any] = {}
    default_initial_values = {"v": -65.0}
    injectable = True

    def __init__(self, **parameters):
        """Takes `morphology`, `cm`, `Ra`, `ionic_species`, and a dictionary for each channel and receptor."""
        defaults = {"cm": 1.0, "Ra": 35.4, "ionic_species": None, "morphology": None}
        known = {*defaults, *self.ion_channels, *self.post_synaptic_entities}
        wrong = sorted(set(parameters) - known)
        if wrong:
            raise TypeError(f"{type(self).__name__} has no {', '.join(wrong)}; it takes {', '.join(sorted(known))}")
        own = {**defaults, **parameters}
        if own["morphology"] is None:
            raise ValueError("a neuron with compartments needs a morphology")
        self.shape = Shape(own["morphology"])
        self.morphology = own["morphology"]
        self.parameter_space = ParameterSpace({}, {}, shape=None, component=type(self))
        channels, entities = self.ion_channels, self.post_synaptic_entities
        self._receptors = {name: self._receptor(kind, dict(own.get(name, {}))) for name, kind in entities.items()}
        self.places = {name: places for name, (_, places) in self._receptors.items()}
        self._channels = {name: (kind.__name__, dict(own.get(name, {}))) for name, kind in channels.items()}
        self.conductance_based = all(getattr(kind, "conductance_based", True) for kind in entities.values())
        gates = [f"{name}.{gate}" for name, (kind, _) in self._channels.items() for gate in _GATES.get(kind, ())]
        self.recordable = ["spikes", "v", *gates]
        self.units = {"v": "mV", "spikes": "ms", **{name: "dimensionless" for name in gates}}
        self._own = own

    def _receptor(self, kind, values):
        """What the document has of a receptor, and where it is: at one place of each section, as in PyNN."""
        places: dict[str, Any] = {}
        for _, (section, fraction) in self.shape.places(values.pop("locations", "soma")):
            places.setdefault(section, fraction)
        return {"type": kind.__name__, "params": {name: float(value) for name, value in values.items()}}, places

    @property
    def native_parameters(self):
        """There are none that differ from cell to cell."""
        return self.parameter_space

    @property
    def receptor_types(self):
        """Names of receptors."""
        return list(self.post_synaptic_entities)

    def can_record(self, variable, location=None):
        """Whether there is such a variable."""
        return variable in self.recordable

    def has_parameter(self, name):
        """Values cannot be read or set cell by cell."""
        return False

    def get_parameter_names(self):
        """Values cannot be read or set cell by cell."""
        return []

    def get_native_names(self, *names):
        """Names stay as they are."""
        return list(names)

    def get_schema(self):
        """There is nothing that may be set."""
        return {}

    def to_document(self):
        """The cell as the document has it."""
        own, shape = self._own, self.shape
        species = {
            name: {
                "reversal_potential": distribution(ion.reversal_potential, shape),
                **({} if ion.internal_concentration is None else {"internal_concentration": float(ion.internal_concentration)}),
                **({} if ion.external_concentration is None else {"external_concentration": float(ion.external_concentration)}),
            }
            for name, ion in (own["ionic_species"] or {}).items()
        }
        channels = {
            name: {"type": kind, "params": {key: distribution(value, shape) for key, value in values.items()}}
            for name, (kind, values) in self._channels.items()
        }
        receptors = {
            name: {**document, "locations": [location(place) for place in places.items()]}
            for name, (document, places) in self._receptors.items()
        }
        return {
            "type": "MultiCompartmentNeuron",
            "cm": distribution(own["cm"], shape),
            "Ra": float(own["Ra"]),
            "sections": shape.sections,
            **({"groups": shape.groups} if shape.groups else {}),
            **({"ionic_species": species} if species else {}),
            **({"ion_channels": channels} if channels else {}),
            **({"receptors": receptors} if receptors else {}),
        }
