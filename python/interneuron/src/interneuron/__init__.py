"""Models of spiking networks in any notation, run on any engine, with the same spikes everywhere.

>>> import interneuron
>>> results = interneuron.run("cuba.yaml", duration="1 s")  # doctest: +SKIP
>>> results.spikes["excitatory"].times                      # doctest: +SKIP

Everything is computed by one process of Node.js, which starts with the first call and ends with Python.
"""

from ._search_path import leave_current_folder

leave_current_folder()

from ._errors import InterneuronError, ModelError, ServerError, UnsupportedError, UsageError
from ._model import Model, codegen, compare, convert, describe, load, open, plot, run, sweep, targets, validate, verify
from ._results import Recording, Results, Spikes
from ._server import Server
from ._session import Session
from ._warnings import ModelWarning

__version__ = "0.1.0"

__all__ = [
    "InterneuronError",
    "Model",
    "ModelError",
    "ModelWarning",
    "Recording",
    "Results",
    "Server",
    "ServerError",
    "Session",
    "Spikes",
    "UnsupportedError",
    "UsageError",
    "codegen",
    "compare",
    "convert",
    "describe",
    "load",
    "open",
    "plot",
    "run",
    "sweep",
    "targets",
    "validate",
    "verify",
]
