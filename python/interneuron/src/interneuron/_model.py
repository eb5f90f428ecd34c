"""Models, and what can be done with one."""

from __future__ import annotations

import difflib
import functools
import inspect
import json
import os
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Concatenate, Mapping, ParamSpec, Sequence, TypeVar

from ._command import command
from ._errors import UsageError
from ._results import Picture, Results, picture_of
from ._server import Server, shared
from ._session import Session
from ._warnings import warn_of

Path_ = str | os.PathLike[str]


P = ParamSpec("P")
R = TypeVar("R")


def _with_options_of(pattern: Callable[P, object]) -> Callable[[Callable[..., R]], Callable[P, R]]:
    """Gives a function the arguments of another one, with their types, so that editors complete them."""
    return lambda function: _with_signature(function, pattern)


def _of_path(method: Callable[Concatenate[Model, P], R]) -> Callable[[Callable[..., R]], Callable[Concatenate[Model | Path_, P], R]]:
    """Gives a function the arguments of a method, with a model or its path in front."""
    return lambda function: _with_signature(function, method, [next(iter(inspect.signature(function).parameters.values()))])


def _with_signature(
    function: Callable[..., R], pattern: Callable[..., object], first: list[inspect.Parameter] | None = None
) -> Callable[..., R]:
    signature = inspect.signature(pattern)
    self, *options = signature.parameters.values()

    @functools.wraps(function)
    def called(*words: Any, **given: Any) -> R:
        _check_options(function.__name__, [each.name for each in options], given.keys() - {each.name for each in first or ()})
        return function(*words, **given)

    returned = inspect.signature(function).return_annotation
    called.__signature__ = signature.replace(parameters=[*(first or [self]), *options], return_annotation=returned)  # type: ignore[attr-defined]
    return called


class Model:
    """A model in any notation: a file, or a text. It is read anew by every call."""

    def __init__(self, source: Path_ | None = None, *, text: str | None = None, name: str = "model") -> None:
        if (source is None) == (text is None):
            raise UsageError("a model is either a file or text", "give one of them")
        self._parameters: dict[str, Any] = (
            {"text": text, "name": name} if source is None else {"path": str(Path(source).resolve())}
        )

    def validate(self, *, set: Mapping[str, Any] | None = None, server: Server | None = None) -> list[dict[str, Any]]:
        """Everything that is odd about the model: warnings and notes.

        Raises:
            ModelError: with everything that is wrong.
        """
        answer = (server or shared()).call("validate", {**self._parameters, **_import(set, None, None, None, ())})
        return list(answer["diagnostics"])

    def open(
        self,
        *,
        target: str | None = None,
        threads: int | None = None,
        device: str | None = None,
        precision: str = "float64",
        set: Mapping[str, Any] | None = None,
        seed: int | None = None,
        dt: str | None = None,
        duration: str | None = None,
        record: Sequence[str] = (),
        output: Path_ | Sequence[Path_] = (),
        force: bool = False,
        progress: bool | None = None,
        server: Server | None = None,
    ) -> Session:
        """Opens the model as a session; `run` lists the arguments."""
        paths = [output] if isinstance(output, (str, os.PathLike)) else list(output)
        parameters = {
            **self._parameters,
            **_import(set, seed, dt, duration, record),
            "precision": precision,
            "outputs": [str(Path(path).resolve()) for path in paths],
            "force": force,
        }
        for key, value in (("target", target), ("threads", threads), ("device", device)):
            if value is not None:
                parameters[key] = value
        session = Session(server or shared(), parameters, progress, warns=True)
        warn_of(session.diagnostics)
        return session

    @_with_options_of(open)
    def run(self, **options: Any) -> Results:
        """Runs the model; `interneuron.run` lists the arguments."""
        session = self.open(**options)
        try:
            session.run()
            return session.finish()
        finally:
            session.close()

    def __repr__(self) -> str:
        return f"Model({self._parameters.get('path') or self._parameters['name']!r})"

    def _repr_html_(self) -> str:
        """Tables of what the model is, as `interneuron describe` writes them."""
        with _as_file(self._parameters) as path:
            page = command(["describe", path, "--format", "html"])
        # Styles of a page would be those of the notebook around it.
        return page.partition("<body>")[2].partition("</body>")[0]

    def _path(self) -> str:
        path = self._parameters.get("path")
        if path is None:
            raise UsageError("this needs a file", "write the text to one, and load that")
        return str(path)


class _as_file:
    """The path of a model; a text is written to a temporary file."""

    def __init__(self, parameters: Mapping[str, Any]) -> None:
        self._parameters = parameters
        self._made: str | None = None

    def __enter__(self) -> str:
        path = self._parameters.get("path")
        if path is not None:
            return str(path)
        handle, self._made = tempfile.mkstemp(suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self._parameters["text"])
        return self._made

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            os.unlink(self._made)


def _import(
    set: Mapping[str, Any] | None, seed: int | None, dt: str | None, duration: str | None, record: Sequence[str]
) -> dict[str, Any]:
    given: dict[str, Any] = {"recordings": [record] if isinstance(record, str) else list(record)}
    if set:
        given["set"] = {name: str(value) for name, value in set.items()}
    for key, value in (("seed", seed), ("dt", dt), ("duration", duration)):
        if value is not None:
            given[key] = str(value)
    return given


def _check_options(name: str, known: Sequence[str], given: Collection[str]) -> None:
    """Checks the names of keyword arguments.

    Raises:
        UsageError: for an unknown one, with the most similar name.
    """
    for option in given:
        if option not in known:
            similar = difflib.get_close_matches(option, known, n=1)
            hint = f"did you mean {similar[0]}?" if similar else f"its options are {', '.join(known)}"
            raise UsageError(f"{name} has no option {option}", hint)


def _words(options: Mapping[str, Any]) -> list[str]:
    """Returns options of a command as words: lists are repeated, True is a flag, None and False are left out."""
    words: list[str] = []
    for name, value in options.items():
        option = f"--{name.rstrip('_').replace('_', '-')}"
        if isinstance(value, Mapping):
            value = [f"{key}={each}" for key, each in value.items()]
        for each in value if isinstance(value, (list, tuple)) else [value]:
            if each is True:
                words.append(option)
            elif each is not None and each is not False:
                words += [option, str(each)]
    return words


def _model(model: Model | Path_) -> Model:
    return model if isinstance(model, Model) else Model(model)


def load(source: Path_ | None = None, *, text: str | None = None, name: str = "model") -> Model:
    """A model from a file, or from a text.

    Args:
        source: a file in any notation: Brian-like or PyNN-style JSON or YAML, NeuroML, LEMS, or canonical JSON.
        text: its text, instead of a file.
        name: what messages call a text.

    Raises:
        ModelError: with everything that is wrong with it.
        UsageError: where there is no such file.
    """
    model = Model(source, text=text, name=name)
    model.validate()
    return model


@_of_path(Model.validate)
def validate(model: Model | Path_, **options: Any) -> list[dict[str, Any]]:
    """Warnings and notes about a model. Raises `ModelError` with everything that is wrong."""
    return _model(model).validate(**options)


@_of_path(Model.open)
def open(model: Model | Path_, **options: Any) -> Session:
    """Opens a model as a session, whose protocol comes call by call; `run` lists the arguments."""
    return _model(model).open(**options)


@_of_path(Model.run)
def run(model: Model | Path_, **options: Any) -> Results:
    """Runs a model and gives what it records.

    Ctrl-C stops the run; what was recorded until then is given, and `complete` is False.

    Args:
        model: a model, or the path of one.
        target: the engine: 'auto', 'wasm', 'c', 'opencl', 'cuda' or 'reference'.
        threads: worker threads; no result depends on it.
        device: device of the engine, by number or a part of its name.
        precision: 'float64' or 'float32'.
        set: parameters of the model, by name ({'g': '4 nS'}).
        seed: of all random numbers.
        dt: time step, with its unit.
        duration: time to run, instead of the model's own protocol.
        record: more recordings, as 'population:variable@interval'.
        output: file or files to write: .nwb, .json or .csv.
        force: replaces files that interneuron did not write.
        progress: shows a progress bar, where tqdm is installed; None: in notebooks.
    """
    return _model(model).run(**options)


def convert(model: Model | Path_, to: str, output: Path_, *words: str) -> dict[str, Any]:
    """Writes a model in another notation; `words` are more options of the command. Gives the report."""
    with _as_file(_model(model)._parameters) as path:
        return dict(json.loads(command(["convert", path, "--to", to, "-o", str(output), "--json", *words])))


def codegen(model: Model | Path_, target: str, output: Path_, *words: str) -> dict[str, Any]:
    """Writes the generated program of a model into a folder. Gives the report."""
    with _as_file(_model(model)._parameters) as path:
        return dict(json.loads(command(["codegen", path, "--target", target, "-o", str(output), "--json", *words])))


def describe(model: Model | Path_, format: str = "text", *, set: Mapping[str, Any] | None = None) -> str:
    """Returns tables of the populations, projections, equations, inputs and recordings of a model.

    Args:
        model: a model, or the path of one.
        format: 'text', 'markdown', 'latex', 'html', or 'swc' for the shapes of cells.
        set: parameters of the model, by name ({'g': '4 nS'}).
    """
    with _as_file(_model(model)._parameters) as path:
        return command(["describe", path, *_words({"format": format, "set": set})])


def compare(
    one: Path_,
    other: Path_,
    *,
    within: str | None = None,
    at_least: str | None = None,
    margin: Mapping[str, Any] | None = None,
    cells: str | None = None,
    times: str | None = None,
    from_: str | None = None,
    unpaired: bool = False,
) -> dict[str, Any]:
    """Compares two results of any programs: spikes, statistics and samples. Gives the report, with its verdict.

    Args:
        one, other: files of results, or patterns for several runs.
        within: spikes no further apart are the same, with its unit.
        at_least: agreement that is needed: 'identical', 'same-spikes', 'within' or 'statistics'.
        margin: largest differences that count as the same ({'rate': '10%'}).
        cells: 'id', 'id+1', 'order', or a file of pairs.
        times: unit of times in files that state none.
        from_: time before which all is left out.
        unpaired: compares statistics without pairing the cells.
    """
    options = {"within": within, "at_least": at_least, "margin": margin, "cells": cells, "times": times, "from": from_, "unpaired": unpaired}
    # 1: the results differ; 3: nothing can be said.
    return dict(json.loads(command(["compare", os.fspath(one), os.fspath(other), "--json", *_words(options)], (0, 1, 3))))


def plot(
    source: Results | Model | Path_,
    kind: str | None = None,
    *,
    title: str | None = None,
    bin: str | None = None,
    output: Path_ | None = None,
) -> Picture:
    """Draws a result or a network. A notebook shows the picture.

    Args:
        source: what `run` gave, a file of results, or a model for the kinds 'weights', 'connectivity', 'network' and 'gates'.
        kind: 'raster', 'rates', 'traces' or one of those; None: spikes, or samples if there are none.
        title: title of the picture.
        bin: width of the bins of rates, with its unit.
        output: a file to write as well, .svg or .png.
    """
    if isinstance(source, Results):
        return source.plot(kind, bin=bin, output=output)
    with _as_file(source._parameters if isinstance(source, Model) else {"path": source}) as path:
        return picture_of(path, kind, title, bin, output)


def sweep(
    model: Model | Path_,
    vary: Mapping[str, Any] | None = None,
    *,
    seeds: int | str | None = None,
    output: Path_ | None = None,
    jobs: int | None = None,
    target: str | None = None,
    duration: str | None = None,
    set: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Runs a model with all combinations of values and seeds. Gives a mapping for each run.

    Args:
        model: a model, or the path of one.
        vary: values by parameter: a range with its number of values ('0.1:1:10 mV') or a list ('1,2,5 mV').
        seeds: each combination with the seeds 1 to `seeds`, or 'first-last'.
        output: a table to write as well, .csv or .json.
        jobs: runs at the same time.
        target: the engine.
        duration: time to run, with its unit.
        set: parameters of the model that stay the same.

    Returns:
        for each run `set`, `seed`, `outcome`, `fingerprint`, and `populations` with `size`, `spikes` and `rate` (Hz).
    """
    options = {"vary": vary, "seeds": seeds, "jobs": jobs, "target": target, "duration": duration, "set": set}
    with _as_file(_model(model)._parameters) as path, tempfile.TemporaryDirectory() as folder:
        table = os.path.join(folder, "table.json")
        files = [table] if output is None else [table, os.fspath(output)]
        command(["sweep", path, *_words(options), *(word for each in files for word in ("-o", each)), "--quiet"])
        return list(json.loads(Path(table).read_text(encoding="utf-8"))["runs"])


def verify(result: Path_, *words: str) -> dict[str, Any]:
    """Runs the model in a result again, and compares to the bit. Gives the report.

    Raises:
        ModelError: where the results differ.
    """
    return dict(json.loads(command(["verify", str(result), "--json", *words])))


def targets(server: Server | None = None) -> list[dict[str, Any]]:
    """The engines, and which of them are available here."""
    return list((server or shared()).call("targets"))


__all__ = ["Model", "codegen", "compare", "convert", "describe", "load", "open", "plot", "run", "sweep", "targets", "validate", "verify"]
