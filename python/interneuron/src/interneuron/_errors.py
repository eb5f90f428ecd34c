"""What goes wrong, as exceptions that say it in a sentence."""

from __future__ import annotations

import html
from typing import Any, Mapping, Sequence


class InterneuronError(Exception):
    """Anything that this package refuses or cannot do. `hint` says what to do."""

    hint: str | None = None


class ModelError(InterneuronError, ValueError):
    """A model is wrong. `diagnostics` holds everything that was found, with places in its text."""

    def __init__(self, text: str, diagnostics: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(text)
        #: Findings: mappings with `severity`, `code`, `message` and, where known, `place`, `hint`.
        self.diagnostics = list(diagnostics)

    def _repr_html_(self) -> str:
        return f'<pre style="line-height: 1.3">{html.escape(str(self))}</pre>'

    def _render_traceback_(self) -> list[str]:
        # What notebooks show: the places that count are in the model, not in Python.
        return [f"{type(self).__name__}:", *str(self).splitlines()]


class _Hinted(InterneuronError):
    def __init__(self, text: str, hint: str | None = None) -> None:
        super().__init__(text if hint is None else f"{text}; {hint}")
        self.hint = hint


class UsageError(_Hinted, ValueError):
    """A call, a file or a tool is wrong."""


class UnknownNameError(UsageError, KeyError):
    """A result has nothing of this name; the hint lists the names that exist."""

    # A KeyError would put its text in quotes.
    __str__ = Exception.__str__


class UnsupportedError(_Hinted, NotImplementedError):
    """interneuron cannot run a network of another simulator, and nothing else may run it."""


class ServerError(InterneuronError, RuntimeError):
    """The process that computes cannot be started, or has ended."""
