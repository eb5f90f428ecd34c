"""What a run gives: spikes and samples as arrays, tables and Neo objects."""

from __future__ import annotations

import difflib
import html
import json
import os
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Mapping, TypeVar

import numpy as np

from ._command import command
from ._errors import UnknownNameError, UsageError
from ._server import Array

if TYPE_CHECKING:
    import neo
    import pandas


@dataclass(frozen=True)
class Segment:
    """A stretch of steps that runs on; resets part them."""

    name: str
    #: Steps [begin, end) of the run.
    begin: int
    end: int
    #: Step of its own time at which it begins.
    start: int
    annotations: Mapping[str, Any] = field(default_factory=dict)


V = TypeVar("V")


class ByName(dict[str, V]):
    """A dictionary whose errors list the names that exist."""

    def __init__(self, what: str, values: Mapping[str, V] | None = None) -> None:
        super().__init__(values or {})
        self._what = what

    def __missing__(self, name: str) -> V:
        similar = difflib.get_close_matches(str(name), self, n=1)
        known = ", ".join(self) or "none"
        raise UnknownNameError(
            f"there is no {self._what} {name}", f"did you mean {similar[0]}? There are: {known}" if similar else f"there are: {known}"
        )


@dataclass(frozen=True, repr=False)
class Spikes:
    """Spikes of a population, or another event of it, in order of time."""

    population: str
    #: Cells of the population.
    size: int
    #: Step of each spike, counted from the start of the run.
    steps: Array
    #: Index of each spike's cell.
    cells: Array
    #: Segment of each spike, as an index of `Results.segments`.
    segments: Array
    #: Time of each spike in ms, in the time of its segment.
    times: Array
    #: Values in SI of each variable that is recorded at the spikes, one for each spike.
    variables: Mapping[str, Array] = field(default_factory=dict)
    #: SI unit of each of these variables; `1` when dimensionless.
    units: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.steps)

    def __repr__(self) -> str:
        return f"<Spikes of {self.population}: {len(self)} of {self.size} cells{_span(self.times)}>"

    def of(self, cell: int) -> Array:
        """Times of one cell's spikes, in ms."""
        return np.asarray(self.times[self.cells == cell])

    def to_pandas(self) -> pandas.DataFrame:
        """A table with the columns `time` (ms), `cell`, `step`, and one for each recorded variable (SI)."""
        import pandas

        columns = {"time": self.times, "cell": self.cells, "step": self.steps}
        return pandas.DataFrame({**self.variables, **columns})[[*columns, *self.variables]]


@dataclass(frozen=True, repr=False)
class Recording:
    """Samples of a variable."""

    name: str
    owner: str
    variable: str
    #: SI unit; `1` when dimensionless.
    unit: str
    #: Which elements the columns are; None for one value of the whole population.
    elements: Array | None
    #: Steps between two samples.
    every: int
    #: Step of each sample, counted from the start of the run.
    steps: Array
    #: Segment of each sample, as an index of `Results.segments`.
    segments: Array
    #: Time of each sample in ms, in the time of its segment.
    times: Array
    #: Values in SI, [sample, element].
    values: Array

    def __repr__(self) -> str:
        size = "one value" if self.elements is None else f"{len(self.elements)} elements"
        return f"<Recording {self.name}: {len(self.times)} samples of {size}, in {self.unit}{_span(self.times)}>"

    def to_pandas(self) -> pandas.DataFrame:
        """A table with a row for each time (ms) and a column for each element."""
        import pandas

        columns = [self.variable] if self.elements is None else pandas.Index(self.elements, name="element")
        return pandas.DataFrame(self.values, index=pandas.Index(self.times, name="time"), columns=columns)


@dataclass
class Results:
    """What a run recorded, and what it was."""

    name: str
    #: Seconds a step.
    dt: float
    #: Steps done.
    steps: int
    #: False when the run was stopped early.
    complete: bool
    spikes: dict[str, Spikes]
    recordings: dict[str, Recording]
    segments: list[Segment]
    #: What the run says of itself, as `interneuron run --json` prints it.
    report: dict[str, Any]
    #: Other recorded events, by `population.event`.
    events: dict[str, Spikes] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all spikes and of the final state; equal for equal runs on every engine."""
        return str(self.report["fingerprint"])

    @property
    def outputs(self) -> list[str]:
        """Files that were written."""
        return list(self.report["outputs"])

    def __getitem__(self, name: str) -> Recording:
        """A recording by its name, `population_variable`."""
        return self.recordings[name]

    def to_pandas(self) -> pandas.DataFrame:
        """All spikes in one table, with the columns `population`, `time` (ms), `cell` and `step`."""
        import pandas

        tables = [spikes.to_pandas().assign(population=name) for name, spikes in self.spikes.items()]
        empty = pandas.DataFrame({"time": [], "cell": [], "step": [], "population": []})
        return pandas.concat(tables, ignore_index=True) if tables else empty

    def to_neo(self) -> neo.Block:
        """A Neo block: a segment for each stretch of the run, a train for each cell, a signal for each recording."""
        import neo
        import quantities as pq

        block = neo.Block(name=self.name, fingerprint=self.fingerprint, dt=self.dt)
        for k, span in enumerate(self.segments):
            part = neo.Segment(name=span.name, **span.annotations)
            stop = (span.end - span.begin + span.start) * self.dt * 1000
            for name, spikes in self.spikes.items():
                inside = spikes.segments == k
                order = np.argsort(spikes.cells[inside], kind="stable")
                cells, times = spikes.cells[inside][order], spikes.times[inside][order]
                variables = {key: values[inside][order] for key, values in spikes.variables.items()}
                bounds = np.searchsorted(cells, np.arange(spikes.size + 1))
                for cell in range(spikes.size):
                    part.spiketrains.append(
                        neo.SpikeTrain(
                            times[bounds[cell] : bounds[cell + 1]] * pq.ms,
                            t_start=span.start * self.dt * 1000 * pq.ms,
                            t_stop=stop * pq.ms,
                            name=f"{name}[{cell}]",
                            array_annotations={
                                key: values[bounds[cell] : bounds[cell + 1]] for key, values in variables.items()
                            },
                            source_population=name,
                            source_index=cell,
                        )
                    )
            for recording in self.recordings.values():
                rows = recording.segments == k
                if not rows.any():
                    continue
                times = recording.times[rows]
                described: dict[str, Any] = {
                    "units": "dimensionless" if recording.unit == "1" else recording.unit,
                    "name": recording.name,
                    "source_population": recording.owner,
                }
                if (np.diff(recording.steps[rows]) == recording.every).all():
                    period = recording.every * self.dt * 1000 * pq.ms
                    part.analogsignals.append(
                        neo.AnalogSignal(recording.values[rows], t_start=times[0] * pq.ms, sampling_period=period, **described)
                    )
                else:
                    # It was switched off and on again.
                    part.irregularlysampledsignals.append(
                        neo.IrregularlySampledSignal(times * pq.ms, recording.values[rows], **described)
                    )
            block.segments.append(part)
        return block

    def plot(self, kind: str | None = None, *, bin: str | None = None, output: str | os.PathLike[str] | None = None) -> Picture:
        """Draws spikes, rates or samples, as `interneuron plot` does. A notebook shows the picture.

        Args:
            kind: 'raster', 'rates' or 'traces'; None: spikes, or samples if there are none.
            bin: width of the bins of rates, with its unit.
            output: a file to write as well, .svg or .png.
        """
        with tempfile.TemporaryDirectory() as folder:
            recorded = os.path.join(folder, "results.json")
            with open(recorded, "w", encoding="utf-8") as file:
                json.dump(self._recorded(), file)
            return picture_of(recorded, kind, self.name, bin, output)

    def _recorded(self) -> dict[str, Any]:
        """Spikes and samples as Neo names them, in JSON."""
        stop = self.steps * self.dt * 1000
        trains = []
        for name, spikes in self.spikes.items():
            order = np.argsort(spikes.cells, kind="stable")
            bounds = np.searchsorted(spikes.cells[order], np.arange(spikes.size + 1))
            times = spikes.steps[order] * self.dt * 1000
            for cell in range(spikes.size):
                own = times[bounds[cell] : bounds[cell + 1]].tolist()
                about = {"population": name, "cell_id": cell}
                trains.append({"times": own, "units": "ms", "t_stop": stop, "annotations": about})
        signals = [
            {
                "name": f"{recording.owner} {recording.variable}",
                "units": recording.unit,
                "t_start": f"{recording.steps[0] * self.dt} s",
                "sampling_period": f"{recording.every * self.dt} s",
                "signal": recording.values.reshape(len(recording.steps), -1).tolist(),
            }
            for recording in self.recordings.values()
            if len(recording.steps)
        ]
        return {"name": self.name, "segments": [{"spiketrains": trains, "analogsignals": signals}]}

    def _repr_html_(self) -> str:
        duration = self.steps * self.dt
        rows = "".join(
            f"<tr><td>{html.escape(name)}</td><td>{spikes.size}</td><td>{len(spikes)}</td>"
            f"<td>{_rate(spikes, duration)}</td></tr>"
            for name, spikes in self.spikes.items()
        )
        recorded = ", ".join(map(html.escape, self.recordings)) or "none"
        state = "" if self.complete else " (stopped early)"
        return (
            f"<b>{html.escape(self.name)}</b>: {duration * 1000:g} ms{state}<br>"
            f"<table><tr><th>population</th><th>cells</th><th>spikes</th><th>rate (Hz)</th></tr>{rows}</table>"
            f"{_raster(self)}recordings: {recorded}<br>fingerprint: <code>{self.fingerprint[:16]}</code>"
        )

    def __repr__(self) -> str:
        listed = [f"{name}: {len(spikes)} spikes" for name, spikes in self.spikes.items()]
        more = [f"and {len(listed) - _MOST_LISTED} more populations"] if len(listed) > _MOST_LISTED else []
        counts = ", ".join(listed[:_MOST_LISTED] + more)
        return f"<Results of {self.name}: {self.steps * self.dt * 1000:g} ms, {counts or 'no spikes recorded'}>"


#: Populations that the text of a result lists.
_MOST_LISTED = 5


def _span(times: Array) -> str:
    """Returns the first and the last of some times in ms as text."""
    return f", {times.min():g} to {times.max():g} ms" if len(times) else ""


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture, which a notebook shows."""

    #: The document in SVG.
    svg: str

    def __repr__(self) -> str:
        return f"<Picture: {len(self.svg)} characters of SVG>"

    def _repr_svg_(self) -> str:
        return self.svg


#: Kinds of pictures.
_KINDS = ("raster", "rates", "traces", "weights", "connectivity", "network", "gates")


def picture_of(
    path: str, kind: str | None, title: str | None, bin: str | None, output: str | os.PathLike[str] | None
) -> Picture:
    """Draws a file, as `interneuron plot` does.

    Raises:
        UsageError: for a kind that there is not.
    """
    if kind is not None and kind not in _KINDS:
        is_file = str(kind).endswith((".svg", ".png"))
        hint = f"write: plot(output={str(kind)!r})" if is_file else f"kinds are {', '.join(_KINDS)}"
        raise UsageError(f"plot has no kind {kind!r}", hint)
    words = ["plot", path]
    for option, value in (("--kind", kind), ("--title", title), ("--bin", bin)):
        words += [option, value] if value else []
    if output is not None:
        command([*words, "-o", os.fspath(output), "--force"])
    return Picture(command([*words, "-o", "-"]))


def _rate(spikes: Spikes, duration: float) -> str:
    return f"{len(spikes) / (spikes.size * duration):.2f}" if duration > 0 and spikes.size else "–"


def _raster(results: Results, width: int = 600, height: int = 160, most: int = 4000) -> str:
    """A drawing of the first populations' spikes, thinned to so many points."""
    shown = {name: spikes for name, spikes in results.spikes.items() if len(spikes)}
    total = sum(spikes.size for spikes in shown.values())
    end = results.steps * results.dt * 1000
    if total == 0 or end <= 0:
        return ""
    every = max(1, sum(map(len, shown.values())) // most)
    points, base = [], 0
    for number, spikes in enumerate(shown.values()):
        colour = ("#1f77b4", "#d62728", "#2ca02c", "#9467bd")[number % 4]
        x = spikes.steps[::every] * results.dt * 1000 / end * width
        y = height - (spikes.cells[::every] + base + 0.5) / total * height
        path = "".join(f"M{a:.1f} {b:.1f}h1" for a, b in zip(x, y))
        points.append(f'<path d="{path}" stroke="{colour}" stroke-width="1.5"/>')
        base += spikes.size
    return f'<svg width="{width}" height="{height}" style="border: 1px solid #ccc">{"".join(points)}</svg><br>'
