"""Models, and what can be done with one."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Mapping, Sequence

from ._command import command
from ._errors import UsageError
from ._results import Results
from ._server import Server, shared
from ._session import Session
from ._warnings import warn_of

Path_ = str | os.PathLike[str]


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
        progress: bool = False,
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


def validate(model: Model | Path_, **options: Any) -> list[dict[str, Any]]:
    """Warnings and notes about a model. Raises `ModelError` with everything that is wrong."""
    return _model(model).validate(**options)


def open(model: Model | Path_, **options: Any) -> Session:
    """Opens a model as a session, whose protocol comes call by call; `run` lists the arguments."""
    return _model(model).open(**options)


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
        progress: shows a progress bar, where tqdm is installed.
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


def verify(result: Path_, *words: str) -> dict[str, Any]:
    """Runs the model in a result again, and compares to the bit. Gives the report.

    Raises:
        ModelError: where the results differ.
    """
    return dict(json.loads(command(["verify", str(result), "--json", *words])))


def targets(server: Server | None = None) -> list[dict[str, Any]]:
    """The engines, and which of them are available here."""
    return list((server or shared()).call("targets"))


__all__ = ["Model", "codegen", "convert", "load", "open", "run", "targets", "validate", "verify"]
