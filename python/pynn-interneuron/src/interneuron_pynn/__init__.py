"""PyNN's API on interneuron: `import interneuron_pynn as sim`."""

# First: it removes the current folder from the search path of `python -m`.
import interneuron

import difflib
import math
import numbers
import warnings
from collections.abc import Iterable
from typing import Any

from interneuron._server import prepare, require_engine
from interneuron._warnings import hide_frames_of, stack_level

from . import later

# The engine starts while Python imports the rest.
prepare()
later.load_when_used("csa", "tables", "neuroml", "neuroml.arraymorph", "neuroml.loaders")

from pyNN import common, connectors, errors, random, space
from pyNN.common.control import DEFAULT_MAX_DELAY, DEFAULT_MIN_DELAY, DEFAULT_TIMESTEP
from pyNN.connectors import *
from pyNN.network import Network
from pyNN.parameters import Sequence
from pyNN.random import GSLRNG, NumpyRNG, RandomDistribution
from pyNN.recording import *
from pyNN.recording import get_io
from pyNN.space import *
from pyNN.standardmodels import StandardCellType

from . import morphology, native, nestml, simulator
from .checks import check_callbacks, check_delay_limits, check_outputs, check_time, is_number
from .compartments import KdrChannel, MultiCompartmentNeuron, NaChannel, PassiveLeak, PassiveLeakHH
from .electrodes import ACSource, DCSource, NoisyCurrentSource, StepCurrentSource
from .populations import Assembly, Population, PopulationView
from .projections import Projection
from .rules import SmallWorldConnector
from .standardmodels import *
from .unavailable import *



hide_frames_of(__file__)
hide_frames_of(errors.__file__)


class NativeRNG(random.NativeRNG):
    """The engine's own generator. Values that it would draw are drawn by NumPy, begun by its seed."""

    parallel_safe = True

    def next(self, n=None, distribution=None, parameters=None, mask=None):
        """Draws as NumPy does."""
        if not hasattr(self, "_generator"):
            self._generator = NumpyRNG(seed=self.seed if self.seed is not None else 0)
        return self._generator.next(n, distribution, parameters, mask)


#: What `setup` hands to the engine; all else is for other simulators.
_ENGINE = ("target", "threads", "device", "precision")

#: All that `setup` uses besides, and what some of PyNN's scripts give everywhere.
_USED = (*_ENGINE, "max_delay", "seed", "output", "rank", "num_processes")


#: Options of `setup` that the command `interneuron pynn` was given: they replace those of the script.
given_options: dict[str, Any] = {}


def _check_setup(timestep: Any, given: dict[str, Any]) -> None:
    """What is wrong is said at once, rather than when the network runs."""
    if not is_number(timestep) or not 0 < timestep < math.inf:
        raise ValueError(f"timestep must be a number of ms greater than 0, not {timestep!r}")
    if given.get("precision") not in (None, "float64", "float32"):
        raise ValueError(f"precision must be one of float64, float32, not {given['precision']!r}")
    check_delay_limits(timestep, given["min_delay"], given.get("max_delay", DEFAULT_MAX_DELAY))
    seed = given.get("seed", 0)
    # Text for those beyond the whole numbers of other languages, as documents have them.
    if isinstance(seed, bool) or not isinstance(seed, (numbers.Integral, str)) or not str(seed).isdecimal():
        raise ValueError(f"seed must be a whole number of 0 or more, not {seed!r}")
    threads = given.get("threads")
    if threads is not None and (not str(threads).isdecimal() or int(threads) == 0):
        raise ValueError(f"threads must be a whole number of 1 or more, not {threads!r}")
    require_engine(given.get("target"), given.get("device"))


def _warn_of_unused(given: Iterable[str]) -> None:
    """What other simulators take, and what is misspelt, has no effect."""
    for name in given:
        # PyNN itself refuses what it had in former versions.
        if name in _USED or name in ("mindelay", "maxdelay", "dt", "time_step"):
            continue
        similar = difflib.get_close_matches(name, _USED, n=1)
        meant = f"; did you mean {similar[0]}?" if similar else ": other simulators may have it"
        warnings.warn(f"setup() has no {name} here{meant}", stacklevel=stack_level())


def setup(timestep=DEFAULT_TIMESTEP, min_delay=DEFAULT_MIN_DELAY, **extra_params):
    """Begins a network anew.

    Besides what PyNN has: `target` names the engine ('wasm', 'c', 'opencl', 'cuda'), `threads`, `device` and `precision`
    are for it, `output` names files for results, and `seed` is that of all that PyNN does not draw itself.
    """
    extra_params.update(given_options)
    _check_setup(timestep, {**extra_params, "min_delay": min_delay})
    outputs = check_outputs(extra_params.get("output", []))
    state = simulator.state
    # Scripts for NEST state it, and conversions keep it.
    kept = {name: extra_params[name] for name in ("spike_precision",) if name in extra_params and state.simulator}
    _warn_of_unused(name for name in extra_params if name not in kept)
    common.setup(timestep, min_delay, **extra_params)
    state.clear()
    state.is_set_up = True
    state.dt = float(timestep)
    longest = extra_params.get("max_delay", DEFAULT_MAX_DELAY)
    state.min_delay, state.max_delay = (each if each == "auto" else float(each) for each in (min_delay, longest))
    state.extra = kept
    state.num_processes = 1
    state.mpi_rank = 0
    state.session_options = {name: extra_params[name] for name in _ENGINE if extra_params.get(name) is not None}
    if "threads" in state.session_options:
        state.session_options["threads"] = int(state.session_options["threads"])
    if "seed" in extra_params:
        state.session_options["seed"] = str(extra_params["seed"])
    if outputs:
        state.session_options["outputs"] = outputs
    return rank()


def end(compatible_output=True):
    """Writes what was to be written at the end: files of `record`, and those that `setup` named as `output`."""
    for population, variables, filename in simulator.state.write_on_end:
        population.write_data(get_io(filename), variables)
    simulator.state.write_on_end = []
    simulator.state.write_outputs()


_, _run_until = common.build_run(simulator)


def run_until(time_point, callbacks=None):
    """Lets the time go on until `time_point` (ms) and returns it. `callbacks`: see `run`."""
    check_time("the time to run until", time_point)
    return _run_until(time_point, check_callbacks(callbacks))


def run(simtime, callbacks=None):
    """Lets `simtime` (ms) pass and returns the time then.

    `callbacks`: functions that are called with the time at the start, and then at the time that each returned last.
    """
    check_time("the time to run", simtime)
    return run_until(simulator.state.t + simtime, callbacks)


run_for = run
reset = common.build_reset(simulator)
initialize = common.initialize
(
    get_current_time,
    get_time_step,
    get_min_delay,
    get_max_delay,
    num_processes,
    rank,
) = common.build_state_queries(simulator)
create = common.build_create(Population)
connect = common.build_connect(Projection, connectors.FixedProbabilityConnector, StaticSynapse)
set = common.set
record = common.build_record(simulator)


def record_v(source, filename):
    """Records membrane potentials; `record` does it better."""
    return record(["v"], source, filename)


def record_gsyn(source, filename):
    """Records synaptic conductances; `record` does it better."""
    return record(["gsyn_exc", "gsyn_inh"], source, filename)


def list_standard_models():
    """Names of the standard cell types that there are."""
    return [
        name for name, each in globals().items() if isinstance(each, type) and issubclass(each, StandardCellType)
    ]
