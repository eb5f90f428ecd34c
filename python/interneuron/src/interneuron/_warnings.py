"""Warnings of the program as warnings of Python."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from types import FrameType
from typing import Any, Callable, Iterable, Mapping


class ModelWarning(UserWarning):
    """The program warns about a model, or about what a run has computed."""


#: Folders of packages through which scripts call the program.
_inner = [str(Path(__file__).parent) + os.sep]


def hide_frames_of(package: str) -> None:
    """Has warnings name the line that called a package, given by one of its files."""
    _inner.append(str(Path(package).parent) + os.sep)


def stack_level() -> int:
    """Returns the `stacklevel` by which the caller can warn about the line of the user's script."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(tuple(_inner)):
        level, frame = level + 1, frame.f_back
    return level


def warn_at_lines_of(script: str) -> None:
    """Has warnings that are issued while a script is executed name its line, whichever package issues them.

    Args:
        script: its path, as messages show it.
    """
    show, path = warnings.showwarning, os.path.abspath(script)

    def show_at_line(message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None) -> None:
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and os.path.abspath(frame.f_code.co_filename) != path:
            frame = frame.f_back
        if frame is not None:
            filename, lineno = script, frame.f_lineno
        show(message, category, filename, lineno, file, line)

    warnings.showwarning = show_at_line


def sentence(finding: Mapping[str, Any], subject: str) -> str:
    """Returns a finding as one sentence about a subject, which may be empty."""
    compared = f" (found {finding['found']}, expected {finding['expected']})" if finding.get("found") and finding.get("expected") else ""
    return f"{subject}{': ' if subject else ''}{finding['message']}{compared}"


def place_in_file(finding: Mapping[str, Any]) -> str:
    """Returns where in its document a finding is: `model.yaml:3:5`."""
    place = finding.get("place") or {}
    parts = place.get("document"), place.get("line"), place.get("column")
    return ":".join(str(part) for part in parts if part is not None)


def warn_of(
    findings: Iterable[Mapping[str, Any]],
    subject: Callable[[Mapping[str, Any]], str] = place_in_file,
    category: Callable[[Mapping[str, Any]], type[Warning] | None] = lambda finding: (
        ModelWarning if finding["severity"] == "warning" else None
    ),
) -> None:
    """Issues a warning of Python for each finding that has a category of warnings.

    Args:
        findings: of the program.
        subject: what a finding is about.
        category: its category; None: it is no warning. By default, warnings are, and notes are not.
    """
    for finding in findings:
        kind = category(finding)
        if kind is not None:
            warnings.warn(sentence(finding, subject(finding)), kind, stacklevel=stack_level())


__all__ = ["ModelWarning", "hide_frames_of", "place_in_file", "sentence", "stack_level", "warn_at_lines_of", "warn_of"]
