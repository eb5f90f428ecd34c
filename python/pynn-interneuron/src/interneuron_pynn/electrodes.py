"""Currents that flow into cells."""

import numpy as np
from pyNN.parameters import ParameterSpace, Sequence
from pyNN.standardmodels import build_translations, electrodes

from .simulator import plain, state


def _numbers(value):
    if isinstance(value, Sequence):
        return plain(np.asarray(value.value, dtype=float))
    return float(value)


class _Source:
    """What all sources share: they are parts of the document, and their changes are phases."""

    def __init__(self, **parameters):
        super().__init__(**parameters)
        self.label = state.unique(None, "source")
        self.targets, self.recorded, self._shift = [], False, None
        space = ParameterSpace(self.default_parameters, self.get_schema(), shape=(1,))
        space.update(**parameters)
        self.set_native_parameters(self.translate(space))

    def set_native_parameters(self, parameters):
        """Gives values, also while the source flows."""
        parameters.evaluate(simplify=True)
        given = {name: value for name, value in parameters.items()}
        own = dict(getattr(self, "_values", {}))
        own.update({name: (value[0] if isinstance(value, np.ndarray) else value) for name, value in given.items()})
        object.__setattr__(self, "_values", own)
        if state.live and getattr(self, "targets", None):
            state.phase({"set_source": {"target": self.label, "params": self._parameters(given)}})

    def get_native_parameters(self):
        """Values as they are now."""
        return ParameterSpace({name: self._values[name] for name in self.default_parameters})

    def _parameters(self, names):
        return {name: _numbers(self._values[name]) for name in names}

    def inject_into(self, cells, location=None):
        """Lets the current flow into cells, from now on."""
        if location is not None:
            raise NotImplementedError("cells of this backend have one compartment")
        for cell in cells:
            if not cell.celltype.injectable:
                raise TypeError("Can't inject current into a spike source.")
        by_parent = {}
        for cell in cells:
            by_parent.setdefault(id(cell.parent), (cell.parent, []))[1].append(cell)
        for parent, own in by_parent.values():
            indices = parent.id_to_index(np.array(own, dtype=int))
            self.targets.append(state.view(parent, np.sort(indices)))
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
            times = np.asarray(values["times"].value, float)
            amplitudes = np.asarray(values["amplitudes"].value, float)
            before = times <= now
            if before.any():
                first = amplitudes[before][-1]
                values["times"] = Sequence(np.concatenate([[now], times[~before]]))
                values["amplitudes"] = Sequence(np.concatenate([[first], amplitudes[~before]]))

    def to_document(self):
        """The source as the document has it."""
        return {
            "label": self.label,
            "type": type(self).__name__,
            "params": self._first(),
            "inject_into": list(self.targets),
            **({"record": True} if self.recorded else {}),
        }

    def _first(self):
        if not state.live and not hasattr(self, "_kept"):
            return self._parameters(self.default_parameters)
        if not hasattr(self, "_kept"):
            object.__setattr__(self, "_kept", self._parameters(self.default_parameters))
        return self._kept

    def record(self):
        """Records the current, from the start."""
        object.__setattr__(self, "recorded", True)
        state.changed()

    def _record(self):
        self.record()

    def _get_data(self):
        n = state.steps + 1
        times = np.arange(n) * state.dt
        return times, np.array([self._at(t) for t in times])

    def __setattr__(self, name, value):
        if name in ("label", "targets", "recorded", "_shift", "_values", "_kept"):
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
    times = np.asarray(self._values["times"].value, float)
    before = np.flatnonzero(np.rint(times / state.dt) * state.dt <= t + 1e-9)
    return float(np.asarray(self._values["amplitudes"].value, float)[before[-1]]) if len(before) else 0.0


def _noise(self, t):
    raise NotImplementedError("the values of a NoisyCurrentSource are drawn in the engine, and are not kept")


DCSource = _source(electrodes.DCSource, _direct)
ACSource = _source(electrodes.ACSource, _alternating)
StepCurrentSource = _source(electrodes.StepCurrentSource, _stepwise)
NoisyCurrentSource = _source(electrodes.NoisyCurrentSource, _noise)
