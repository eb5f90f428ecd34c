"""Values that no network can have: Brian's runtime would accept some of them and compute something else."""

import numpy as np
from brian2.core.base import BrianObjectException
from brian2.groups.neurongroup import NeuronGroup
from brian2.input.poissongroup import PoissonGroup
from brian2.input.poissoninput import PoissonInput
from brian2.synapses.synapses import SynapticPathway
from brian2.units import Quantity

from . import deferred

def check_probability(p):
    """Checks the probability of a call of `connect`, which may be an expression.

    Raises:
        ValueError: for a number outside 0 to 1, or none.
    """
    try:
        number = np.asarray(p, dtype=float)
    except (TypeError, ValueError):
        return
    wrong = number[~((number >= 0) & (number <= 1))]
    if wrong.size:
        raise ValueError(f"the probability p of connect() must be from 0 to 1, and is {wrong.flat[0]:g}")


def check_values(objects):
    """Checks time steps, delays, rates, numbers of inputs and refractory periods of the objects of a network.

    Raises:
        BrianObjectException: with the object, and a ValueError as its cause.
    """
    for each in objects:
        if float(getattr(each.clock, "dt_", 1)) <= 0:
            raise _wrong(each, f"the time step of {each.name} must be greater than 0, and is {float(each.clock.dt_):g} s")
        for what, values, unit in _values_of(each):
            numbers = np.ravel(np.asarray(values, dtype=float))
            # An infinite refractory period means that neurons spike once.
            wrong = numbers[~(numbers >= 0) | (np.isinf(numbers) & (not isinstance(each, NeuronGroup)))]
            if wrong.size:
                raise _wrong(each, f"{what} must be finite and 0 or more, and is {wrong[0]:g} {unit}".rstrip())


def _wrong(each, message):
    """Returns the exception of Brian's runtime for an object that it cannot prepare."""
    owner = each.synapses if isinstance(each, SynapticPathway) else each
    error = BrianObjectException("An error occurred when preparing an object.", owner)
    error.__cause__ = ValueError(message)
    return error


def _values_of(each):
    """Gives the values of an object that have to be 0 or more: their names, numbers in SI units, and unit."""
    if isinstance(each, SynapticPathway) and deferred.of(each.synapses) is None:
        yield f"the delay of the pathway {each.objname}", each.variables["delay"].get_value(), "s"
    elif isinstance(each, PoissonGroup) and not isinstance(each._rates, str):
        yield f"the rate of {each.name}", each.variables["rates"].get_value(), "Hz"
    elif isinstance(each, PoissonInput):
        yield f"the rate of {each.name}", each._rate, "Hz"
        yield f"N of {each.name}", each._N, ""
    elif isinstance(each, NeuronGroup) and isinstance(each._refractory, Quantity):
        yield f"the refractory period of {each.name}", each._refractory, "s"
