"""Currents that flow into cells."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import build_translations, electrodes

from .checks import check_finite, check_given
from .morphology import location as location_of
from .simulator import state
from .units import plain


def _numbers(value):
    return plain(np.asarray(value, dtype=float)) if np.ndim(value) else float(value)


def _value(value):
    """A number, or an array of numbers."""
    if isinstance(value, np.ndarray) and value.dtype == object or isinstance(value, np.ndarray) and value.shape == (1,):
        value = value[0]
    return np.asarray(value.value, dtype=float) if isinstance(value, Sequence) else value


def _steps(times, amplitudes):
    """Times in whole steps; of those that are in one step the last counts."""
    times, amplitudes = np.atleast_1d(np.asarray(times, float)), np.atleast_1d(np.asarray(amplitudes, float))
    if (times < 0).any():
        raise ValueError("Step current cannot accept negative timestamps.")
    if (np.diff(times) <= 0).any():
        raise ValueError("Step current timestamps should be monotonically increasing.")
    if len(times) != len(amplitudes):
        raise ValueError(f"StepCurrentSource has {len(times)} times and {len(amplitudes)} amplitudes")
    rounded = np.rint(times / state.dt)
    last = np.append(np.diff(rounded) > 0, True)[: len(times)]
    return rounded[last] * state.dt, amplitudes[last]


#: What PyNN's sources have, of which the classes below are too.
_Base: Any = electrodes.StandardCurrentSource if TYPE_CHECKING else object


class _Source(_Base):
    """What all sources share: they are parts of the document, and their changes are phases."""

    def __init__(self, **parameters):
        check_given({name: value for name, value in parameters.items() if name in self.default_parameters})
        self._values = {}
        self.label = state.unique(None, "source")
        self.targets, self.recorded, self._kept, self._names = [], False, None, {}
        self._made_with = state.nest_min_delay()
        #: Time in ms by which NEST has the current later than stated.
        self.late = 0
        super().__init__(**parameters)
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        space.update(**parameters)
        self.set_native_parameters(self.translate(space))

    def set_parameters(self, copy=True, **parameters):
        """Gives parameters other values, now."""
        check_given({name: value for name, value in parameters.items() if name in self.default_parameters})
        super().set_parameters(copy, **parameters)

    def set_native_parameters(self, parameters):
        """Gives values, also while the source flows."""
        parameters.evaluate(simplify=True)
        given = {name: value for name, value in parameters.items()}
        own = dict(self._values)
        own.update({name: _value(value) for name, value in given.items()})
        if "times" in own:
            own["times"], own["amplitudes"] = _steps(own["times"], own["amplitudes"])
        for name, value in own.items():
            check_finite(name, np.atleast_1d(np.asarray(value, dtype=float)))
        self._values = own
        for name, value in own.items():
            object.__setattr__(self, name, value)
        if state.live and self.targets:
            for label, _, _ in self._parts():
                state.phase({"set_source": {"target": label, "params": self._parameters(given)}})

    def get_native_parameters(self):
        """Values as they are now."""
        own = {name: Sequence(value) if np.ndim(value) else value for name, value in self._values.items()}
        return ParameterSpace(own, shape=(1,))

    def _parameters(self, names):
        return {name: _numbers(self._values[name]) for name in names}

    def inject_into(self, cells, location=None):
        """Lets the current flow into cells, from now on."""
        if not isinstance(cells, Iterable) or not all(hasattr(cell, "celltype") for cell in cells):
            raise TypeError(f"a current is injected into cells, such as a population, a view or a list of cells, not into {cells!r}")
        for cell in cells:
            if not cell.celltype.injectable:
                raise TypeError("Can't inject current into a spike source.")
        by_parent: dict[int, Any] = {}
        for cell in cells:
            by_parent.setdefault(id(cell.parent), (cell.parent, []))[1].append(cell)
        for parent, own in by_parent.values():
            indices = parent.id_to_index(np.array(own, dtype=int))
            target = state.view(parent, np.sort(indices))
            shape: Any = getattr(parent.celltype, "shape", None)
            if location is not None and shape is None:
                raise TypeError(f"cells of {parent.label} have no compartments, so there is no location on them")
            places = [None] if location is None else [place for _, place in shape.places(location)]
            self.targets += [(target, place) for place in places]
        # NEST hands the current on after min_delay, and PyNN sends it earlier by that of when the source was made.
        self.late = round(state.nest_min_delay() - self._made_with, 9)
        state.note_current()
        if self not in state.sources:
            state.sources.append(self)
            if state.live and state.t > 0:
                self._begin(float(state.t))
        state.changed()

    def _begin(self, now):
        """Nothing flows before the source was injected."""
        values = self._values
        if "start" in values and values["start"] < now:
            if "phase" in values:
                values["phase"] = float(values["phase"]) + 0.36 * float(values["frequency"]) * (now - values["start"])
            values["start"] = now
        elif "times" in values:
            times, amplitudes = values["times"], values["amplitudes"]
            before = times <= now
            if before.any():
                first = amplitudes[before][-1]
                values["times"] = np.concatenate([[now], times[~before]])
                values["amplitudes"] = np.concatenate([[first], amplitudes[~before]])

    def _parts(self):
        """Targets by the place on them where the current flows in, and what each is called: a source has one place."""
        by_place: dict[Any, Any] = {}
        for target, place in self.targets:
            by_place.setdefault(place, []).append(target)
        for place in by_place:
            self._names.setdefault(place, state.unique(None, "source") if self._names else self.label)
        return [(self._names[place], place, targets) for place, targets in by_place.items()]

    def to_documents(self):
        """The source as the document has it: one for each place that it flows into."""
        return [
            {
                "label": label,
                "type": type(self).__name__,
                "params": self._kept or self._parameters(self.default_parameters),
                "inject_into": targets,
                **({} if place is None else {"location": location_of(place)}),
                **({"record": True} if self.recorded and k == 0 else {}),
            }
            for k, (label, place, targets) in enumerate(self._parts())
        ]

    def freeze(self):
        """The network is built: what changes from now on are phases."""
        if self._kept is None and self.targets:
            self._kept = self._parameters(self.default_parameters)

    def record(self):
        """Records the current, from the start."""
        self.recorded = True
        state.changed()

    def _record(self):
        self.record()

    def _get_data(self):
        state.collect()
        times = np.arange(state.steps + 1) * state.dt
        recorded = state._currents.get(self.label)
        if recorded:
            values = np.concatenate(recorded) * 1e9
            if len(values) == state.steps:
                # The engine reads currents as steps begin: the last step has not begun.
                try:
                    end = self._at(times[-1])
                except NotImplementedError:
                    end = values[-1] if times[-1] < self._values["stop"] - 1e-9 else 0.0
                values = np.append(values, end)
            return times, values
        return times, np.array([self._at(t) for t in times])

    def __setattr__(self, name, value):
        if name in ("label", "targets", "recorded", "_values", "_kept", "_names"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


def _source(base, at):
    return type(
        base.__name__,
        (_Source, base),
        {
            "__doc__": base.__doc__,
            "__module__": __name__,
            "translations": build_translations(*((name, name) for name in base.default_parameters)),
            "_at": at,
        },
    )


def _direct(self, t):
    own = self._values
    return float(own["amplitude"]) if own["start"] - 1e-9 <= t < own["stop"] - 1e-9 else 0.0


def _alternating(self, t):
    own = self._values
    if not own["start"] - 1e-9 <= t < own["stop"] - 1e-9:
        return 0.0
    angle = 2 * np.pi * own["frequency"] * (t - own["start"]) / 1000 + np.pi * own["phase"] / 180
    return float(own["offset"] + own["amplitude"] * np.sin(angle))


def _stepwise(self, t):
    before = np.flatnonzero(self._values["times"] <= t + 1e-9)
    return float(self._values["amplitudes"][before[-1]]) if len(before) else 0.0


def _noise(self, t):
    raise NotImplementedError("the values of a NoisyCurrentSource are drawn in the engine, and are not kept")


DCSource = _source(electrodes.DCSource, _direct)
ACSource = _source(electrodes.ACSource, _alternating)
StepCurrentSource = _source(electrodes.StepCurrentSource, _stepwise)
NoisyCurrentSource = _source(electrodes.NoisyCurrentSource, _noise)
