"""What values must be like: said by PyNN's exceptions when they are given, rather than when the network runs."""

import numpy as np
from pyNN import errors
from pyNN.parameters import ArrayParameter, Sequence

#: Parameters of standard types that must be greater than 0, not less than 0, and from 0 to 1.
_POSITIVE = frozenset((
    "cm", "tau_m", "tau_syn", "tau_syn_E", "tau_syn_I", "tau_w", "tau_sfa", "tau_rr", "delta_v",
    "tau_rec", "tau_plus", "tau_minus", "tau",
))  # fmt: skip
_NOT_NEGATIVE = frozenset(("tau_refrac", "rate", "duration", "g_leak", "gbar_Na", "gbar_K", "tau_facil", "delay"))
_FRACTION = frozenset(("U", "p"))


def check_finite(name, numbers):
    """Numbers are neither infinite nor undefined."""
    wrong = numbers[~np.isfinite(numbers)]
    if len(wrong):
        raise errors.InvalidParameterValueError(f"{name} must be finite, not {wrong[0]}")


def check_numbers(name, numbers):
    """Numbers of a parameter are finite and in its range."""
    numbers = np.atleast_1d(np.asarray(numbers, dtype=float)).ravel()
    check_finite(name, numbers)
    for names, limit, wrong in (
        (_POSITIVE, "greater than 0", numbers <= 0),
        (_NOT_NEGATIVE, "0 or more", numbers < 0),
        (_FRACTION, "from 0 to 1", (numbers < 0) | (numbers > 1)),
    ):
        if name in names and wrong.any():
            raise errors.InvalidParameterValueError(f"{name} must be {limit}, not {numbers[wrong][0]:g}")


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
    """A connector does not ask for more connections than there are pairs."""
    n = getattr(connector, "n", None)
    if type(connector).__name__ != "FixedTotalNumberConnector" or connector.with_replacement or not isinstance(n, int):
        return
    most = pre.size * post.size
    if n > most:
        raise errors.ConnectionError(
            f"the connector asks for {n} connections, and there are {most} pairs of cells; with_replacement=True lets a pair "
            "be connected more than once"
        )


def check_interval(interval, dt):
    """Samples are taken at whole steps."""
    steps = interval / dt
    if not np.isfinite(steps) or round(steps) < 1 or abs(steps - round(steps)) > 1e-6:
        raise ValueError(f"sampling_interval must be a multiple of the time step, {dt:g} ms, not {interval:g} ms")


__all__ = [
    "check_connector",
    "check_finite",
    "check_interval",
    "check_numbers",
    "check_synapse",
    "check_times",
    "check_values",
]
