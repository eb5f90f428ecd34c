"""Commands of the program that print what they give."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ._errors import ModelError, ServerError, UsageError
from ._node import node, program


def command(words: Sequence[str], accepted: Collection[int] = (0,)) -> str:
    """Returns what a command prints.

    Args:
        words: of the command.
        accepted: exit codes that are no failure.

    Raises:
        ModelError: where it says what is wrong.
    """
    try:
        done = subprocess.run(
            [node(), str(program()), *words], capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise ServerError(f"Node.js cannot be started: {error}") from error
    if done.returncode in accepted:
        return done.stdout
    findings: list[Mapping[str, Any]] = []
    text = done.stderr.strip() or done.stdout.strip()
    try:
        said = json.loads(done.stdout)
        findings = list(said.get("diagnostics", [])) if isinstance(said, dict) else []
        text = "\n".join(str(each.get("message", "")) for each in findings) or text
    except ValueError:
        pass
    if done.returncode == 2:
        raise UsageError(text)
    raise ModelError(text, findings)
