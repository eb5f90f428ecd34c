"""Python's search path without the current folder. This module imports nothing that Python has not loaded already."""

from __future__ import annotations

import os
import sys


def packages_path() -> list[str]:
    """Returns Python's search path without the current folder: a module there may belong to the author of a model."""
    here = os.path.realpath(os.getcwd())
    return [each for each in sys.path if os.path.isabs(each) and os.path.realpath(each) != here]


def leave_current_folder() -> None:
    """Removes the current folder from the search path if `python -m` runs a module of our packages.

    Packages are imported before the module that `-m` names, so they call this before any other import.
    """
    ours = ("interneuron", "interneuron_pynn", "interneuron_neuron", "brian2_interneuron")
    if sys.argv[:1] == ["-m"] and any(word.removeprefix("-m").partition(".")[0] in ours for word in sys.orig_argv[1:]):
        sys.path[:] = packages_path()
