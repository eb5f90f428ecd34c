"""What users are told of a run: its progress, as Brian's runtime has it, and what is otherwise than in Brian."""

import os
import sys
from pathlib import Path

from brian2.core.network import TextReport
from interneuron._warnings import sentence


#: What engines compute in where nobody has asked for another precision.
DOUBLE = "Engines compute in double precision, though variables such as %s are float32: ask for precision='float32' in set_device."

#: Of many connections that Brian draws.
DRAWN_BY_BRIAN = (
    "Brian draws the connections of %s, one of %d pairs after the other, because a seed is set. "
    "With connect='engine' in set_device the engine draws them, which takes less time and memory and gives other connections."
)

#: Of `profile=True`.
PROFILE = "Engines do not tell the times of single objects: the profile has one entry, the whole network."

#: Of a seed between runs.
OF_THEIR_STEPS = (
    "Random numbers of a run belong to its steps: a seed, or a random state, does not bring back those of earlier steps. "
    "To have them again, restore the network to where that run began."
)


def warnings_of(diagnostics):
    """What an engine warns of in a document, as sentences with the name of the object."""
    for each in diagnostics:
        if each["severity"] == "warning":
            path = str((each.get("place") or {}).get("pointer") or "").split("/")
            yield sentence(each, path[2] if len(path) > 2 else "")


def report_to(report):
    """The callback that a progress report goes to."""
    if report is None:
        return None
    if report in ("text", "stdout"):
        return TextReport(sys.stdout)
    if report == "stderr":
        return TextReport(sys.stderr)
    if isinstance(report, str):
        raise ValueError(f'Do not know how to handle report argument "{report}".')
    if callable(report):
        return report
    raise TypeError(
        "Do not know how to handle report argument, it has to be one of 'text', 'stdout', 'stderr', or a callable "
        f"function/object, but it is of type {type(report)}"
    )


def outputs_of(given, written):
    """The files of the next run: those that were asked for, then numbered ones.

    Args:
        given: a path, or several.
        written: how many runs have written theirs.
    """
    paths = [Path(each).resolve() for each in ([given] if isinstance(given, (str, os.PathLike)) else given)]
    return [str(path if written == 0 else path.with_name(f"{path.stem}_{written + 1}{path.suffix}")) for path in paths]
