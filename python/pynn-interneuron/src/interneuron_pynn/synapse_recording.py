"""Recordings of synapses: their weights and state, which PyNN itself does not record."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import neo
import numpy as np
import quantities as pq
from pyNN import errors

from .checks import check_interval, listed_names
from .simulator import state
from .units import SI

#: Variables of synapses that change, besides the weight, by the name of the type.
_STATES = {
    "TsodyksMarkramSynapse": ("u", "y", "z"),
    "StochasticTsodyksMarkramSynapse": ("u", "R"),
    "MultiQuantalSynapse": ("u", "a"),
}

_UNITS_OF_WEIGHTS = {-3: "mV", -6: "uS", -9: "nA"}


class RecordingOfSynapses:
    """The part of a projection that records what its synapses are like over time."""

    label: str
    synapse_type: Any
    sources: Any
    targets: Any
    _rule: Any
    parts: Any
    weight_exponent: Any
    name_in_document: str
    order_of: Any
    #: Segments before the last reset, and annotations of its blocks.
    _segments: list[Any]

    @property
    def recordable(self):
        """Variables of its synapses that can be recorded."""
        own = getattr(self.synapse_type, "names", None)
        return sorted(own) if own is not None else ["weight", *_STATES.get(type(self.synapse_type).__name__, ())]

    def record(self, variables, sampling_interval=None):
        """Records variables of the synapses from now on: `weight`, and state such as `u` of TsodyksMarkramSynapse.

        Args:
            variables: a name, or a list of names.
            sampling_interval: in ms; None: every step.
        """
        names = listed_names(variables)
        for variable in names:
            if variable not in self.recordable:
                raise errors.RecordingError(variable, _described(self))
        if sampling_interval is not None:
            check_interval(sampling_interval, state.dt)
        every = {} if sampling_interval is None else {"sampling_interval": float(sampling_interval)}
        state.recorders.add(_Keeper(self))
        for variable in names:
            for name in self._recorded_parts():
                if (name, variable) not in state.samples_of_synapses:
                    state.samples_of_synapses[name, variable] = []
                    state.begin_recording({"target": name, "variables": [variable], **every})

    def _recorded_parts(self):
        """How the document calls those of its parts that have synapses."""
        declared = self._rule is not None or hasattr(self.synapse_type, "definition")
        return [self.name_in_document] if declared else [part["name"] for part in self.parts()]

    def recorded(self, variable):
        """Samples of a recorded variable since the last reset, [sample, synapse], in PyNN's units and order."""
        return self._samples(variable)[1]

    def _samples(self, variable):
        """Steps and samples since the last reset."""
        state.collect()
        names = self._recorded_parts()
        found = [state.samples_of_synapses.get((name, variable)) for name in names]
        if variable not in self.recordable or None in found:
            raise errors.RecordingError(variable, _described(self))
        columns = [_whole(each) for each in found]
        if hasattr(self.synapse_type, "definition"):
            [(steps, values)] = columns
            return steps, values / SI[self.synapse_type.units[variable]]
        if not columns or not len(columns[0][0]):
            return np.empty(0, np.int64), np.empty((0, len(self.sources)))
        steps = columns[0][0]
        values = np.empty((len(steps), len(self.sources)))
        for part, (_, own) in zip(self.parts(), columns, strict=True):
            unit = float(f"1e{self.weight_exponent(part)}") if variable == "weight" else 1.0
            values[:, part["connections"]] = own[:, self.order_of(part)] / unit
        return steps, values

    def get_data(self, variables="all", clear=False):
        """What was recorded of the synapses, as a Neo block: a segment for each stretch between resets, a signal for each variable.

        Args:
            variables: a name, a list of names, or 'all'.
            clear: whether to forget it afterwards.
        """
        if not state.running and not self._segments:
            raise IndexError(f"there are no data of {self.label} yet: the network has not run")
        block = neo.Block(name=self.label, rec_datetime=datetime.now())
        block.annotate(simulator="interneuron", dt=state.dt)
        wanted = None if variables == "all" else listed_names(variables)
        parts = [*self._segments, *([self._segment({})] if state.running else [])]
        for segment in parts:
            kept = neo.Segment(name=segment.name, **segment.annotations)
            kept.analogsignals.extend([each for each in segment.analogsignals if wanted is None or each.name in wanted])
            kept.block = block
            block.segments.append(kept)
        if clear:
            self._segments = []
            for name in self._recorded_parts():
                for key in [key for key in state.samples_of_synapses if key[0] == name]:
                    state.samples_of_synapses[key] = []
        return block

    def _segment(self, annotations):
        """What was recorded since the last reset."""
        segment = neo.Segment(name=f"segment{state.segment_counter:03d}", **annotations)
        names = self._recorded_parts()
        for variable in [key[1] for key in state.samples_of_synapses if names and key[0] == names[0]]:
            steps, values = self._samples(variable)
            if not len(steps):
                continue
            period = float(steps[1] - steps[0]) * state.dt if len(steps) > 1 else state.dt
            ends = {} if hasattr(self.synapse_type, "definition") else {
                "presynaptic_index": self.sources,
                "postsynaptic_index": self.targets,
            }
            signal = neo.AnalogSignal(
                values,
                units=self._unit_of(variable),
                t_start=float(steps[0]) * state.dt * pq.ms,
                sampling_period=period * pq.ms,
                name=variable,
                source_projection=self.label,
                array_annotations=ends,
            )
            signal.segment = segment
            segment.analogsignals.append(signal)
        return segment

    def _unit_of(self, variable):
        if hasattr(self.synapse_type, "definition"):
            return self.synapse_type.units[variable]
        if variable != "weight":
            return "dimensionless"
        exponents = {self.weight_exponent(part) for part in self.parts()}
        return _UNITS_OF_WEIGHTS[exponents.pop()] if len(exponents) == 1 else "dimensionless"

    def keep_segment(self, annotations):
        """What was recorded before a reset stays."""
        if state.t != 0:
            self._segments = [*self._segments, self._segment(annotations or {})]


class _Keeper:
    """Stands among PyNN's recorders, which are told of resets."""

    def __init__(self, projection):
        self.projection = projection

    def __eq__(self, other):
        return isinstance(other, _Keeper) and other.projection is self.projection

    def __hash__(self):
        return hash(id(self.projection))

    def store_to_cache(self, annotations=None):
        """A reset is about to happen."""
        self.projection.keep_segment(annotations)


def _described(projection):
    """A type of synapses as PyNN's error describes types of cells."""
    return type(type(projection.synapse_type).__name__, (SimpleNamespace,), {})(recordable=projection.recordable)


def _whole(parts):
    """Steps and samples in one piece, which replaces the pieces."""
    if not parts:
        return np.empty(0, np.int64), np.empty((0, 0))
    if len(parts) > 1:
        parts[:] = [(np.concatenate([each[0] for each in parts]), np.concatenate([each[1] for each in parts]))]
    return parts[0]


__all__ = ["RecordingOfSynapses"]
