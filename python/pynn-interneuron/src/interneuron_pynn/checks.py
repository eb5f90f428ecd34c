"""What values must be like: said by PyNN's exceptions when they are given, rather than when the network runs."""

import math
import numbers
import os
import warnings
from collections.abc import Collection, Iterable, Mapping, Set

import numpy as np
from interneuron._warnings import stack_level
from pyNN import errors
from pyNN.connectors import MapConnector
from pyNN.models import BaseCellType
from pyNN.parameters import ArrayParameter, LazyArray, Sequence
from pyNN.random import RandomDistribution
from pyNN.space import Space

from .words_generated import RANGES


#: Spikes of a cell in a second beyond which a rate is a slip of the pen: no run with more would end.
_HIGHEST_RATE = 1e9


def is_number(value):
    """Whether a value is one real number; numbers in text are not, nor are True and False."""
    return isinstance(value, numbers.Real) and not isinstance(value, (bool, np.bool_))


def _are_numbers(value):
    """Whether lists, which may have lists or sequences in them, are of real numbers throughout."""
    if isinstance(value, (Sequence, ArrayParameter)):
        value = value.value
    if isinstance(value, np.ndarray) and value.dtype != object:
        return value.dtype.kind in "biuf"
    if isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping, Set)) or isinstance(value, np.ndarray):
        return all(map(_are_numbers, value))
    return isinstance(value, numbers.Real)


def check_given(values, also=(), units=None):
    """Values of parameters, by name, are what PyNN takes numbers from. `also`: other types that stand for numbers."""
    for name, value in values.items():
        known = isinstance(value, (RandomDistribution, LazyArray, *also)) or callable(value) or hasattr(value, "lazily_evaluate")
        if not known and not _are_numbers(value):
            unit = (units or {}).get(name)
            raise errors.InvalidParameterValueError(
                f"{name} must be a number, a list of numbers, a RandomDistribution or a function, not {_shown(value)}"
                + (f" ({name} is in {unit})" if unit else "")
            )


def _shown(value):
    """A value as messages show it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_time(name, value, words="a number of ms"):
    """A time is a real number."""
    if not is_number(value):
        raise TypeError(f"{name} must be {words}, not {_shown(value)}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number of ms, not {value}")


def check_delay_limits(timestep, least, most):
    """The limits of delays are times, or 'auto'."""
    for name, value, bound in (("min_delay", least, timestep), ("max_delay", most, timestep if least == "auto" else least)):
        if isinstance(value, str) and value == "auto":
            continue
        if not is_number(value) or not bound <= value < math.inf:
            raise ValueError(f"{name} must be 'auto' or a number of ms of {bound:g} or more, not {_shown(value)}")


def check_outputs(given):
    """Returns names of files as a list of paths: the engine is in another folder than the script."""
    listed = [given] if isinstance(given, (str, os.PathLike)) else given
    if isinstance(listed, (bytes, Mapping)) or not isinstance(listed, Iterable):
        raise TypeError(f"output must be the name of a file or a list of names, not {_shown(given)}")
    names = list(listed)
    wrong = [each for each in names if not isinstance(each, (str, os.PathLike))]
    if wrong:
        raise TypeError(f"output must be the name of a file or a list of names, not a list with {_shown(wrong[0])}")
    return [os.path.abspath(each) for each in names]


def check_callbacks(callbacks):
    """Callbacks are functions of the time, each of which says when it wants to be called next; those of a run."""
    if callbacks is None:
        return None
    if not isinstance(callbacks, Iterable):
        raise TypeError(f"callbacks must be a list of functions of the time, not {_shown(callbacks)}")
    listed = list(callbacks)
    wrong = [each for each in listed if not callable(each)]
    if wrong:
        raise TypeError(f"callbacks must be functions of the time, not {_shown(wrong[0])}")
    return [_advancing(each) for each in listed]


def _advancing(callback):
    """A callback that is found out where it would be called at one time for ever."""
    before = None

    def call(now):
        nonlocal before
        wanted = callback(now)
        if not is_number(wanted) or math.isnan(wanted):
            raise TypeError(f"a callback must return the time of its next call in ms, not {_shown(wanted)}")
        if wanted <= now and before == now:
            raise ValueError(
                f"a callback that is called at {now:g} ms returned {wanted:g} ms again as the time of its next call; it must be later"
            )
        before = now
        return wanted

    return call


def check_source(source):
    """What is injected is a source of a current."""
    if not callable(getattr(source, "inject_into", None)):
        raise TypeError(f"only a current source, such as DCSource(), can be injected, not {_shown(source)}")


def check_cells(size, celltype, parameters, structure, initial_values):
    """Arguments of a population are of the types that they must be of."""
    if isinstance(size, bool):
        raise ValueError(f"the size of a population must be a whole number or a tuple of such, not {size}")
    if not isinstance(celltype, (type, BaseCellType)):
        raise TypeError(f"the cells of a population must be of a cell type, such as IF_cond_exp(), not {_shown(celltype)}")
    for name, value in (("cellparams", parameters or {}), ("initial_values", initial_values)):
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} must be a map of names to values, not {_shown(value)}")
    if structure is not None and not hasattr(structure, "generate_positions"):
        raise TypeError(f"structure must be a structure, such as Grid2D(), not {_shown(structure)}")


def check_receivers(post):
    """Cells of a projection receive something."""
    if len(post.receptor_types) == 0:
        kinds = {type(each.celltype).__name__ for each in getattr(post, "populations", [post])}
        raise errors.ConnectionError(f"{' and '.join(sorted(kinds))} has no receptors: {post.label} cannot receive spikes")


def check_projection(pre, post, connector, synapse, space):
    """Plastic synapses have their parts, values of synapses an entry for each pair where they are arrays; space is one."""
    if None in (getattr(synapse, "timing_dependence", synapse), getattr(synapse, "weight_dependence", synapse)) and synapse is not None:
        raise ValueError("STDPMechanism needs a timing_dependence and a weight_dependence")
    if not isinstance(space, Space):
        raise TypeError(f"space must be a Space, not {_shown(space)}")
    space_of_parameters = getattr(synapse, "parameter_space", None)
    if not isinstance(connector, MapConnector) or space_of_parameters is None:
        return
    for name, value in space_of_parameters.items():
        shape = np.shape(value.base_value) if isinstance(value.base_value, (np.ndarray, list)) else ()
        if shape and shape != (pre.size, post.size):
            wanted, found = (" by ".join(map(str, each)) for each in ((pre.size, post.size), shape))
            raise errors.InvalidDimensionsError(f"{name} must be one number or an array of {wanted} numbers, not of {found}")


def check_finite(name, numbers):
    """Numbers are neither infinite nor undefined."""
    wrong = numbers[~np.isfinite(numbers)]
    if len(wrong):
        raise errors.InvalidParameterValueError(f"{name} must be finite, not {wrong[0]}")


def check_numbers(name, numbers):
    """Numbers of a parameter are finite and in its range."""
    numbers = np.atleast_1d(np.asarray(numbers, dtype=float)).ravel()
    check_finite(name, numbers)
    limit = RANGES.get(name)
    wrong = (numbers <= 0) if limit == "more than 0" else (numbers < 0) | ((numbers > 1) & (limit == "from 0 to 1"))
    if limit is not None and wrong.any():
        raise errors.InvalidParameterValueError(f"{name} must be {limit}, not {numbers[wrong][0]:g}")
    if name in ("rate", "beta") and (numbers > _HIGHEST_RATE).any():
        raise errors.InvalidParameterValueError(f"{name} must be {_HIGHEST_RATE:g} Hz or less, not {numbers.max():g}")


def check_values(values):
    """Values of cells, by name, are in their ranges."""
    for key, numbers in values.items():
        if np.asarray(numbers).dtype != object:
            check_numbers(key.split(".")[-1], numbers)
    check_times(values)


def check_times(values):
    """Times of given spikes go upwards from 0."""
    for each in values.get("spike_times", ()):
        if not isinstance(each, (Sequence, ArrayParameter)):
            raise errors.InvalidParameterValueError("spike_times must be lists of numbers")
        times = np.asarray(each.value, dtype=float)
        if times.ndim != 1:
            raise errors.InvalidParameterValueError(f"spike_times must be a list of numbers for each cell, not {_shown(each.value)}")
        check_finite("spike_times", times)
        if np.any(np.diff(times) < 0):
            raise errors.InvalidParameterValueError(f"Spike times given to SpikeSourceArray must be in increasing order: {each.value}")
        if len(times) and times[0] < 0:
            raise errors.InvalidParameterValueError(f"spike times must be 0 ms or more, not {times[0]:g} ms")


def check_synapse(synapse):
    """Numbers among the parameters of a synapse type are in their ranges."""
    parts = [synapse, *(getattr(synapse, f"{name}_dependence", None) for name in ("timing", "weight", "voltage"))]
    found = {}
    for part in filter(None, parts):
        for name, each in part.parameter_space.items():
            value = each.base_value
            plain = not each.operations and isinstance(value, (int, float, np.number, np.ndarray))
            if plain and name not in ("weight", "delay") and np.asarray(value).dtype != object:
                check_numbers(name, value)
                found[name] = np.asarray(value, dtype=float)
    if "w_min" in found and "w_max" in found and (found["w_max"] < found["w_min"]).any():
        most, least = found["w_max"].min(), found["w_min"].max()
        raise errors.InvalidParameterValueError(f"w_max ({most:g}) must not be less than w_min ({least:g})")


def check_connector(connector, pre, post):
    """A connector does not ask for more connections than there are pairs, nor for a probability above 1 without a word."""
    p = getattr(connector, "p_connect", None)
    if p is not None and is_number(p) and p > 1:
        warnings.warn(f"p_connect is {p:g}: all pairs of cells are connected, as with 1", stacklevel=stack_level())
    n = getattr(connector, "n", None)
    if type(connector).__name__ != "FixedTotalNumberConnector" or connector.with_replacement or not isinstance(n, int):
        return
    most = pre.size * post.size
    if n > most:
        raise errors.ConnectionError(
            f"the connector asks for {n} connections, and there are {most} pairs of cells; with_replacement=True lets a pair "
            "be connected more than once"
        )


def listed_names(variables):
    """Names of variables, of which one may be given alone."""
    names = [variables] if isinstance(variables, str) else variables
    if not isinstance(names, (list, tuple, set)) or not all(isinstance(each, str) for each in names):
        raise TypeError(f"variables must be a name or a list of names, not {_shown(variables)}")
    return list(names)


def check_interval(interval, dt):
    """Samples are taken at whole steps."""
    if not is_number(interval):
        raise TypeError(f"sampling_interval must be a number of ms, not {_shown(interval)}")
    steps = interval / dt
    if not np.isfinite(steps) or round(steps) < 1 or abs(steps - round(steps)) > 1e-6:
        raise ValueError(f"sampling_interval must be a multiple of the time step, {dt:g} ms, not {interval:g} ms")


__all__ = [
    "check_callbacks",
    "check_cells",
    "check_connector",
    "check_delay_limits",
    "check_finite",
    "check_given",
    "check_interval",
    "check_numbers",
    "check_outputs",
    "check_projection",
    "check_receivers",
    "check_source",
    "check_synapse",
    "check_time",
    "check_times",
    "check_values",
    "is_number",
    "listed_names",
]
