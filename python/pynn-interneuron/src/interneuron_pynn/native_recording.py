"""Recordings that PyNN has no words for: `sim.native.record(...)`."""

from typing import Any

import numpy as np
from interneuron._server import unpack
from pyNN import errors

from .checks import check_interval, listed_names
from .members import members_of
from .simulator import state


class NativeRecording:
    """What `sim.native.record` records: values in SI, times in ms since the last reset."""

    def __init__(self, name, variables, populations):
        """Makes a recording.

        Args:
            name: in the document.
            variables: names of variables or events.
            populations: which cells of which populations.
        """
        self.name, self.variables, self.populations = name, variables, populations
        # By event: steps, cells, and values of each variable at these.
        self._events: dict[str, list[Any]] = {}
        # By variable: steps and samples, [sample, cell or synapse].
        self._samples: dict[str, list[Any]] = {}

    def take(self, taken, origin):
        """Takes its part of what the session has recorded since the last time.

        Args:
            taken: by the session.
            origin: step at which the stretch since the last reset began.
        """
        for train in taken["spikes"]:
            event = "spikes" if train["event"] == "spike" else train["event"]
            if event in self.variables and train["population"] in self.populations:
                cells = unpack(train["cells"]).astype(np.int64)
                here = np.isin(cells, self.populations[train["population"]])
                steps = unpack(train["steps"]).astype(np.int64) + taken["spikeLabel"] - origin
                values = {each["name"]: unpack(each["values"])[here] for each in train["variables"]}
                self._events.setdefault(event, []).append((steps[here], cells[here], values))
        for series in taken["samples"]:
            if series["recording"] == self.name:
                steps = unpack(series["steps"]).astype(np.int64) + series["label"] - origin
                self._samples.setdefault(series["variable"], []).append((steps, unpack(series["values"])))

    def clear(self):
        """Forgets all that it has."""
        self._events, self._samples = {}, {}

    @property
    def events(self):
        """Times (ms) and cells of each event, and values of variables at these, by name of the event."""
        state.collect()
        return {
            event: {
                "times": np.concatenate([steps for steps, _, _ in parts]) * state.dt,
                "cells": np.concatenate([cells for _, cells, _ in parts]),
                **{name: np.concatenate([values[name] for _, _, values in parts]) for name in parts[0][2]},
            }
            for event, parts in self._events.items()
        }

    @property
    def samples(self):
        """Times (ms) and values, [sample, cell or synapse], by name of the variable."""
        state.collect()
        return {
            variable: {
                "times": np.concatenate([steps for steps, _ in parts]) * state.dt,
                "values": np.concatenate([values for _, values in parts]),
            }
            for variable, parts in self._samples.items()
        }

    def to_dict(self):
        """All of it as lists, as JSON has them."""
        return {
            name: {key: values.tolist() for key, values in each.items()}
            for name, each in {**self.events, **self.samples}.items()
        }


def record(target, variables, sampling_interval=None, values=None, **place):
    """Records from now on what PyNN's `record` cannot: events other than spikes, and when in a step samples are taken.

    Args:
        target: a population, view, assembly, or projection.
        variables: names of events or variables, or one of them.
        sampling_interval: in ms; None: every step.
        values: names of variables whose values are recorded at the events.
        place: `slot`, `order` and `name`, as recordings of the canonical model have them; `indices` or a `slice` of the synapses
            of a projection.

    Returns:
        the recording: its `events` and `samples` are what it has recorded.

    Raises:
        RecordingError: for a name that is neither a variable nor an event of the cells.
    """
    unknown = sorted(set(place) - {"slot", "order", "name", "indices", "slice"})
    if unknown:
        raise TypeError(f"record() has no {unknown[0]}; it has slot, order, name, indices and slice")
    names = listed_names(variables)
    if sampling_interval is not None:
        check_interval(sampling_interval, state.dt)
    owners = members_of(target) if hasattr(target, "all_cells") else []
    for kind in [owner.celltype for owner, *_ in owners] or [target.synapse_type]:
        for each in names:
            if each not in _recordable(kind):
                raise errors.RecordingError(each, kind)
    label = state.cells(owners, getattr(target, "label", None)) if owners else target.name_in_document
    name = state.unique(place.get("name", f"{label}_{names[0]}"), "recording")
    made = NativeRecording(name, names, {owner.name_in_document: np.asarray(cells) for owner, cells, *_ in owners})
    state.native_recordings.append(made)
    own = {**place, "name": name, **({} if values is None else {"variables": listed_names(values)})}
    every = {} if sampling_interval is None else {"sampling_interval": float(sampling_interval)}
    state.begin_recording({"target": label, "variables": names, **every, "native": own})
    return made


def _recordable(kind):
    """Names of what a type of cells or synapses has."""
    own = getattr(kind, "definition", None)
    if own is None:
        return {"spikes", *getattr(kind, "recordable", ())}
    events = own.get("events", {})
    emitted = [each.get("emit") for regime in own.get("regimes", {}).values() for each in regime.get("transitions", ())]
    told = [each.get("emits", name) if isinstance(each, dict) else name for name, each in events.items()]
    return {"spikes", *told, *emitted, *kind.names}


__all__ = ["NativeRecording", "record"]
