"""Clocks of a network: the steps of the engine are those of one of which all others are multiples."""

import math

from brian2.core.clocks import Clock
from brian2.units import second

#: Clocks that no object has, by their steps in units of 1e-15 s.
_MADE = {}

#: So many steps of the engine may be in one of the smallest clock.
_MOST = 100


def is_multiple(one, other):
    """Whether a step is a whole number of another one."""
    ratio = float(one) / float(other)
    return abs(ratio - round(ratio)) <= 1e-6


def with_base(clocks):
    """Clocks with one more where none of them divides all others, if steps have a divisor that is not too small."""
    smallest = min((each.dt_ for each in clocks), default=None)
    if smallest is None or all(is_multiple(each.dt_, smallest) for each in clocks):
        return clocks
    divisor = math.gcd(*(round(float(each.dt_) * 1e15) for each in clocks))
    if divisor * _MOST < smallest * 1e15 or not all(is_multiple(each.dt_, divisor / 1e15) for each in clocks):
        return clocks
    if divisor not in _MADE:
        _MADE[divisor] = Clock(divisor / 1e15 * second, name=f"interneuron_clock_{divisor}")
    return clocks | {_MADE[divisor]}


def set_clocks(net, step, dt):
    """Every clock as it is in a step, or between two: those that are not due then are at their next."""
    for each in net._clocks:
        own = math.ceil(step * dt / float(each.dt_) - Clock.epsilon_dt)
        each.variables["timestep"].set_value(own)
        each.variables["t"].set_value(own * each.dt_)
    net.t_ = step * dt


def stop_clocks(net, step, dt):
    """Every clock after a step, or a place between two, in which a network was stopped: it is at the next time of any clock."""
    for each in net._clocks:
        own = math.floor(step * dt / float(each.dt_) + Clock.epsilon_dt) + 1
        each.variables["timestep"].set_value(own)
        each.variables["t"].set_value(own * each.dt_)
    net.t_ = min(each.clock.variables["t"].get_value().item() for each in net.sorted_objects)


def finish_clocks(net, end, dt, early):
    """Sets all clocks of a network to where a run has ended.

    Args:
        net: the network.
        end: the step that it has reached.
        dt: of a step, in s.
        early: whether more steps were asked for.
    """
    if early:
        set_clocks(net, end, dt)
        return
    for each in net._clocks:
        each.variables["timestep"].set_value(each._i_end)
        each.variables["t"].set_value(each._i_end * each.dt_)
