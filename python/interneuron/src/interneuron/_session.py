"""A model that is being run: its protocol comes call by call."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from ._errors import UsageError
from ._progress import progress_bar
from ._quantity import seconds
from ._results import ByName, Recording, Results, Segment, Spikes
from ._server import Array, Server, pack, unpack
from ._warnings import warn_of


class Session:
    """A live run. Its results are, to the bit, those of a document with the same protocol.

    Sessions are made by `interneuron.open`. Times are text with a unit ('10 ms') or numbers in ms; values are in SI.
    """

    def __init__(
        self, server: Server, parameters: Mapping[str, Any], progress: bool | None = None, warns: bool = False
    ) -> None:
        self._server = server
        opened: dict[str, Any] = server.call("open", parameters)
        self._number: int | None = opened["session"]
        self._progress, self._warns = progress, warns
        #: Name of the model.
        self.name: str = opened["name"]
        #: Seconds a step.
        self.dt: float = opened["dt"]
        #: Sizes of populations by name.
        self.populations: dict[str, int] = _sizes(opened["populations"])
        #: Warnings and notes about the model.
        self.diagnostics: list[dict[str, Any]] = opened["diagnostics"]
        self._state: dict[str, Any] = {"time": 0.0, "steps": 0}
        self._spikes: dict[str, tuple[dict[str, Any], list[list[Array]]]] = {}
        self._samples: dict[str, tuple[dict[str, Any], list[list[Array]]]] = {}
        self._taken: dict[str, Any] = {}
        self._complete = True
        self._known: list[dict[str, Any]] = []

    # --- Calls ------------------------------------------------------------------------------------------------------
    def _call(self, method: str, **parameters: Any) -> Any:
        if self._number is None:
            raise UsageError("the session is closed", "open the model again")
        return self._server.call(method, {"session": self._number, **parameters})

    def _change(self, method: str, **parameters: Any) -> None:
        self._state.update(self._call(method, **parameters))

    @property
    def time(self) -> float:
        """Time in ms since the start or the last reset."""
        return float(self._state["time"]) * 1000

    @property
    def steps(self) -> int:
        """Steps done since the start."""
        return int(self._state["steps"])

    def run(self, time: str | float | None = None) -> bool:
        """Lets time pass.

        Args:
            time: '100 ms', or a number of ms; without it the model's own protocol is run.

        Returns:
            False when Ctrl-C stopped it: what was done until then is kept, and the session can go on.
        """
        if self._number is None:
            raise UsageError("the session is closed", "open the model again")
        parameters: dict[str, Any] = {"session": self._number}
        if time is not None:
            parameters["time"] = seconds(time)
        with progress_bar(self._progress, self.name) as told:
            result = self._server.call("run", parameters, told)
        self._state.update(result)
        self._complete = bool(result["complete"])
        self._warn(result["diagnostics"])
        return self._complete

    def _warn(self, findings: list[dict[str, Any]]) -> None:
        """Warns about findings of runs, once about each."""
        new = [each for each in findings if each not in self.diagnostics and each not in self._known]
        self._known += new
        if self._warns:
            warn_of(new)

    def set(self, values: Mapping[str, float | Array]) -> None:
        """Gives values from now on: keys are `population.variable` or `projection.pathway.delay`, values numbers or arrays in SI."""
        self._change("set", values=_sent(values))

    def initialise(self, values: Mapping[str, float | Array]) -> None:
        """Gives first values: they are taken now, and at each reset that follows."""
        self._change("initialise", values=_sent(values))

    def record(
        self,
        population: str,
        variable: str,
        every: str | float | None = None,
        section: str | None = None,
        fraction: float | None = None,
    ) -> None:
        """Records a variable, or `spike`, of a population from now on.

        Cells with compartments have it at a section and fraction of its length; without them, it is where they fire.
        """
        interval = {} if every is None else {"every": seconds(every)}
        place = {} if section is None else {"section": section}
        along = {} if fraction is None else {"fraction": fraction}
        self._change("record", population=population, variable=variable, **interval, **place, **along)

    def reset(self, annotations: Mapping[str, Any] | None = None) -> None:
        """Back to time 0 and first values, in a new segment."""
        self._change("reset", annotations=dict(annotations or {}))

    def extend(self, text: str, data: Mapping[str, Any] | None = None, later: bool = False) -> None:
        """Goes on with a longer document, whose phases begin with those that have run; `run` performs the others.

        Args:
            text: the document.
            data: arrays that it refers to, by digest.
            later: whether what it has besides acts only from now on; then what has run need not run again.
        """
        answer = self._call("extend", text=text, data=dict(data or {}), later=later)
        self.populations = _sizes(answer.pop("populations"))
        before, self.diagnostics = self.diagnostics, answer.pop("diagnostics")
        if self._warns:
            warn_of(each for each in self.diagnostics if each not in before)
        self._state.update(answer)

    def snapshot(self, name: str = "snapshot") -> None:
        """Keeps all that changes under a name."""
        self._change("snapshot", name=name)

    def restore(self, name: str = "snapshot") -> None:
        """Goes back to what was kept, in a new segment."""
        self._change("restore", name=name)

    def read(self, owner: str, variable: str) -> Array:
        """A variable now, in SI: a number for each cell of a population, or each synapse of a projection."""
        return unpack(self._call("read", owner=owner, variable=variable))

    def synapses(self, projection: str) -> dict[str, Array]:
        """Synapses of a projection in order of creation: `sources`, `targets`, and `delays` in steps."""
        return {name: unpack(array) for name, array in self._call("synapses", projection=projection).items()}

    # --- What was recorded ------------------------------------------------------------------------------------------
    def take(self) -> Results:
        """What was recorded since the last call."""
        taken = self._call("take")
        self._keep(taken)
        return self._results(
            taken,
            {_train(each): (each, [_arrays(each)]) for each in taken["spikes"]},
            {each["name"]: (each, [_rows(each)]) for each in taken["samples"]},
            {"fingerprint": None, "outputs": [], "record": {"spikeLabel": taken["spikeLabel"]}},
        )

    def finish(self) -> Results:
        """Ends the session and gives everything that was recorded. Files are written now."""
        self._keep(self._call("take"))
        report = self._call("finish")
        self._number = None
        self._warn(report["diagnostics"])
        return self._results(self._taken, self._spikes, self._samples, report)

    def close(self) -> None:
        """Ends the session without results; safe at any time."""
        if self._number is not None and self._server.alive:
            self._call("close")
        self._number = None

    def __repr__(self) -> str:
        return f"<Session of {self.name} at {self.time:g} ms{'' if self._number is not None else ', closed'}>"

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _keep(self, taken: dict[str, Any]) -> None:
        self._taken = taken
        for each in taken["spikes"]:
            self._spikes.setdefault(_train(each), (each, []))[1].append(_arrays(each))
        for each in taken["samples"]:
            self._samples.setdefault(each["name"], (each, []))[1].append(_rows(each))

    def _results(
        self,
        taken: Mapping[str, Any],
        spikes: Mapping[str, tuple[dict[str, Any], list[list[Array]]]],
        samples: Mapping[str, tuple[dict[str, Any], list[list[Array]]]],
        report: dict[str, Any],
    ) -> Results:
        segments = [
            Segment(each["name"], each["begin"], each["end"], each["start"], each.get("annotations", {}))
            for each in taken["segments"]
        ]
        trains: dict[str, Spikes] = {}
        events: dict[str, Spikes] = {}
        for name, (train, parts) in spikes.items():
            steps, cells, *values = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
            population, variables = train["population"], train["variables"]
            within = np.searchsorted([each.begin for each in segments], steps, side="right") - 1
            (trains if train["event"] == "spike" else events)[name] = Spikes(
                population,
                self.populations[population],
                steps,
                cells,
                within,
                _times(steps, taken["spikeLabel"], within, segments, self.dt),
                {each["name"]: value for each, value in zip(variables, values, strict=True)},
                {each["name"]: each["unit"] for each in variables},
            )
        recordings = {}
        for name, (series, rows) in samples.items():
            steps, within, values = (np.concatenate(arrays) for arrays in zip(*rows, strict=True))
            recordings[name] = Recording(
                name,
                series["owner"],
                series["variable"],
                series["unit"],
                _elements(series["elements"]),
                int(series["every"]),
                steps,
                within,
                _times(steps, series["label"], within, segments, self.dt),
                values,
            )
        named = ByName("population with recorded spikes", trains), ByName("recording", recordings)
        return Results(
            self.name, self.dt, int(taken["steps"]), self._complete, *named, segments, report, ByName("recorded event", events)
        )


def _sizes(populations: list[dict[str, Any]]) -> dict[str, int]:
    return {each["name"]: each["size"] for each in populations}


def _sent(values: Mapping[str, float | Array]) -> dict[str, Any]:
    return {key: _number(key, value) for key, value in values.items()}


def _number(key: str, value: float | Array) -> Any:
    """A number, or an array of numbers in its shape; which there may be is checked where they are set."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise UsageError(f"the value of {key} is of type {array.dtype}", "give a number or an array of numbers, in SI units")
    return pack(array.astype(np.float64)) if array.ndim else float(array)


def _train(sent: Mapping[str, Any]) -> str:
    """`population`, or `population.event` for events other than spikes."""
    return str(sent["population"] if sent["event"] == "spike" else f"{sent['population']}.{sent['event']}")


def _arrays(sent: Mapping[str, Any]) -> list[Array]:
    """Steps, cells, and the values of each variable."""
    return [unpack(sent["steps"]), unpack(sent["cells"]), *(unpack(each["values"]) for each in sent["variables"])]


def _rows(sent: Mapping[str, Any]) -> list[Array]:
    """Steps, segments and values of samples."""
    return [unpack(sent["steps"]), unpack(sent["segments"]), unpack(sent["values"])]


def _elements(sent: Any) -> Array | None:
    if sent is None:
        return None
    return np.arange(sent["begin"], sent["end"]) if isinstance(sent, dict) else np.asarray(sent)


def _times(steps: Array, label: int, within: Array, segments: list[Segment], dt: float) -> Array:
    """Returns times in ms since the start of each segment, of steps that are counted through all segments."""
    origins = np.array([each.begin - each.start for each in segments], dtype=np.int64)
    return np.asarray((steps.astype(np.int64) - origins[within] + label) * dt * 1000)
